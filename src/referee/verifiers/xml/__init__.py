"""XML documents: valid, as a schema asks, equal to a truth."""
