"""How executions went lately: counts, failures, durations."""
