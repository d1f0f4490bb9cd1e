"""Eighty attacks on a sandbox, shipped with it: `referee doctor --attack` runs them against every tier of a machine.

Each is bounded and harmless should a wall not hold: loops are short, files go below the temporary directory, nothing
leaves the machine.
"""
