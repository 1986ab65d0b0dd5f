"""Files: uploads for form fields, and what executions are given and leave."""
