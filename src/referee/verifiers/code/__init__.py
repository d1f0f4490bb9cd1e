"""Programs, judged by what they do in a sandbox."""
