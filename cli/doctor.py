"""`./triview doctor`."""

from __future__ import annotations

import asyncio
import os

import msgspec
import typer
from rich.table import Table

from cli.console import out, print_json
from cli.options import Json

MARKS = {"ok": "[green]ok[/]", "note": "[yellow]note[/]", "wrong": "[red]WRONG[/]"}


def doctor(as_json: Json = False) -> None:
    """Look at versions, schema, keys, weights, clocks, disk, queues, permissions and services; say what to do.

    Nothing is changed and nothing of anybody is read. Exit code 1 when something is wrong.
    """
    from tasks.doctor.all import examine

    found = asyncio.run(examine(os.environ))
    healthy = all(one.state != "wrong" for one in found)
    if as_json:
        print_json({"healthy": healthy, "findings": msgspec.to_builtins(found)})
    else:
        table = Table("part", "", "found", "remedy")
        for one in found:
            table.add_row(one.part, MARKS[one.state], one.what, one.remedy)
        out.print(table)
    if not healthy:
        raise typer.Exit(1)
