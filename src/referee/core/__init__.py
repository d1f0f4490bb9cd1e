"""Floor 0: the nouns, the decorator, the failure model. Imports the standard library and msgspec only."""
