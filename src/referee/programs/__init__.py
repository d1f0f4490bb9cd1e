"""Floor 2: what it means for a program to be right. Truths of every shape read into tests, and values compared.

Nothing here runs a program. A truth becomes a `Suite` (`suite.py`): calls with the values that they must return, which
are compared in the judge's own process, and what cannot be said that way as a script for a second jail.
"""
