"""`./triview keys census|rotate`: the master key and what lies under it."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from cli.console import out, print_json
from cli.options import Json
from cli.session import local_stores

keys_app = typer.Typer(no_args_is_help=True, help="The master key: what lies under it, and changing it.")


@keys_app.command("census")
def census(as_json: Json = False) -> None:
    """Count the data keys per master key (by its public fingerprint); nothing is opened."""
    with local_stores() as (stores, _):
        configured, found = stores.key_census.configured, stores.key_census.count()
    if as_json:
        print_json({"configured": configured, "keys": found})
        return
    table = Table("master key", "table", "data keys", "")
    for one in found:
        mark = "configured" if one.master_key_id == configured else "another key"
        table.add_row(one.master_key_id, one.table, str(one.keys), mark)
    out.print(table)


@keys_app.command("rotate")
def rotate_key(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say how many data keys would be wrapped anew.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make a new master key and wrap every data key by it, all or none; content stays as it is.

    Every old key stays beside the new one, in a file that ends in .old- and its fingerprint: backups made under it need
    it. Restart the gateway and Airflow afterwards. Killed in between, run it again.
    """
    from tasks.privacy.keys import old_key_file, rotate

    with local_stores() as (stores, settings):
        done = rotate(stores, settings, dry_run=dry_run)
    if as_json:
        print_json(done)
    elif dry_run:
        out.print(f"{done.keys} data keys under {done.old_id} would be wrapped anew.", highlight=False)
    else:
        out.print(
            f"{done.keys} data keys were wrapped anew: {done.old_id} → {done.new_id}. Restart the gateway and Airflow; "
            f"the old key is in {old_key_file(settings.master_key_file, done.old_id).name}.",
            highlight=False,
        )
