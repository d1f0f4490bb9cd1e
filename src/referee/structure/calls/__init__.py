"""Calls of tools: read in the form they are written in, bound to the tools' parameters, compared with a truth."""
