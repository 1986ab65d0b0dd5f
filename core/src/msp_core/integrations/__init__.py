"""Settings of integrations, global and per organization."""
