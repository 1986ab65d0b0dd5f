"""Who may do what in which organization; the only place that decides it."""
