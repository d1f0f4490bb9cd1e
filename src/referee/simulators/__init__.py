"""Simulators: what a sequence of actions leads to. Pure: the same state and actions give the same states, for ever.

A simulator is a module with `SIMULATOR`, an object of the protocol in `base.py`; its file name is the name that a
truth gives. `drive.py` runs one.
"""
