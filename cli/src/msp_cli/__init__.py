"""The `msp` command: for those who write automations, and for those who look after their runs."""
