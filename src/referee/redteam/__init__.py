"""The red team: what a reward pays for that nobody meant to pay for."""
