"""Runs what is due by the clock."""
