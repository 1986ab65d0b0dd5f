"""Running a workflow: in this process or on an environment's engine."""
