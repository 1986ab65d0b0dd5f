"""Clients of other systems: what authors subclass, and the two that are built in."""
