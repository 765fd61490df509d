"""`./triview questions`: from files, from an application, from the opening alone; and files that are none."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from cli.session import local_stores
from tests.support.executive_sessions import CLAIM, OPENING, RESUME, SHORT, application, good_interview
from tests.support.ladders import middling

pytestmark = pytest.mark.slow


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    texts = {
        "opening.yaml": OPENING.format(language="en"),
        "ai.txt": middling("en")[0].text,
        "practical.txt": good_interview("en"),
        "short.txt": SHORT["en"],
        "resume.md": RESUME["en"],
        "empty.md": " ",
        "nobody.txt": "There is no speaker here.",
        "opening-bad.yaml": "title: [",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return {name: tmp_path / name for name in texts}


def test_questions_from_files_with_reasons_and_evidence(triview, files: dict[str, Path]) -> None:
    shown = triview(
        "questions", "--opening", files["opening.yaml"], "--transcript", files["ai.txt"],
        "--transcript", files["practical.txt"], "--documents", files["resume.md"], "--json",
    )  # fmt: skip
    assert shown.code == 0, shown.err
    found = shown.json
    assert found["opening_id"] == "payments-en"
    assert found["writer"]["kind"] == "offline"
    assert 1 <= len(found["questions"]) <= 8
    for question in found["questions"]:
        assert question["text"].startswith(("Tell me", "You said", "You mentioned", "Your résumé"))
        assert question["why"]["text"]["ko"]
        assert question["why"]["text"]["en"]
        assert 1 <= question["anchor"] <= 5
    evidence = [e for q in found["questions"] for e in q["evidence"]]
    assert {e["interview_id"] for e in evidence if e["stage"]} <= {"ai.txt", "practical.txt"}
    assert CLAIM["en"] in {e["quote"] for e in evidence}
    assert '"level"' not in shown.out
    assert '"score"' not in shown.out


def test_it_reads_without_json_too_and_shows_no_score(triview, files: dict[str, Path]) -> None:
    shown = triview("questions", "--opening", files["opening.yaml"], "--transcript", files["short.txt"])
    assert shown.code == 0
    text = " ".join(shown.out.split())
    assert "1. " in text
    assert "not enough to judge" in text
    assert "There is no practical interview yet." in text
    assert "No score of an earlier interview" in text


def test_the_opening_alone_is_enough_and_that_is_said(triview, files: dict[str, Path]) -> None:
    found = triview("questions", "--opening", files["opening.yaml"], "--json").json
    assert [n["code"] for n in found["notes"]] == ["opening_only"]
    assert len(found["questions"]) == 8


def test_questions_for_an_application_are_those_of_the_steps_and_none_is_stored(triview) -> None:
    with local_stores() as (stores, settings):
        made = application(stores, "ko", [("ai", good_interview("ko"))], settings=settings)
    for interview in (made.session.id, made.interviews["ai"]):
        shown = triview("questions", "--interview", interview, "--json")
        assert shown.code == 0, shown.err
        assert {e["interview_id"] for q in shown.json["questions"] for e in q["evidence"] if e["stage"]} <= {
            made.interviews["ai"]
        }
        assert "stage_missing" in {n["code"] for n in shown.json["notes"]}
        total = msgspec.to_builtins(made.cards["ai"].total)
        assert str(total) not in shown.out
    with local_stores() as (stores, _):
        assert stores.prepared_questions.find(made.session.id) is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--transcript", "nobody.txt"], "before the first speaker label"),
        (["--transcript", "missing.txt"], "missing.txt: The file cannot be read."),
        (["--documents", "empty.md"], "empty.md: The document is empty."),
        (["--documents", "missing.pdf"], "missing.pdf: The file cannot be read."),
        (["--opening", "opening-bad.yaml"], "opening-bad.yaml is not YAML"),
        (["--opening", "missing.yaml"], "does not exist"),
        (["--interview", "no-such"], "There is no interview no-such."),
        (["--interview", "x", "--transcript", "ai.txt"], "exclude each other"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(
    triview, files: dict[str, Path], arguments: list[str], said: str
) -> None:
    here = files["ai.txt"].parent
    given = [a if a.startswith("--") or "." not in a else str(here / a) for a in arguments]
    shown = triview("questions", *given)
    assert shown.code == 2
    assert said in " ".join(shown.err.split())
    assert shown.out == ""
