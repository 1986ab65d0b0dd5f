"""Secrets: values go into the vault and never come out of a list."""
