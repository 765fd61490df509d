"""Who the candidate is when only the moving mouth tells: hand-made cases."""

from __future__ import annotations

import pytest

from include.interview.records import Flag, Interval, Measure, Measurements, Transcript, Utterance
from tasks.evaluation.candidate_identity import mouth_activity, with_candidate

pytestmark = pytest.mark.unit


def face(*moving: tuple[float, float], value: float | None = 0.5) -> Measurements:
    intervals = tuple(Interval(a, b, "mouth_moving") for a, b in moving)
    return Measurements("face", 1.0, (Measure("jaw_activity", value, "share", intervals=intervals),))


def talk(*flags: Flag) -> Transcript:
    said = (
        Utterance("u0001", "S1", "unknown", "Well, here we are.", 0.0, 4.0),
        Utterance("u0002", "S2", "unknown", "Yes, it is raining.", 5.0, 9.0),
    )
    return Transcript("speech", "en", 0.99, said, duration_s=10.0, flags=flags)


UNKNOWN = Flag("candidate_unknown", "warning")


def test_activity_covers_the_timeline_without_overlap() -> None:
    found = mouth_activity([face((2.0, 3.0), (5.0, 6.0))], 10.0)
    assert [(i.start_s, i.end_s, i.value) for i in found] == [
        (0.0, 2.0, 0.0), (2.0, 3.0, 1.0), (3.0, 5.0, 0.0), (5.0, 6.0, 1.0), (6.0, 10.0, 0.0),
    ]  # fmt: skip


def test_the_voice_with_the_moving_mouth_is_the_candidate() -> None:
    found = with_candidate(talk(UNKNOWN), [face((5.0, 9.0))])
    assert {u.speaker: u.role for u in found.utterances} == {"S1": "unknown", "S2": "candidate"}
    assert UNKNOWN not in found.flags


@pytest.mark.parametrize(
    "seen",
    [[], [face((0.0, 4.0), (5.0, 9.0))], [face((5.0, 9.0), value=None)]],
    ids=["no face", "mouth moves during both", "not measured"],
)
def test_nobody_is_named_by_chance(seen: list[Measurements]) -> None:
    undecided = talk(UNKNOWN)
    assert with_candidate(undecided, seen) is undecided


def test_what_speech_decided_stays() -> None:
    decided = talk()
    assert with_candidate(decided, [face((0.0, 4.0))]) is decided
