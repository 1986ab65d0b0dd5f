"""What is wrong in author files: declarations by discovery, types, state shared between organizations."""
