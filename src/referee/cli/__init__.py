"""Floor 9: thin commands over library functions. Each is a module that is imported when it is called."""
