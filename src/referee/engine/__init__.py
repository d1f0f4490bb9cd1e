"""Floor 5: compile a pack, drive its verifiers, and the only place that catches everything."""
