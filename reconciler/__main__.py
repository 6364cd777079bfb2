"""`python -m reconciler`: the command where its script is not on the path."""

from reconciler.cli.main import run

run()
