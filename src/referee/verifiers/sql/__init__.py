"""Verifiers of queries."""
