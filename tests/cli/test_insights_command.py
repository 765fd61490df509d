"""`./triview insights`: claims verified against files, insights from files, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.include.judgement.insight.claim_files import transcript_text

pytestmark = pytest.mark.slow


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "executive.txt").write_text(transcript_text("en_development"), encoding="utf-8")
    (tmp_path / "first talk.txt").write_text(transcript_text("en_second"), encoding="utf-8")
    (tmp_path / "resume.txt").write_text("Plant manager at Helix Foods. Speaks Spanish.", encoding="utf-8")
    claims = [
        {
            "id": "a",
            "kind": "strength",
            "text": {"en": "Mentors three junior developers."},
            "cites": ["executive:u0010"],
        },
        {
            "id": "b",
            "kind": "strength",
            "text": {"en": "Mentors four junior developers."},
            "cites": ["executive:u0010"],
        },
        {"id": "c", "kind": "strength", "text": {"ko": "주니어 개발자 세 명을 멘토링한다."}, "cites": ["u0010"]},
        {"id": "d", "kind": "strength", "text": {}, "cites": []},
    ]
    (tmp_path / "claims.json").write_text(json.dumps(claims), encoding="utf-8")
    return tmp_path


def test_each_claim_is_answered_in_order(triview, files: Path) -> None:
    one = triview("insights", "verify", files / "claims.json", "--transcript", files / "executive.txt", "--json")
    assert one.code == 0
    answer = json.loads(one.out)["claims"]
    assert [(c["id"], c["status"], c["reason"]) for c in answer] == [
        ("a", "accepted", None),
        ("b", "rejected", "number_not_cited"),
        ("c", "accepted", None),
        ("d", "rejected", "empty"),
    ]
    assert answer[0]["quotes"][0]["text"].startswith("I mentor three junior developers")
    assert answer[1]["explanation"]["ko"]


def test_with_several_files_a_bare_id_may_be_ambiguous(triview, files: Path) -> None:
    options = ("--transcript", files / "first talk.txt", "--transcript", files / "executive.txt", "--json")
    answer = json.loads(triview("insights", "verify", files / "claims.json", *options).out)["claims"]
    assert [c["reason"] for c in answer] == [None, "number_not_cited", "ambiguous_utterance", "empty"]
    assert "ai:u0010, executive:u0010" in answer[2]["explanation"]["en"]


def test_insights_from_files_name_their_stages(triview, files: Path) -> None:
    shown = triview(
        "insights", "--transcript", f"practical={files / 'first talk.txt'}", "--transcript", files / "executive.txt",
        "--documents", files / "resume.txt", "--json",
    )  # fmt: skip
    assert shown.code == 0
    found = json.loads(shown.out)
    assert found["written_by"] == "offline"
    assert {q["stage"] for i in found["insights"] for q in i["quotes"]} == {"practical", "executive"}
    assert {i["kind"] for i in found["insights"]} >= {"strength", "risk", "open_question"}
    text = triview("insights", "--transcript", files / "executive.txt")
    assert "claim(s) did not hold" in text.out


def test_bad_input_is_a_sentence(triview, files: Path) -> None:
    transcript = ("--transcript", files / "executive.txt")
    refused = {
        "either an interview's id or transcripts": ("insights", "--json"),
        "cannot be read": ("insights", "verify", files / "none.json", *transcript),
        "executive.txt is not JSON": ("insights", "verify", files / "executive.txt", *transcript),
        "There is no transcript": ("insights", "verify", files / "claims.json"),
        "same file name": ("insights", *transcript, *transcript),
        "There is no interview": ("insights", "no-such-id", "--json"),
    }
    for sentence, arguments in refused.items():
        shown = triview(*arguments)
        assert shown.code == 2, arguments
        assert sentence in shown.err
