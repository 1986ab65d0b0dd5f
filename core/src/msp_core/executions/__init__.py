"""Executions: from being admitted to their end, their lists, their logs."""
