"""Instructions: whether a response does what the prompt asks of its form."""
