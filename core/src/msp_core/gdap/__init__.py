"""Granular delegated admin privileges: which tenants trust the MSP, with which roles, until when."""
