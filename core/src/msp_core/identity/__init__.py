"""Who signed a request: access tokens of Entra ID, validated."""
