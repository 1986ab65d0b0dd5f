"""The local stack: Azurite, identity provider, sandboxes, seed data and the `msp` command."""
