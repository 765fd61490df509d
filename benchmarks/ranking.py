"""Ranking at scale: from stored cards in MariaDB to served snapshots, and one large opening by itself.

Cards are rows of the real schema, made in the database; two processes take batches of openings, as two workers do.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import MySQLdb
import psutil

from include.interview.records import Bilingual, Opening
from include.security.keys import create_key_file
from include.settings import Settings, load_settings
from include.storage import make_engine, open_stores, upgrade

OPENINGS = 2_000
PER_OPENING = 167
STAGES = ("ai", "practical", "executive")
LARGE_CARDS = 5_000
PROCESSES = 2
BUFFER_POOL, REDO_LOG = 3 << 30, 96 << 20
"""Of the database, in bytes: what holds a million cards in memory, not counted as ours, and MariaDB's own default; the
tests' servers have less of both."""
SAMPLE_S = 0.2
TITLE = Bilingual("측정용 공고", "Opening of the benchmark")


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:  # noqa: ARG001 - a home of its own
    """Seconds, openings a second and peak memory for 10,000, 100,000 and 1,000,000 cards, and an opening of 5,000."""
    from tests.support.services.mariadb import mariadb

    with tempfile.TemporaryDirectory(prefix="tvb-") as folder, mariadb(Path(folder) / "db") as server:
        server.execute(f"SET GLOBAL innodb_buffer_pool_size = {BUFFER_POOL}")
        server.execute(f"SET GLOBAL innodb_log_file_size = {REDO_LOG}")
        name = server.new_database()
        own = {"TRIVIEW_HOME": str(Path(folder) / "home"), "TRIVIEW_DB_URL": server.url(name)}
        chosen = load_settings(own)
        create_key_file(chosen.master_key_file)
        sizes = {"10k": 20, "100k": 200} | ({} if quick else {"1m": OPENINGS})
        began = time.monotonic()
        _fill(chosen, own, max(sizes.values()))
        found: dict[str, Any] = {"filling_s": time.monotonic() - began}
        done = 0
        for label, openings in sizes.items():
            found[label] = _ranked(own, [opening_id(n) for n in range(openings)], again=done)
            done = openings
        found["opening_of_5000"] = _ranked(own, [LARGE], asked=True)
    targets = {"1m.seconds": "≤ 60", "1m.peak_mib": "≤ 2048", "opening_of_5000.seconds": "≤ 10"}
    return {**found, "targets": targets}


LARGE = "large"
CANDIDATE, APPLICATION = (f"CONCAT('{letter}', LPAD(seq, 31, '0'))" for letter in "ca")
"""Ids made of the number `seq` of MariaDB's sequence engine."""


def opening_id(number: int) -> str:
    """Id of one of the equal openings."""
    return f"o{number:04d}"


def _fill(settings: Settings, own: dict[str, str], openings: int) -> None:
    engine = make_engine(settings.db_url)
    upgrade(engine)
    engine.dispose()
    with open_stores(load_settings(own), actor="benchmark") as stores:
        for number in range(openings):
            stores.openings.put(Opening(opening_id(number), TITLE, TITLE))
        stores.openings.put(Opening(LARGE, TITLE, TITLE, stage_weights={"ai": 1.0}))
        url = stores.db.url
    connection = MySQLdb.connect(
        host=url.host, port=url.port, user=url.username, password=url.password, database=url.database
    )
    try:
        cursor = connection.cursor()
        cursor.execute("SET foreign_key_checks = 0, unique_checks = 0")
        people = openings * PER_OPENING
        place = f"CONCAT('o', LPAD((seq - 1) DIV {PER_OPENING}, 4, '0'))"
        _people(cursor, 1, people, place)
        _people(cursor, people + 1, people + LARGE_CARDS, f"'{LARGE}'")
        for stage in STAGES:
            _cards(cursor, stage, 1, people, place)
        _cards(cursor, "ai", people + 1, people + LARGE_CARDS, f"'{LARGE}'")
        connection.commit()
        cursor.execute("ANALYZE TABLE card_totals, interviews, applications, candidates")
    finally:
        connection.close()


def _people(cursor: Any, first: int, last: int, opening: str) -> None:
    numbers = f"seq_{first}_to_{last}"
    cursor.execute(f"INSERT INTO candidates (id, created_at) SELECT {CANDIDATE}, NOW() FROM {numbers}")
    cursor.execute(
        "INSERT INTO applications (id, candidate_id, opening_id, status, created_at)"
        f" SELECT {APPLICATION}, {CANDIDATE}, {opening}, 'in_process', NOW() FROM {numbers}"
    )


def _cards(cursor: Any, stage: str, first: int, last: int, opening: str) -> None:
    """One card per person: true scores spread by about 8 points, standard errors from 2 to 4."""
    numbers = f"seq_{first}_to_{last}"
    interview, card = f"CONCAT('{stage[0]}', LPAD(seq, 31, '0'))", f"CONCAT('k{stage[0]}', LPAD(seq, 30, '0'))"
    ability = "CONV(LEFT(MD5(CONCAT('t', seq)), 6), 16, 10) / 16777215"
    noise = f"CONV(LEFT(MD5(CONCAT('n{stage}', seq)), 6), 16, 10) / 16777215"
    total, sem = f"(45 + 28 * {ability} + 14 * {noise})", f"(2 + 2 * {noise})"
    cursor.execute(
        "INSERT INTO interviews (id, application_id, stage, status, profile, language, marks, created_at, updated_at)"
        f" SELECT {interview}, {APPLICATION}, '{stage}', 'published', 'standard', 'ko', '[]', NOW(), NOW()"
        f" FROM {numbers}"
    )
    cursor.execute(
        "INSERT INTO scorecards (id, interview_id, pipeline_version, rubric_version, profile, stage, status, total,"
        " total_sem, document, published_at, updated_at)"
        f" SELECT {card}, {interview}, '1', '1', 'standard', '{stage}', 'complete', {total}, {sem}, '{{}}', NOW(),"
        f" NOW() FROM {numbers}"
    )
    cursor.execute(
        "INSERT INTO card_totals (scorecard_id, interview_id, application_id, opening_id, stage, status, total,"
        " total_sem, recomputed, profile, rubric_version, pipeline_version, words_only, sha256, updated_at)"
        f" SELECT {card}, {interview}, {APPLICATION}, {opening}, '{stage}', 'complete', {total}, {sem},"
        f" {total}, 'standard', '1', '1', 0, SHA2({card}, 256), NOW() FROM {numbers}"
    )


def _ranked(own: dict[str, str], openings: Sequence[str], again: int = 0, asked: bool = False) -> dict[str, Any]:
    """Rank the openings as each night does, or as `asked` for, without a look at what changed elsewhere.

    Those ranked `again` are made due first, by new times of their cards.
    """
    from tasks.ranking.flow import changed_openings

    with open_stores(load_settings(own), actor="benchmark") as stores:
        if again:
            with stores.db.begin() as connection:
                connection.exec_driver_sql(
                    "UPDATE card_totals SET updated_at = updated_at + INTERVAL 1 SECOND, sha256 = REVERSE(sha256)"
                    f" WHERE opening_id < '{opening_id(again)}'"
                )
        with _Peak() as peak:
            began, used = time.monotonic(), _processor_s()
            wanted = set(openings)
            changed = [tuple(openings)] if asked else changed_openings(stores)
            due = [tuple(one for one in batch if one in wanted) for batch in changed]
            looked = time.monotonic() - began
            batches = [batch for batch in due if batch]
            with ProcessPoolExecutor(min(PROCESSES, len(batches)), get_context("spawn")) as pool:
                results = [one for batch in pool.map(_rank_batch, [own] * len(batches), batches) for one in batch]
            seconds, used = time.monotonic() - began, _processor_s() - used
        cards = sum(stamp.cards for stamp in stores.ranking_inputs.stamps(openings).values())
    if set(results) != {"swapped"}:
        raise RuntimeError(f"Not everything was ranked: {sorted(set(results))}.")
    return {
        "cards": cards,
        "openings": len(openings),
        "batches": len(batches),
        "seconds": seconds,
        "processor_s": used,
        "looking_for_changes_s": looked,
        "cards_per_s": cards / seconds,
        "peak_mib": peak.mib,
    }


def _processor_s() -> float:
    """Processor time of this process and its ended children: what a busy machine does not make longer."""
    return sum(os.times()[:4])


def _rank_batch(own: dict[str, str], batch: Sequence[str]) -> list[str]:
    from tasks.ranking.flow import rank_openings

    with open_stores(load_settings(own), actor="benchmark") as stores:
        return [outcome.result for outcome in rank_openings(stores, batch)]


class _Peak(threading.Thread):
    """Largest resident memory (MiB) of this process and its children together while the block lasts."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.mib = 0.0
        self._over = threading.Event()

    def __enter__(self) -> _Peak:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        """Sample until the block ends."""
        while not self._over.wait(SAMPLE_S):
            self.mib = max(self.mib, _resident_mib())


def _resident_mib() -> float:
    own = psutil.Process()
    total = 0
    for process in (own, *own.children(recursive=True)):
        try:
            if "mariadbd" not in process.name():
                total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / (1 << 20)


if __name__ == "__main__":
    from json import dumps

    sys.stdout.write(dumps(run(load_settings(), quick="--quick" in sys.argv), indent=2) + "\n")
