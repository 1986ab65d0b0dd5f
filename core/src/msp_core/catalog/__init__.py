"""What the engine discovered, for the management side to read."""
