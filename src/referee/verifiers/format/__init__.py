"""The structure of a completion."""
