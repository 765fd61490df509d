"""`python -m cli`: the entry behind `./triview`."""

import sys

from cli.app import main

HEAVY = frozenset({"evaluate", "judge"})
"""Commands whose process computes for long, and gives way to others of the machine."""

if HEAVY & set(sys.argv[1:2]):
    from include.background_work import lower_priority

    lower_priority()
main()
