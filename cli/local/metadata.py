"""Prepare Airflow's own database, in Airflow's environment: `python -m cli.local.metadata`.

Run as a process of its own (importing Airflow configures the whole process). A stamp file makes every later start
skip it until Airflow's version or the slots change.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path


def stamp_text(version: str, media_slots: int, judge_slots: int) -> str:
    """What the stamp says when the database fits this Airflow and these pools."""
    return f"airflow {version}, media {media_slots}, judge {judge_slots}\n"


def use_write_ahead_log(database: Path) -> None:
    """Let readers and one writer work side by side; the setting stays in the file."""
    connection = sqlite3.connect(database)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


def prepare(home: Path, media_slots: int, judge_slots: int) -> None:
    """Create or upgrade the metadata database, its pools, and write the stamp."""
    from airflow import __version__
    from airflow.models.pool import Pool
    from airflow.utils import db
    from airflow.utils.session import create_session

    db.initdb()
    with create_session() as session:
        for name, slots, meaning in (
            ("media", media_slots, "Cores that may decode and run perception at a time"),
            ("judge", judge_slots, "Calls the judge's provider takes at a time"),
        ):
            Pool.create_or_update_pool(name, slots, meaning, include_deferred=False, session=session)
    use_write_ahead_log(home / "airflow.db")
    (home / "airflow.db").chmod(0o600)
    (home / "metadata.stamp").write_text(stamp_text(__version__, media_slots, judge_slots), encoding="utf-8")


if __name__ == "__main__":
    prepare(
        Path(os.environ["AIRFLOW_HOME"]),
        int(os.environ["TRIVIEW_MEDIA_SLOTS"]),
        int(os.environ["TRIVIEW_JUDGE_SLOTS"]),
    )
