"""The candidate's side of a check: load the program, then answer what the test's jail asks."""
def serve(code, modules): return 0
