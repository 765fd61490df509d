"""What the command line shows: rich on a terminal, plain lines in a pipe, JSON when asked for."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from include.interview.progress import Progress as StepReport

PIPE_COLUMNS = 120
"""Width of tables where there is no terminal to ask (a log, a pipe)."""

out = Console(width=None if sys.stdout.isatty() else PIPE_COLUMNS)
err = Console(stderr=True, width=None if sys.stderr.isatty() else PIPE_COLUMNS)


def complain(sentence: str) -> None:
    """An error sentence on standard error. File names in it are text, never markup."""
    err.print(f"[red]✗[/] {escape(sentence)}", highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """`value` (records allowed) as indented JSON on standard output, Korean kept readable."""
    sys.stdout.write(json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2) + "\n")


def show_written(files: Sequence[str], document: object, *, as_json: bool) -> None:
    """Print the paths of files that were written, one a line, or `document` as JSON."""
    if as_json:
        print_json(document)
        return
    for path in files:
        out.print(path, highlight=False, soft_wrap=True)


class Bars:
    """Named progress bars: `bars.of("speech")` is a `Progress` callable for a step."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def of(self, name: str) -> StepReport:
        """A progress callable that moves the bar called `name`."""
        self._tasks[name] = self._progress.add_task(name, total=1.0, phrase="")

        def report(fraction: float, phrase: str = "") -> None:
            self._progress.update(self._tasks[name], completed=min(1.0, max(0.0, fraction)), phrase=phrase)

        return report


@contextmanager
def bars(*, quiet: bool = False) -> Iterator[Bars]:
    """Progress bars on standard error, so that standard output stays clean for results."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<14}"),
        BarColumn(bar_width=28),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[phrase]}"),
    )
    with Progress(*columns, console=err, disable=quiet) as progress:
        yield Bars(progress)
