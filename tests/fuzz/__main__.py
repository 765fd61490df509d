"""`make fuzz SECONDS=600`: every door is given mutated inputs for its share of the time; a finding ends with code 1.

Each door runs in a process of its own, so that a crash of a library is a finding of that door and no end of the others.
"""

from __future__ import annotations

import argparse
import multiprocessing
import secrets
import sys
import time
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.edges import EDGES, Edge

ROUND = 400
"""Inputs per seed."""
QUIET = settings(
    max_examples=ROUND,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
    print_blob=True,
)


def work(edge: Edge, until: float, told: Any) -> None:
    """Give `edge` inputs until the time `until` (monotonic); puts (inputs given, "" or the finding) into `told`."""
    count = 0

    def take(given_value: Any) -> None:
        nonlocal count
        count += 1
        edge(given_value)

    while time.monotonic() < until:
        chosen = secrets.randbits(32)
        try:
            seed(chosen)(QUIET(given(edge.inputs)(take)))()
        except BaseException as error:  # noqa: BLE001 - whatever comes out is what is sought
            notes = "\n".join(getattr(error, "__notes__", ()))
            told.put((count, f"seed {chosen}: {type(error).__name__}: {error}\n{notes}"))
            return
    told.put((count, ""))


def main() -> int:
    """0 when nothing was found, 1 otherwise; one line per door."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=main.__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="for all doors together")
    parser.add_argument("--only", action="append", choices=[edge.name for edge in EDGES], help="one door (repeatable)")
    asked = parser.parse_args()
    edges = [edge for edge in EDGES if not asked.only or edge.name in asked.only]
    context = multiprocessing.get_context("fork")
    found = 0
    for edge in edges:
        told = context.Queue()
        share = asked.seconds / len(edges)
        child = context.Process(target=work, args=(edge, time.monotonic() + share, told))
        child.start()
        child.join(share + 120.0)
        if child.is_alive():
            child.kill()
            child.join()
        count, finding = told.get() if not told.empty() else (0, f"the process ended with {child.exitcode}")
        found += bool(finding)
        print(f"{edge.name}: {share:.0f} s, {count} inputs{': ' + finding if finding else ''}", flush=True)  # noqa: T201
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
