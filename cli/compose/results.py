"""What a run of `make compose-test` saw: each step with its seconds, as a table and as JSON."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from os import cpu_count, getloadavg

import msgspec
from rich.table import Table

from cli.console import err, out


class Step(msgspec.Struct):
    """One thing that was done, and what was observed. `ok` is False when it did not end as it must."""

    part: str
    what: str
    ok: bool = False
    seconds: float = 0.0
    observed: str = ""


class Results(msgspec.Struct):
    """All steps of one run, and the machine it ran on."""

    started: str = msgspec.field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    machine: str = msgspec.field(default_factory=lambda: f"{platform.machine()}, {cpu_count()} cores")
    engine: str = ""
    steps: list[Step] = []

    @property
    def ok(self) -> bool:
        """True when every step ended as it must."""
        return all(step.ok for step in self.steps)

    @contextmanager
    def step(self, part: str, what: str) -> Iterator[Step]:
        """Within the block, a step that is timed; what goes wrong in it is noted and raised."""
        made = Step(part, what)
        self.steps.append(made)
        began = time.monotonic()
        try:
            yield made
            made.ok = True
        except Exception as error:
            made.observed = f"{type(error).__name__}: {error}"
            raise
        finally:
            made.seconds = round(time.monotonic() - began, 1)
            self.say(f"{'✓' if made.ok else '✗'} {made.part}: {made.what} ({made.seconds:.1f} s) {made.observed}")

    def say(self, sentence: str) -> None:
        """A line of progress on standard error, with the load of the machine."""
        err.print(f"[{datetime.now(UTC):%H:%M:%S}, load {getloadavg()[0]:.1f}] {sentence}", markup=False, style="dim")


def show(results: Results) -> None:
    """The table on standard output."""
    table = Table(
        "part", "what", "", "seconds", "observed", title=f"compose-test · {results.engine} · {results.machine}"
    )
    for step in results.steps:
        table.add_row(step.part, step.what, "ok" if step.ok else "FAILED", f"{step.seconds:.1f}", step.observed)
    out.print(table)
