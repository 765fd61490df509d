"""`./triview db|candidates|openings|interviews`: what HR needs, on an empty installation."""

from __future__ import annotations

import io
import json
import sqlite3
import stat
import sys
from pathlib import Path

import pytest

from tests.support.recordings import clip_with_tone

pytestmark = pytest.mark.programs

NAME = "홍길동 Zebulon"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip_with_tone(tmp_path_factory.mktemp("cli") / "recording.mp4", 2.0)


def test_the_first_command_makes_a_private_home_with_a_key(triview, home: Path) -> None:
    assert triview("db", "upgrade").code == 0
    assert triview("db", "upgrade", "--json").json == {
        "database": "sqlite",
        "state": "up to date",
        "erased_again": 0,
        "incomplete": 0,
    }
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "master.key").stat().st_mode) == 0o600
    key = (home / "master.key").read_bytes()
    triview("db", "upgrade")
    assert (home / "master.key").read_bytes() == key, "a key is never replaced"


def test_no_new_key_is_made_beside_data_of_a_lost_one(triview, home: Path) -> None:
    triview("candidates", "add", "--name", NAME)
    key = home / "master.key"
    elsewhere = key.rename(home.parent / "elsewhere.key")
    before = (home / "triview.db").read_bytes()
    for command in (("candidates", "list"), ("candidates", "add", "--name", "Other"), ("openings", "list")):
        refused = triview(*command)
        assert refused.code == 2
        assert "master.key" in refused.err
        assert "backup" in refused.err
        assert not key.exists()
    assert (home / "triview.db").read_bytes() == before
    elsewhere.rename(key)
    assert NAME in triview("candidates", "list").out


def test_candidates_are_added_by_option_or_by_prompt_and_stored_sealed(
    triview, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = triview("candidates", "add", "--name", NAME, "--contact", "z@example.org", "--json").json["candidate_id"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("Second Person\n"))
    asked = triview("candidates", "add")
    assert asked.code == 0
    assert "Name" in asked.out + asked.err
    listed = triview("candidates", "list", "--json").json
    assert {c["id"]: c["name"] for c in listed}[first] == NAME
    assert "Second Person" in {c["name"] for c in listed}
    data = b"".join(path.read_bytes() for path in home.glob("triview.db*"))
    assert "홍길동".encode() not in data
    assert b"example.org" not in data
    assert NAME in triview("candidates", "list").out


def test_openings_are_added_listed_and_shown(triview, tmp_path: Path) -> None:
    general = triview("openings", "add", "--json").json["opening_id"]
    file = tmp_path / "opening.yaml"
    file.write_text("title: {ko: '[개발자]', en: Developer}\ndescription: Writes programs.\nquestions: [Why us?]\n")
    own = triview("openings", "add", file).out.strip()
    assert triview("openings", "add", file).out.strip() == own, "the same file is the same opening"
    assert {o["id"] for o in triview("openings", "list", "--json").json} == {general, own}
    assert "[개발자]" in triview("openings", "list").out
    shown = triview("openings", "show", own).json
    assert shown["title"] == {"ko": "[개발자]", "en": "Developer"}
    file.write_text("title: Developer\ndescription: x\nwages: 5\n")
    wrong = triview("openings", "add", file)
    assert wrong.code == 2
    assert "wages" in wrong.err


def test_an_interview_is_created_with_consent_marks_and_documents(triview, home: Path, clip: Path, tmp_path) -> None:
    candidate = triview("candidates", "add", "--name", NAME, "--json").json["candidate_id"]
    opening = triview("openings", "add", "--json").json["opening_id"]
    marks, resume = tmp_path / "marks.json", tmp_path / "resume.md"
    marks.write_text(json.dumps([{"question_id": "q1", "start_s": 0.5}]))
    resume.write_text("Quagmirefield Libraries")
    who = ("--candidate", candidate, "--opening", opening, "--consent", "v1")
    made = triview(
        "interviews", "create", clip, *who, "--marks", marks, "--resume", resume, "--language", "ko", "--json"
    ).json
    assert made["dag_id"] == "ai_interview_analysis"
    assert made["dag_run_id"].startswith(f"ai-{made['interview_id']}-")
    (listed,) = triview("interviews", "list", "--json").json
    assert (listed["id"], listed["status"], listed["language"]) == (made["interview_id"], "uploaded", "ko")
    assert listed["marks"] == [{"question_id": "q1", "start_s": 0.5}]
    assert NAME not in triview("interviews", "list").out
    assert not any(b"Quagmirefield" in p.read_bytes() for p in home.rglob("*") if p.is_file())
    again = triview("interviews", "create", clip, *who)
    assert again.code == 2
    assert made["interview_id"] in again.err
    early = triview("interviews", "result", made["interview_id"])
    assert early.code == 2
    assert "no such scorecard" in early.err
    marks.write_text("[{]")
    assert triview("interviews", "create", clip, *who, "--marks", marks).code == 2
    assert len(triview("interviews", "list", "--json").json) == 1


def test_a_document_that_is_missing_leaves_no_half_interview(triview, clip: Path) -> None:
    candidate = triview("candidates", "add", "--name", NAME, "--json").json["candidate_id"]
    opening = triview("openings", "add", "--json").json["opening_id"]
    who = ("--candidate", candidate, "--opening", opening, "--consent", "v1")
    shown = triview("interviews", "create", clip, *who, "--resume", "missing.txt")
    assert shown.code == 2
    assert triview("interviews", "list", "--json").json == []


def test_the_audit_chain_is_verified_and_a_changed_entry_found(triview, home: Path) -> None:
    triview("candidates", "add", "--name", NAME)
    triview("candidates", "list")
    report = triview("db", "verify-audit", "--json")
    assert report.code == 0
    assert report.json["intact"] is True
    assert report.json["entries"] >= 2
    with sqlite3.connect(home / "triview.db") as database:
        for (trigger,) in database.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            database.execute(f"drop trigger {trigger}")
        database.execute("update audit_entries set actor = 'somebody else' where seq = 1")
    broken = triview("db", "verify-audit")
    assert broken.code == 1
    assert "broken at entry" in broken.out


def test_models_are_listed_with_their_licences(triview) -> None:
    files = triview("models", "list", "--json").json
    assert files
    assert all(f["file"]["licence"] and len(f["file"]["sha256"]) == 64 for f in files)


def test_a_candidate_is_erased_on_request_only_and_the_receipt_can_be_had_again(triview, tmp_path: Path) -> None:
    candidate = json.loads(triview("candidates", "add", "--name", "Zebulon", "--json").out)["candidate_id"]
    asked = triview("candidates", "erase", candidate)
    assert asked.code == 2
    assert "--yes" in asked.err
    assert "Zebulon" in triview("candidates", "list").out
    assert triview("candidates", "receipt", candidate).code == 2
    assert triview("candidates", "erase", candidate, "--yes", "--receipt", tmp_path / "r.doc").code == 2
    done = triview("candidates", "erase", candidate, "--yes", "--receipt", tmp_path / "r.json", "--json")
    assert done.code == 0, done.err
    receipt = json.loads(done.out)
    assert json.loads((tmp_path / "r.json").read_text()) == receipt
    assert (tmp_path / "r.json").stat().st_mode & 0o077 == 0
    assert {one["sink"]: (one["before"], one["after"]) for one in receipt["receipt"]["sinks"]}["key"] == (1, 0)
    assert json.loads(triview("candidates", "receipt", candidate, "--json").out) == receipt
    checked = triview("candidates", "check-receipt", tmp_path / "r.json", "--json")
    assert (checked.code, checked.json["unchanged"], checked.json["present_key"]) == (0, True, True)
    changed = (tmp_path / "r.json").read_text().replace('"after": 0', '"after": 1', 1)
    (tmp_path / "changed.json").write_text(changed)
    assert triview("candidates", "check-receipt", tmp_path / "changed.json").code == 1
    assert triview("candidates", "check-receipt", tmp_path / "nothing.json").code == 2
    page = triview("candidates", "receipt", candidate, "--receipt", tmp_path / "r.html", "--language", "ko")
    assert page.code == 0
    assert "파기 확인서" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Zebulon" not in triview("candidates", "list").out
    assert triview("candidates", "erase", "nobody", "--yes").code == 2


def test_candidates_of_a_file_are_added_together_or_not_at_all(triview, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    before = len(triview("candidates", "list", "--json").json)
    file.write_text("name,contact\nImported One,one@example.org\n,two@example.org\n", encoding="utf-8")
    refused = triview("candidates", "import", str(file), "--language", "en", "--json")
    assert refused.code == 2
    assert [(one["row"], one["column"]) for one in refused.json["faults"]] == [(3, "name")]
    assert len(triview("candidates", "list", "--json").json) == before
    file.write_text("name,contact\nImported One,one@example.org\nImported Two,\n", encoding="utf-8")
    assert triview("candidates", "import", str(file), "--dry-run", "--json").json["candidate_ids"] == []
    assert len(triview("candidates", "import", str(file), "--json").json["candidate_ids"]) == 2
    assert len(triview("candidates", "list", "--json").json) == before + 2
