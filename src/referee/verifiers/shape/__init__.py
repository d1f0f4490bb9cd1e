"""Length and repetition."""
