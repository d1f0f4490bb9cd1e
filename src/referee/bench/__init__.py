"""Floor 9: measurements, run as `referee bench ...`. Never timed assertions in tests."""
