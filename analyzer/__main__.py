"""`python -m analyzer`: the command line where its own command is not on the path."""

from analyzer.cli import main

main()
