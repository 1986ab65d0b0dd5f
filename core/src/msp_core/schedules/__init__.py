"""Schedules: which are declared, who switched what off, and what became of each time they were due."""
