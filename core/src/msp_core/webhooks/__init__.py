"""Webhooks: addresses at which other systems, and scripts with a key, have a workflow run."""
