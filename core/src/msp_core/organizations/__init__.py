"""The client organizations, their tenants, and what a run needs to know of one."""
