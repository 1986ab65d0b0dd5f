"""The Management API: administration of the platform over HTTP."""
