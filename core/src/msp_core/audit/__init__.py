"""The log of every change that people make."""
