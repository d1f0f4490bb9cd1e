"""Hacks, one file a family: what must earn no more than an honest wrong answer."""
