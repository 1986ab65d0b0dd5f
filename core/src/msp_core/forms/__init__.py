"""Forms: definitions, who may run them, and what a submission must hold."""
