"""The same creating request twice makes one thing."""
