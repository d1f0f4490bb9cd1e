"""Proofs, judged by a kernel."""
