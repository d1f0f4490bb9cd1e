"""Floor 1: arithmetic over the rewards of one prompt's group. Pure functions on plain floats."""
