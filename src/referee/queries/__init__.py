"""What the verifier of queries needs beyond a file: the order that a query asks for, and results that are compared."""
