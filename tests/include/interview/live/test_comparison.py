"""Two transcripts and two cards side by side."""

from __future__ import annotations

import msgspec
import pytest

from include.interview.assessment.rubric import load_rubric
from include.interview.live.comparison import compare_transcripts, side_by_side
from include.interview.live.contradictions import contradictions
from include.interview.live.session import LiveGap
from include.interview.records import CriterionScore, Transcript
from tests.support.record_builders import card, utterance

pytestmark = pytest.mark.unit


def heard(*said) -> Transcript:
    """A transcript of (id, role, text, start, end)."""
    return Transcript("speech", "en", None, tuple(utterance(*one) for one in said))


LIVE = heard(
    ("i500", "interviewer", "What did you do?", 0.5, 2.0),
    ("c3000", "candidate", "I wrote the pain down.", 3.0, 5.0),
    ("c5200", "candidate", "Then we moved.", 5.2, 7.0),
)
OFFLINE = heard(
    ("i520", "interviewer", "What did you do?", 0.52, 2.0),
    ("c3010", "candidate", "I wrote the plan down. Then we moved.", 3.01, 7.0),
    ("c8000", "candidate", "Yes.", 8.0, 8.4),
)


def test_words_are_counted_against_the_offline_transcript() -> None:
    found = compare_transcripts(LIVE, OFFLINE, ["c3000", "c3000"])
    assert (found.word_edits.reference, found.word_edits.substitutions, found.word_edits.deletions) == (13, 1, 1)
    assert found.wer == pytest.approx(2 / 13)
    assert found.cer == pytest.approx((2 + 3) / found.characters)
    assert found.corrected == 1


def test_stretches_are_joined_where_the_passes_cut_differently() -> None:
    asked, told, missed = compare_transcripts(LIVE, OFFLINE).pairs
    assert (asked.live, asked.offline, asked.errors) == (("i500",), ("i520",), 0)
    assert (told.live, told.offline, told.errors) == (("c3000", "c5200"), ("c3010",), 1)
    assert (told.start_s, told.end_s) == (3.0, 7.0)
    assert (missed.live, missed.live_text, missed.live_role, missed.errors) == ((), "", None, 1)
    assert not missed.relabelled


def test_neighbours_that_brush_each_other_stay_apart() -> None:
    live = heard(("c0", "candidate", "one two", 0.0, 2.0), ("c2000", "candidate", "three four", 2.0, 4.0))
    offline = heard(("c0", "candidate", "one two", 0.0, 2.2), ("c2200", "candidate", "three four", 2.2, 4.0))
    assert [pair.errors for pair in compare_transcripts(live, offline).pairs] == [0, 0]


def test_people_who_speak_at_once_are_compared_each_by_themselves() -> None:
    live = heard(("c0", "candidate", "a b c d", 0.0, 4.0), ("i900", "interviewer", "right", 0.9, 1.2))
    offline = heard(("c0", "candidate", "a b", 0.0, 1.0), ("i900", "interviewer", "right", 0.9, 1.2),
                    ("c1500", "candidate", "c d", 1.5, 4.0))  # fmt: skip
    found = compare_transcripts(live, offline)
    assert found.wer == 0.0
    assert found.relabelled == ()


def test_tracks_that_turned_out_to_be_one_microphone_are_compared_as_one() -> None:
    live = heard(("c0", "candidate", "a b c d", 0.0, 4.0), ("i10", "interviewer", "a b c d", 0.01, 4.0))
    offline = heard(("r0", "candidate", "a b c d", 0.0, 4.0))
    edits = compare_transcripts(live, offline).word_edits
    assert (edits.deletions, edits.insertions) == (0, 4), "what was heard twice counts as too much, not as unheard"
    assert compare_transcripts(offline, live).word_edits.deletions == 4


def test_relabelled_turns_are_those_both_heard_under_different_names() -> None:
    live = heard(("r0", "interviewer", "I led the team", 0.0, 2.0), ("r3000", "unknown", "and then", 3.0, 4.0))
    offline = heard(("r0", "candidate", "I led the team", 0.0, 2.0), ("r3000", "unknown", "and then", 3.0, 4.0))
    (pair,) = compare_transcripts(live, offline).relabelled
    assert (pair.live_role, pair.offline_role) == ("interviewer", "candidate")


def test_nothing_heard_offline_has_no_rate() -> None:
    found = compare_transcripts(LIVE, heard())
    assert (found.wer, found.cer) == (None, None)
    assert found.word_edits.insertions == 12


def test_cards_criterion_by_criterion() -> None:
    better = CriterionScore("language", "scored", 30.0, 30.0, score=0.75, level=4.0, sem=0.1, points=22.5)
    gap = LiveGap("room", 1.0, 2.0, "lost")
    found = side_by_side(card("i", 50.0, 2.0), card("i", 57.0, 3.0, criteria=(better,)), gaps=[gap])
    (line,) = found.criteria
    assert (line.live_points, line.offline_points, line.difference) == (15.0, 22.5, 7.5)
    assert line.within_error is False
    assert (found.difference, found.within_error) == (7.0, False)
    assert found.gaps == (gap,)


def test_what_is_not_scored_has_no_difference() -> None:
    missing = CriterionScore("language", "insufficient", 30.0, 30.0)
    extra = CriterionScore("emotion", "disabled", 20.0, 0.0)
    found = side_by_side(card("i", None, None, criteria=(missing,)), card("i", 57.0, None, criteria=(extra,)))
    assert [(c.criterion, c.live_status, c.offline_status) for c in found.criteria] == [
        ("emotion", None, "disabled"),
        ("language", "insufficient", None),
    ]
    assert found.difference is None
    assert all(c.difference is None and c.within_error is None for c in found.criteria)


def test_cards_of_other_rules_are_shown_without_a_difference() -> None:
    found = side_by_side(card("i", 50.0, 2.0, profile="eu"), card("i", 57.0, 3.0))
    assert not found.comparable
    assert (found.difference, found.criteria[0].difference) == (None, None)
    assert found.criteria[0].live_points == 15.0


def test_a_comparison_survives_storage() -> None:
    found = side_by_side(card("i", 50.0, 2.0), card("i", 57.0, 3.0), compare_transcripts(LIVE, OFFLINE))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=type(found)) == found


def of_level(level: float, sem: float, criterion: str = "language") -> CriterionScore:
    score = (level - 1) / 4
    return CriterionScore(criterion, "scored", 30.0, 30.0, score=score, level=level, sem=sem, points=30 * score)


@pytest.mark.parametrize(
    ("live", "offline", "found"),
    [
        ((3.0, 0.1), (3.5, 0.1), []),
        ((3.0, 0.1), (4.0, 0.1), ["language"]),
        ((4.0, 0.05), (3.0, 0.1), ["language"]),
        ((2.0, 0.3), (4.0, 0.3), []),
        ((3.0, 0.0), (3.0, 0.0), []),
    ],
)
def test_cards_apart_beyond_their_errors_are_a_reason_for_review(live, offline, found) -> None:
    one, other = (card("i", None, None, criteria=(of_level(*at),)) for at in (live, offline))
    reasons = contradictions(side_by_side(one, other), load_rubric("ai", "1"))
    assert [r.criterion for r in reasons] == found
    assert all(f"{live[0]:.1f}" in r.text.ko and f"{offline[0]:.1f}" in r.text.en for r in reasons)


def test_totals_apart_are_a_reason_where_no_criterion_is() -> None:
    (reason,) = contradictions(side_by_side(card("i", 50.0, 2.0), card("i", 57.0, 3.0)), load_rubric("ai", "1"))
    assert (reason.code, reason.criterion) == ("live_differs", None)
    assert not contradictions(side_by_side(card("i", 50.0, 4.0), card("i", 57.0, 3.0)), load_rubric("ai", "1"))


def test_cards_of_other_rules_contradict_nothing() -> None:
    assert not contradictions(
        side_by_side(card("i", 50.0, 2.0, profile="eu"), card("i", 90.0, 3.0)), load_rubric("ai", "1")
    )
