"""Short answers with aliases."""
