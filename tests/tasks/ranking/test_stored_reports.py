"""Stored reports of rankings: readable in all formats, of one snapshot, whole or not at all, gone with a person."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import update

from include.interview.errors import BadInput, NotFound, ServiceFailure, WrongKey
from include.interview.privacy.erasure import SignedReceipt
from include.security.keys import new_master_key
from include.storage import Stores
from include.storage.database import tables as t
from include.storage.objects.store import ObjectWriter
from tasks.privacy.erasure import Outside, erase_candidate
from tasks.ranking import stored_reports
from tasks.ranking.mapping import mapped_groups
from tasks.ranking.stored_reports import (
    Format,
    Language,
    openings_to_report,
    report_openings,
    stored_report,
)
from tests.tasks.ranking.test_flow import OPENING, applicants, publish, run

pytestmark = pytest.mark.slow
BEGINS = {"html": b"<!doctype html>", "pdf": b"%PDF-", "xlsx": b"PK", "csv": "\ufeffrank,".encode()}


def made(stores: Stores, opening: str = OPENING.id) -> str:
    (outcome,) = report_openings(stores, [opening])
    return outcome.result


def objects(stores: Stores) -> set[Path]:
    root = Path(stores.objects._root) / "ranking-reports"
    return {path for path in root.rglob("*") if path.is_file()}


def test_the_report_is_stored_once_per_snapshot_and_read_back_in_all_formats(stores: Stores) -> None:
    people = applicants(stores, 3)
    assert openings_to_report(stores) == []
    with pytest.raises(NotFound):
        stored_report(stores, OPENING.id, "html", "ko")
    assert made(stores) == "deleted", "nothing is served of it"
    run(stores)
    with pytest.raises(BadInput) as early:
        stored_report(stores, OPENING.id, "html", "ko")
    assert early.value.code == "report_not_ready"
    assert openings_to_report(stores) == [[OPENING.id]]
    assert made(stores) == "stored"
    assert openings_to_report(stores) == []
    served = stores.rankings.served_id(OPENING.id)
    for kind in get_args(Format):
        for language in get_args(Language):
            for blind in (False, True):
                snapshot, data = stored_report(stores, OPENING.id, kind, language, blind=blind)
                assert snapshot == served
                assert data.lower().startswith(BEGINS[kind].lower()), (kind, data[:20])
                if kind in ("html", "csv"):
                    words = data.decode()
                    assert ("Person 1" in words) is not blind
                    assert people[1][0] in words or not blind
                    assert served in words
    _, table = stored_report(stores, OPENING.id, "xlsx", "ko")
    with zipfile.ZipFile(io.BytesIO(table)) as book:
        assert b"Person 2" in book.read("xl/sharedStrings.xml")
    _, page = stored_report(stores, OPENING.id, "html", "en")
    assert b'lang="en"' in page
    # The same snapshot again is no new report: every object is the one it was.
    before = objects(stores)
    assert made(stores) == "unchanged"
    assert objects(stores) == before
    assert len(before) == 12
    # Nothing of a person is in the storage or in the audit trail.
    assert not any(b"Person 1" in path.read_bytes() for path in before)
    trail = stores.audit.entries(f"opening:{OPENING.id}")
    stored = [json.loads(e.detail) for e in trail if e.action == "ranking.reported"]
    assert stored == [{"ranking": served, "files": 12}]
    reads = [json.loads(e.detail)["file"] for e in trail if e.action == "ranking.report_read"]
    assert {"named/ranking.ko.pdf", "blind/ranking.csv"} <= set(reads)
    assert not re.search("Person", repr(trail))


FILES = {"named/ranking.csv": b"Person 2", "blind/ranking.csv": b"an id"}
"""A report of two small files: what is about storing alone renders nothing."""


def test_a_new_ranking_takes_the_reports_place_and_an_erased_person_takes_it_away(stores: Stores) -> None:
    people = applicants(stores, 3)
    run(stores)
    kept = stores.ranking_reports
    assert kept.put(kept.source(OPENING.id), FILES) == "stored"
    assert kept.due() == ()
    first = objects(stores)
    publish(stores, people[0][1][0], "ai", 99.0)
    run(stores)
    with pytest.raises(BadInput, match="not made yet"):
        stored_report(stores, OPENING.id, "csv", "ko")
    assert kept.put(kept.source(OPENING.id), FILES) == "stored"
    assert len(objects(stores)) == 2
    assert not first & objects(stores), "the files of the replaced report are gone"
    # A gate that stops the next run is told in the report of the ranking that stays.
    stores.rankings.failed(OPENING.id, "stamp", {"total_equals_recomputed": 2})
    assert kept.due() == (OPENING.id,)
    assert kept.put(kept.source(OPENING.id), FILES) == "stored"
    # The master key is changed, and the files open all the same.
    stores.candidates.rotate_master_key(new_master_key())
    assert stored_report(stores, OPENING.id, "csv", "ko")[1] == b"Person 2"
    assert stores.sweep(older_than_s=0.0) == 0, "files of a report are no litter"
    gone = next(a.candidate_id for a in stores.applications.list() if a.id == people[2][0])
    stores.candidates.destroy_key(gone)
    with pytest.raises(BadInput, match="not made yet"):
        stored_report(stores, OPENING.id, "csv", "ko")
    assert stores.sweep(older_than_s=0.0) == 2
    assert kept.due() == (OPENING.id,)


def test_a_process_that_was_not_restarted_after_a_rotation_stores_no_report(local_stores: Stores) -> None:
    applicants(local_stores, 3)
    run(local_stores)
    before = local_stores.key_census.configured
    table, new = t.candidates, new_master_key()
    with local_stores.db.begin() as connection:  # as another process's rotation leaves it for this one
        connection.execute(update(table).values(master_key_id=new.id))
    kept = local_stores.ranking_reports
    with pytest.raises(WrongKey, match=new.id):
        kept.put(kept.source(OPENING.id), FILES)
    assert objects(local_stores) == set()
    assert [one.keys for one in local_stores.key_census.count() if one.master_key_id == before] == []


def test_a_report_with_somebody_who_was_erased_meanwhile_is_not_stored(local_stores: Stores) -> None:
    people = applicants(local_stores, 3)
    run(local_stores)
    kept = local_stores.ranking_reports
    source = kept.source(OPENING.id)
    local_stores.candidates.destroy_key(
        next(a.candidate_id for a in local_stores.applications.list() if a.id == people[2][0])
    )
    assert kept.put(source, FILES) == "changed_meanwhile"
    assert objects(local_stores) == set()
    with pytest.raises(BadInput, match="not made yet"):
        stored_report(local_stores, OPENING.id, "csv", "ko")


def test_an_opening_deleted_while_its_report_is_rendered_leaves_nothing(local_stores: Stores) -> None:
    applicants(local_stores, 2)
    run(local_stores)
    source = local_stores.ranking_reports.source(OPENING.id)
    with sqlite3.connect(local_stores.db.url.database) as connection:  # without keys: all of it at once
        connection.executescript("DELETE FROM ranking_states; DELETE FROM rankings; DELETE FROM openings")
    assert local_stores.ranking_reports.put(source, FILES) == "deleted"
    assert objects(local_stores) == set()
    assert openings_to_report(local_stores) == []
    assert made(local_stores) == "deleted", "one deleted before the run began"


def test_a_storage_that_fails_in_the_middle_leaves_the_earlier_report(
    local_stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    applicants(local_stores, 2)
    run(local_stores)
    kept = local_stores.ranking_reports
    kept.put(kept.source(OPENING.id), FILES)
    before = objects(local_stores)
    local_stores.rankings.failed(OPENING.id, "stamp", {"weights": 1})
    real, written = local_stores.objects.writer, list[str]()

    def full(name: str) -> ObjectWriter:
        if written:
            raise ServiceFailure("The storage is full.", "Make room.", code="storage_full")
        written.append(name)
        return real(name)

    monkeypatch.setattr(local_stores.objects, "writer", full)
    with pytest.raises(ServiceFailure, match="full"):
        kept.put(kept.source(OPENING.id), FILES)
    assert objects(local_stores) == before
    assert stored_report(local_stores, OPENING.id, "csv", "ko")[1] == b"Person 2"


def test_a_ranking_swapped_in_while_the_report_is_rendered_is_the_one_that_is_reported(
    local_stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = applicants(local_stores, 2)
    run(local_stores)
    real, times = stored_reports.rendered_files, list[int]()

    def overtaken(stores: Stores, opening_id: str) -> dict[str, bytes]:
        files = real(stores, opening_id)
        times.append(1)
        if len(times) == 1:
            publish(local_stores, people[0][1][0], "ai", 99.0)
            run(local_stores)
        return files

    monkeypatch.setattr(stored_reports, "rendered_files", overtaken)
    assert made(local_stores) == "stored"
    assert len(times) == 2
    served = local_stores.rankings.served_id(OPENING.id)
    snapshot, table = stored_report(local_stores, OPENING.id, "csv", "ko")
    assert snapshot == served
    assert served.encode() in table
    assert len(objects(local_stores)) == 12, "nothing is left of the report that was overtaken"


def test_more_openings_than_airflow_maps_share_tasks() -> None:
    assert mapped_groups("abcdefgh", most=3) == [["a", "d", "g"], ["b", "e", "h"], ["c", "f"]]
    assert mapped_groups("ab", most=3) == [["a"], ["b"]]
    assert mapped_groups([]) == []


@pytest.mark.parametrize("installed", [True, False])
def test_a_missing_korean_font_is_told_instead_of_empty_boxes(tmp_path: Path, installed: bool) -> None:
    """With fonts that lack hangul the PDF would show boxes; without any font Pango ends the process."""
    (tmp_path / "fonts").mkdir()
    if installed:
        latin = Path(find_spec("matplotlib").origin).parent / "mpl-data/fonts/ttf/DejaVuSans.ttf"
        (tmp_path / "fonts" / latin.name).symlink_to(latin)
    config = tmp_path / "fonts.conf"
    config.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
        f"<fontconfig><dir>{tmp_path / 'fonts'}</dir><cachedir>{tmp_path / 'cache'}</cachedir></fontconfig>"
    )
    script = (
        "from include.reporting.pdf import write_pdf\n"
        "from include.interview.errors import ServiceFailure\n"
        "try:\n    write_pdf('<html lang=ko><title>t</title><p>순위 보고서 zyxw-name</p></html>')\n"
        "except ServiceFailure as error:\n    print(error.code, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "FONTCONFIG_FILE": str(config)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("font_missing")
    assert "Install a Korean font" in done.stdout
    assert "zyxw" not in done.stdout + done.stderr


def test_the_receipt_of_an_erasure_counts_the_reports_that_named_the_person(local_stores: Stores) -> None:
    people = applicants(local_stores, 2)
    run(local_stores)
    kept = local_stores.ranking_reports
    assert kept.put(kept.source(OPENING.id), FILES) == "stored"
    gone = next(a.candidate_id for a in local_stores.applications.list() if a.id == people[1][0])
    signed = asyncio.run(erase_candidate(local_stores, Outside(), gone))
    assert isinstance(signed, SignedReceipt)
    assert {one.sink: (one.before, one.after) for one in signed.receipt.sinks}["reports"] == (2, 0)
    assert objects(local_stores) == set()
    assert kept.put(kept.source(OPENING.id), {"named/ranking.csv": b"Person 1"}) == "stored"
    assert len(objects(local_stores)) == 1, "the next report names the others only, and stays"
