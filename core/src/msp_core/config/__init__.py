"""Configuration values: the MSP's own, and what an organization overrides."""
