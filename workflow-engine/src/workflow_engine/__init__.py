"""The Workflow Engine: discovers author code, runs it in runner processes, records what came of it."""
