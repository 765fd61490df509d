"""The audit chain under concurrency and tampering, on both databases."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import re
import threading

import pytest
from sqlalchemy import text

from include.interview.errors import NotFound
from include.settings import Settings, load_settings
from include.storage import Stores, open_stores
from include.storage.database.audit import append
from include.storage.database.engine import make_engine, writing
from tests.include.storage.conftest import NAME, enrol

PROCESSES, THREADS, EACH = 3, 4, 10


def _append_many(url: str, name: str) -> None:
    engine = make_engine(url)

    def run(thread: int) -> None:
        for number in range(EACH):
            with writing(engine) as connection:
                append(connection, f"{name}.{thread}", "test.act", "x:1", {"n": number})

    threads = [threading.Thread(target=run, args=(thread,)) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()


def test_processes_and_threads_make_one_chain(settings: Settings) -> None:
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_append_many, args=(settings.db_url, f"p{n}")) for n in range(PROCESSES)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * PROCESSES
    with open_stores(settings) as stores:
        report = stores.audit.verify()
        entries = stores.audit.entries()
    assert (report.intact, report.entries, report.broken_at) == (True, PROCESSES * THREADS * EACH, None)
    assert [entry.seq for entry in entries] == list(range(1, PROCESSES * THREADS * EACH + 1))
    for actor in {entry.actor for entry in entries}:
        assert [json.loads(e.detail)["n"] for e in entries if e.actor == actor] == list(range(EACH))


def test_the_chain_can_be_checked_with_nothing_but_sha256(stores: Stores) -> None:
    enrol(stores)
    previous = "0" * 64
    for entry in stores.audit.entries():
        fields = {name: getattr(entry, name) for name in ("seq", "at", "actor", "action", "subject", "detail")}
        line = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous = hashlib.sha256(f"{previous}\n{line}".encode()).hexdigest()
        assert entry.hash == previous
    assert stores.audit.verify().head == previous


@pytest.mark.parametrize(
    ("tampering", "broken_at", "says"),
    [
        ("UPDATE audit_entries SET actor = 'somebody' WHERE seq = 3", 3, "was changed"),
        ("UPDATE audit_entries SET detail = '{}' WHERE seq = 4", 4, "was changed"),
        ("UPDATE audit_entries SET previous_hash = hash WHERE seq = 2", 2, "does not follow"),
        ("DELETE FROM audit_entries WHERE seq = 2", 2, "missing"),
        ("DELETE FROM audit_entries WHERE seq = 5", 5, "ends at entry 4"),
        ("DELETE FROM audit_entries", 1, "ends at entry 0"),
        ("UPDATE audit_head SET seq = 4", 6, "ends at entry 5"),
    ],
)
def test_tampering_is_found_at_the_first_broken_entry(
    stores: Stores, tampering: str, broken_at: int, says: str
) -> None:
    with writing(stores.db) as connection:
        for number in range(5):
            append(connection, "system", "test.act", "x:1", {"n": number})
    assert stores.audit.verify().intact
    with stores.db.begin() as connection:
        connection.execute(text(tampering))
    report = stores.audit.verify()
    assert (report.intact, report.broken_at) == (False, broken_at)
    assert report.reason is not None
    assert re.search(says, report.reason)


def test_an_entry_lives_and_dies_with_its_act(stores: Stores) -> None:
    before = stores.audit.verify().entries
    with pytest.raises(NotFound):
        stores.interviews.create("no such application", "ai", "standard")

    def failing_act() -> None:
        with writing(stores.db) as connection:
            append(connection, "system", "test.act", "x:1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing_act()
    assert stores.audit.verify().entries == before


def test_reads_name_the_actor_and_hold_nothing_personal(stores: Stores) -> None:
    person = enrol(stores)
    interviewer = stores.acting_as("interviewer:42")
    interviewer.candidates.get(person.candidate.id)
    stores.actor = "hr:1"
    stores.candidates.get(person.candidate.id)
    entries = stores.audit.entries(f"candidate:{person.candidate.id}")
    assert [(e.actor, e.action) for e in entries] == [
        ("system", "candidate.created"),
        ("interviewer:42", "candidate.read"),
        ("hr:1", "candidate.read"),
    ]
    assert not any(NAME in repr(entry) for entry in stores.audit.entries())


@pytest.mark.unit
def test_a_long_chain_is_verified(local: Settings) -> None:
    with open_stores(load_settings({"TRIVIEW_HOME": str(local.home)})) as stores:
        with writing(stores.db) as connection:
            for number in range(3_000):
                append(connection, "system", "test.act", "x:1", {"n": number})
        report = stores.audit.verify()
    assert (report.entries, report.intact) == (3_000, True)
