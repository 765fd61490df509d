"""`./triview backup` and `./triview restore`."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from cli.console import bars, out, print_json
from cli.options import Json
from cli.session import local_stores
from include.interview.errors import BadInput


def backup(
    folder: Annotated[Path, typer.Argument(help="New folder of the backup; readable by you alone.")],
    keys: Annotated[
        Path | None, typer.Option("--keys", help="Write the master key to this new file as well; keep it elsewhere.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write database and objects to FOLDER, as they stand now, while the system runs. The master key is not in it.

    Answer vectors are made anew at a restore. Airflow's own database holds no score and no personal data: its tools
    back it up.
    """
    from tasks.backup import make_backup

    inside = keys is not None and folder.resolve() in keys.resolve().parents
    if inside or (keys is not None and keys.exists()):
        raise BadInput(
            "The key lies apart from the backup, in a new file.", "Name another file after --keys, on another medium."
        )
    with local_stores() as (stores, settings), bars(quiet=as_json) as shown:
        made = make_backup(stores, folder, datetime.now(UTC).isoformat(timespec="seconds"), shown.of("backup"))
        if keys is not None:
            from include.security.keys import read_master_key

            key = read_master_key(settings.master_key, settings.master_key_file)
            handle = os.open(keys, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as stream:
                stream.write(base64.b64encode(key.reveal()) + b"\n")
    if as_json:
        print_json({"folder": str(folder), **msgspec.to_builtins(made)})
        return
    size = made.object_bytes / 1e6
    out.print(
        f"{sum(made.rows.values())} rows, {made.objects} objects ({size:.1f} MB) in {folder}/; audit chain: "
        f"{made.audit_entries} entries, head {made.audit_head}.",
        highlight=False,
    )
    out.print(f"It opens with the master key {made.master_key_id} only, which is not in it.", highlight=False)
    _show_seconds(made.seconds)


def restore(
    folder: Annotated[Path, typer.Argument(help="Folder of a backup.")],
    drill: Annotated[bool, typer.Option("--drill", help="Into a scratch system, which is removed again.")] = False,
    keys: Annotated[
        Path | None, typer.Option("--keys", help="File of the master key, where it is another one.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Put a backup into the empty installation of this environment, check it, and erase again who was erased since.

    Checked are the hash of the dump, every candidate's key, the audit chain and its head, and that no object is missing.
    Exit code 1 when objects are missing or an erasure is incomplete. Stop the gateway and Airflow before.
    """
    from include.settings import load_settings
    from tasks import backup as backups

    settings = load_settings()
    if keys is not None:
        settings = msgspec.structs.replace(settings, master_key=None, master_key_file=keys)
    with bars(quiet=as_json) as shown:
        progress = shown.of("restore")
        work = (
            backups.drill(settings, folder, progress)
            if drill
            else backups.restore(settings, folder, os.environ, progress)
        )
        done = asyncio.run(work)
    if as_json:
        print_json(done)
    else:
        out.print(
            f"{done.rows} rows, {done.objects} objects; {done.keys} candidates' keys open; the audit chain holds "
            f"({done.audit_entries} entries); {done.erased_again} people were erased again.",
            highlight=False,
        )
        for name in done.missing:
            out.print(f"[red]missing[/] {name}", highlight=False)
        if done.incomplete:
            out.print(f"For {done.incomplete} of them a place did not answer; the nightly run goes on.")
        _show_seconds(done.seconds)
    if done.missing or done.incomplete:
        raise typer.Exit(1)


def _show_seconds(seconds: Mapping[str, float]) -> None:
    table = Table("part", "seconds")
    for part, spent in seconds.items():
        table.add_row(part, f"{spent:.2f}")
    table.add_row("all", f"{sum(seconds.values()):.2f}")
    out.print(table)
