"""The Microsoft Graph sandbox: Entra's token endpoint and the part of Graph that the workflows use."""
