"""What an answer does, acted out."""
