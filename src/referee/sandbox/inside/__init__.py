"""What runs on the far side of the pipe, under `python -I -S`: the standard library only, and no truth."""
