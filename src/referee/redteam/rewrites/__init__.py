"""Rewrites of gold, one file a family: what must keep its full pay."""
