"""`python -m inkeeper` is the `inkeeper` command."""

from inkeeper.cli import main

main(prog_name="inkeeper")
