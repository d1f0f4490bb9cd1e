"""The language that a completion is written in: all of it, or its thinking and its answer apart."""
