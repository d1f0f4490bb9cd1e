"""Structured output: documents in a completion, read strictly, compared and measured against schemas."""
