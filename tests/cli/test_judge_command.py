"""`./triview judge`: many transcripts, one table, and files that are none."""

from __future__ import annotations

import csv
from pathlib import Path

import msgspec
import pytest

from include.interview.assessment.measures import channel_measures
from include.interview.assessment.rubric import load_rubric
from include.interview.records import Scorecard
from tests.support.ladders import ladder

pytestmark = pytest.mark.slow

WORD_CRITERIA = ("language", "psychological", "cognitive", "job_fit")


@pytest.fixture
def transcripts(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "transcripts"
    folder.mkdir()
    chosen = {"poor.txt": ladder("en")[0][1], "good.txt": ladder("en")[-1][1], "좋은 답변.txt": ladder("ko")[-1][1]}
    for name, text in chosen.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in chosen]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_one_row_per_file_and_one_column_per_criterion_and_measure(
    triview, transcripts: list[Path], tmp_path: Path
) -> None:
    shown = triview("judge", *transcripts, "--out", tmp_path / "out")
    assert shown.code == 0
    rows = table(tmp_path / "out" / "summary.csv")
    assert [row["file"] for row in rows] == ["poor", "good", "좋은 답변"]
    assert [row["language"] for row in rows] == ["en", "en", "ko"]
    assert {row["scope"] for row in rows} == {"words"}
    for row in rows:
        for criterion in WORD_CRITERIA:
            assert row[f"{criterion}_status"] == "scored"
            assert 1.0 <= float(row[f"{criterion}_level"]) <= 5.0
            assert 0.0 <= float(row[f"{criterion}_score"]) <= 1.0
        assert row["nonverbal_status"] == "disabled"
        assert row["nonverbal_level"] == ""
    assert {m.name for m in channel_measures("fluency")} <= set(rows[0])
    assert float(rows[0]["total"]) < float(rows[1]["total"])
    assert "Only words were judged" in " ".join(shown.out.split())
    card = msgspec.json.decode((tmp_path / "out" / "good.card.json").read_bytes(), type=Scorecard)
    assert card.total == pytest.approx(float(rows[1]["total"]))
    weights = {c.id: c.points for c in load_rubric("ai", "1").criteria if c.id in WORD_CRITERIA}
    lines = {c.criterion: c for c in card.criteria}
    assert {n: lines[n].effective_weight for n in weights} == pytest.approx(
        {n: 100 * w / sum(weights.values()) for n, w in weights.items()}
    )


def test_a_file_that_is_no_transcript_is_reported_and_the_others_are_judged(
    triview, transcripts: list[Path], tmp_path: Path
) -> None:
    bad = tmp_path / "noise [bold].txt"
    bad.write_bytes(bytes(range(256)))
    unlabelled = tmp_path / "prose.txt"
    unlabelled.write_text("Once upon a time there was an interview.")
    shown = triview("judge", transcripts[0], bad, unlabelled, transcripts[1], tmp_path / "none.txt", "--out", "out")
    assert shown.code == 2
    rows = table(tmp_path / "out" / "summary.csv")
    assert [row["file"] for row in rows] == ["poor", "noise [bold]", "prose", "good", "none"]
    assert [bool(row["error"]) for row in rows] == [False, True, True, False, True]
    assert {row["status"] for row in rows if row["error"]} == {"failed"}
    lines = [line for line in shown.err.splitlines() if line.startswith("✗")]
    assert len(lines) == 3
    assert "noise [bold].txt" in lines[0]
    assert "line 1" in lines[1]


PLAIN = """\
Interviewer: Tell me about a time when you solved a difficult problem.
Interviewee: At my last job I was responsible for the nightly billing job. I noticed that it failed twice a week \
because two workers locked the same table. I measured the lock time, and then I rewrote the query so that each worker \
took its own range. As a result the failures stopped and the run became faster, from forty minutes to twelve.
Interviewer: How did you work with your team?
Interviewee: First I explained the plan to two colleagues, and we agreed on who would test which part. When one of \
them disagreed, I asked for the reason and we tried both ideas on a copy of the data.
"""


def test_times_at_the_labels_do_not_change_the_total(triview, tmp_path: Path) -> None:
    questions, last = PLAIN.rsplit("Interviewer:", 1)
    timed = f"{questions}Interviewer (00:01:40):{last.replace('Interviewee:', 'Interviewee (00:01:44):')}"
    (tmp_path / "plain.txt").write_text(PLAIN)
    (tmp_path / "timed.txt").write_text(timed)
    assert triview("judge", tmp_path / "plain.txt", tmp_path / "timed.txt", "--out", "out").code == 0
    plain, other = table(tmp_path / "out" / "summary.csv")
    assert {**other, "file": "plain"} == plain


def test_an_unknown_label_is_shown_to_whoever_gave_the_file(triview, transcripts: list[Path], tmp_path: Path) -> None:
    (tmp_path / "named.txt").write_text(PLAIN + "Dana Park: I would say so.\n김하늘: 네.\nDana Park: Yes.\n")
    shown = triview("judge", tmp_path / "named.txt", transcripts[0], "--out", "out")
    assert shown.code == 2
    failed, judged = table(tmp_path / "out" / "summary.csv")
    assert (failed["file"], judged["file"]) == ("named", "poor")
    assert "Dana" not in failed["error"]
    assert "lines 5, 6, 7" in shown.err
    assert "Labels found: 'Dana Park' (line 5), '김하늘' (line 6)." in shown.err


def test_json_is_one_document_on_standard_output(triview, transcripts: list[Path], tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    shown = triview("judge", *transcripts, empty, "--out", "out", "--json")
    assert shown.code == 2
    answer = shown.json
    cards = [msgspec.convert(card, Scorecard) for card in answer["cards"]]
    assert [c.scope for c in cards] == ["words"] * 3
    assert [Path(name).name for name in answer["failed"]] == ["empty.txt"]
    assert [row["status"] == "failed" for row in table(Path(answer["summary"]))] == [False] * 3 + [True]


@pytest.mark.parametrize("stage", ["practical", "executive"])
def test_the_other_stages_are_judged_by_their_own_rubric(
    triview, transcripts: list[Path], stage: str, tmp_path: Path
) -> None:
    answer = triview("judge", transcripts[1], "--stage", stage, "--out", "out", "--json").json
    (card,) = answer["cards"]
    assert card["stage"] == stage
    assert [c["criterion"] for c in card["criteria"]] == [c.id for c in load_rubric(stage, "1").criteria]


def test_files_of_the_same_name_do_not_overwrite_each_other(triview, transcripts: list[Path], tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "good.txt").write_text(ladder("en")[0][1])
    assert triview("judge", transcripts[1], other / "good.txt", "--out", "out").code == 0
    rows = table(tmp_path / "out" / "summary.csv")
    assert [row["file"] for row in rows] == ["good", "good-2"]
    assert rows[0]["total"] != rows[1]["total"]
    assert (tmp_path / "out" / "good-2.card.json").is_file()


def test_what_a_candidate_says_is_never_markup(triview, tmp_path: Path) -> None:
    text = ladder("en")[-1][1].replace("Interviewee: ", "Interviewee: I wrote [/red] and [bold]lists[/bold] myself. ")
    (tmp_path / "marked.txt").write_text(text)
    assert triview("judge", "marked.txt", "--out", "out").code == 0


def test_a_resume_and_an_opening_are_taken_into_account(triview, transcripts: list[Path], tmp_path: Path) -> None:
    opening = tmp_path / "opening.yaml"
    opening.write_text(
        "title: Marine biologist\ndescription: Studies coral reefs and the fish that live on them.\n"
        "keywords: [coral, reef]\n"
    )
    general = triview("judge", transcripts[1], "--out", "a", "--json").json["cards"][0]
    marine = triview("judge", transcripts[1], "--opening", opening, "--out", "b", "--json").json["cards"][0]
    level = {c["criterion"]: c["level"] for c in general["criteria"]}
    other = {c["criterion"]: c["level"] for c in marine["criteria"]}
    assert other["job_fit"] < level["job_fit"]
    assert other["language"] == pytest.approx(level["language"])


def test_names_are_told_and_a_batch_survives_names_of_files_that_are_none(triview, tmp_path: Path) -> None:
    named = PLAIN.replace("Interviewer:", "Dana Park:").replace("Interviewee:", "김하늘:")
    (tmp_path / "plain.txt").write_text(PLAIN)
    (tmp_path / "=1+2.txt").write_text(named)
    odd = tmp_path / "\udcff\udcfe\x1b[31m.txt"
    odd.write_text(PLAIN)
    shown = triview(
        "judge", tmp_path / "plain.txt", tmp_path / "=1+2.txt", odd, tmp_path / "\udcff.none.txt",
        "--candidate", "김하늘", "--interviewer", "dana park", "--out", "out",
    )  # fmt: skip
    assert shown.code == 2
    assert "\x1b" not in shown.out + shown.err
    rows = table(tmp_path / "out" / "summary.csv")
    assert [row["file"] for row in rows] == ["plain", "'=1+2", "___[31m", "_.none"]
    assert rows[0]["total"] == rows[1]["total"] == rows[2]["total"] != ""
    assert {p.suffix for p in (tmp_path / "out").iterdir()} == {".json", ".csv", ".xlsx"}


def test_a_resume_of_any_kind_is_read_before_anything_is_written(
    triview, transcripts: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "cv.txt").write_bytes("이력서: Python 개발자".encode("utf-16"))
    (tmp_path / "cv.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old")
    assert triview("judge", transcripts[0], "--resume", tmp_path / "cv.txt", "--out", "out").code == 0
    refused = triview("judge", transcripts[0], "--resume", tmp_path / "cv.doc", "--out", "none")
    assert refused.code == 2
    assert "cv.doc: The document is an old .doc" in refused.err
    assert not (tmp_path / "none").exists()
