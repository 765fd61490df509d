"""Checks of the database and what it says about itself: the schema's revision, keys, and its clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, func, select, text

from include.interview.errors import TriviewError
from include.settings import Settings
from include.storage import open_stores
from include.storage.database import tables as t
from include.storage.database.dump import revision_of
from include.storage.database.engine import MYSQL_NAMES, knows_revision, make_engine, newest_revision, reading
from tasks.doctor.findings import Finding, failed, note, ok, wrong

CLOCK_S = 1.0
"""Difference of two clocks from which leases (3 s), tickets and audit times cannot be trusted."""
UPGRADE = "Run `./triview db upgrade` (composed: `docker compose up init`)."


def clock_finding(whose: str, ahead_s: float) -> Finding:
    """What the difference of a clock to this machine's means; positive when the other is ahead."""
    said = f"The clock of {whose} differs by {ahead_s:+.2f} s."
    if abs(ahead_s) > CLOCK_S:
        return wrong("clocks", said, "Have every machine follow the same time server (chrony, systemd-timesyncd).")
    return ok("clocks", said)


def database(settings: Settings) -> Iterator[Finding]:
    """Whether it answers, its revision, its clock, and under which master key its data lie. Nothing is changed."""
    if (file := _missing_file(settings.db_url)) is not None:
        yield wrong("migrations", f"There is no database {file}.", UPGRADE)
        return
    try:
        engine = make_engine(settings.db_url)
    except TriviewError as error:
        yield failed("reachability", error)
        return
    try:
        revision = _revision(engine)
        yield ok("reachability", f"The {engine.dialect.name} database answers.")
        yield migrations(revision)
        yield from _clock(engine)
        if revision == newest_revision():
            yield from _keys(settings)
            yield from _audit(engine)
    except TriviewError as error:
        yield failed("reachability", error)
    finally:
        engine.dispose()


def migrations(revision: str) -> Finding:
    """What the schema's revision means for this version of Triview; empty: there is no schema."""
    newest = newest_revision()
    if revision == newest:
        return ok("migrations", f"The schema is at {revision}, the newest.")
    if not revision:
        return wrong("migrations", "The database has no schema yet.", UPGRADE)
    if not knows_revision(revision):
        return wrong(
            "migrations", f"The schema ({revision}) is newer than this version.", "Run the version that migrated it."
        )
    return wrong("migrations", f"The schema is at {revision}; this version needs {newest}.", UPGRADE)


def _missing_file(url: str) -> str | None:
    """The SQLite file that `url` names and that is not there: connecting would make it."""
    _, found, file = url.partition("sqlite:///")
    return file if found and file and not Path(file).exists() else None


def _revision(engine: Engine) -> str:
    with reading(engine) as connection:
        return revision_of(connection)


def _clock(engine: Engine) -> Iterator[Finding]:
    if engine.dialect.name not in MYSQL_NAMES:
        return
    with reading(engine) as connection:
        there = connection.execute(text("SELECT UTC_TIMESTAMP(6)")).scalar_one()
    yield clock_finding("the database", (there.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds())


def _keys(settings: Settings) -> Iterator[Finding]:
    try:
        with open_stores(settings, actor="doctor") as stores:
            configured, found = stores.key_census.configured, stores.key_census.count()
    except TriviewError as error:
        yield failed("keys", error)
        return
    others = sorted({one.master_key_id for one in found} - {configured})
    if others:
        number = sum(one.keys for one in found if one.master_key_id in others)
        yield wrong(
            "keys",
            f"{number} data keys lie under another master key ({', '.join(others)}).",
            "Configure that key, or end a rotation that was cut short: `./triview keys rotate`.",
        )
    else:
        yield ok("keys", f"{sum(one.keys for one in found)} data keys lie under the configured master key.")


def _audit(engine: Engine) -> Iterator[Finding]:
    with reading(engine) as connection:
        head = connection.execute(select(t.audit_head.c.seq)).scalar_one_or_none()
        entries = connection.execute(select(func.count()).select_from(t.audit_entries)).scalar_one()
    if head != entries:
        yield wrong(
            "audit",
            f"The audit chain has {entries} entries; {head or 0} were recorded.",
            "Run `./triview db verify-audit`, and compare with a head that was noted elsewhere.",
        )
    else:
        remedy = "Run `./triview db verify-audit` now and then: it walks every hash."
        yield note("audit", f"The audit chain has {entries} entries; their hashes were not walked here.", remedy)
