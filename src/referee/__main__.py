"""`python -m referee` is the `referee` command."""

from referee.cli.main import main

main(prog_name="referee")
