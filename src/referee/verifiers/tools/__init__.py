"""Calls of tools: which, how often, with which arguments, or rightly none."""
