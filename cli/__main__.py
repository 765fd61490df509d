"""`python -m cli`: the entry behind `./triview`."""

from cli.app import main

main()
