"""Pointers: what is found where something differs, and how many are found where nothing does."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping

import msgspec
import pytest

from include.interview.voice.deviation import EXPECTED_FALSE, analyse_voice, robust_z
from include.interview.voice.measures import VOICE_MEASURES
from include.interview.voice.records import SpokenAnswer, VoiceMeasure, VoiceWindow

pytestmark = pytest.mark.unit

WINDOWED: tuple[VoiceMeasure, ...] = tuple(m for m in VOICE_MEASURES if m != "latency")
INTERVIEWS = 150


def autoregression(rng: random.Random, n: int, rho: float) -> list[float]:
    x, found = rng.gauss(0, 1), []
    for _ in range(n):
        found.append(x)
        x = rho * x + math.sqrt(1 - rho**2) * rng.gauss(0, 1)
    return found


def interview(
    seed: int,
    *,
    rho: float = 0.0,
    answers: int = 12,
    per: int = 6,
    moved: Mapping[tuple[int, VoiceMeasure], float] | None = None,
    voiced_s: float = 3.5,
) -> list[SpokenAnswer]:
    """One speaker whose measures do not change but where `moved` says (answer, measure) -> distance in deviations."""
    rng = random.Random(seed)  # noqa: S311 - simulation
    series = {m: autoregression(rng, answers * per, rho) for m in WINDOWED}
    made = []
    for a in range(answers):
        windows = []
        for i in range(a * per, (a + 1) * per):
            values = {m: 10.0 + series[m][i] + (moved or {}).get((a, m), 0.0) for m in WINDOWED}
            windows.append(VoiceWindow(5.0 * i, 5.0 * (i + 1), voiced_s, values))
        start, end = windows[0].start_s, windows[-1].end_s
        made.append(SpokenAnswer(f"u{a}", start, end, tuple(windows), latency_s=math.exp(rng.gauss(0, 0.5))))
    return made


@pytest.mark.slow
@pytest.mark.parametrize(("rho", "per"), [(0.0, 6), (0.2, 6), (0.4, 6), (0.0, 3), (0.4, 12)])
def test_a_voice_that_does_not_change_has_no_more_false_pointers_than_stated(rho: float, per: int) -> None:
    found = [analyse_voice(interview(seed, rho=rho, per=per)) for seed in range(INTERVIEWS)]
    assert {f.expected_false for f in found} == {EXPECTED_FALSE}
    # The mean of 150 counts of about 0.5 has a standard error of 0.06.
    assert sum(len(f.pointers) for f in found) / INTERVIEWS <= EXPECTED_FALSE + 0.06


@pytest.mark.slow
def test_heavy_tails_do_not_break_the_bound() -> None:
    counts = []
    for seed in range(INTERVIEWS):
        one = interview(seed)
        stretched = [
            msgspec.structs.replace(
                a,
                windows=tuple(
                    msgspec.structs.replace(w, values={m: math.sinh(v - 10.0) * 5 for m, v in w.values.items()})
                    for w in a.windows
                ),
            )
            for a in one
        ]
        counts.append(len(analyse_voice(stretched).pointers))
    assert sum(counts) / INTERVIEWS <= EXPECTED_FALSE + 0.06


@pytest.mark.parametrize(("distance", "direction"), [(4.0, "higher"), (-4.0, "lower")])
def test_an_answer_that_differs_is_pointed_at_with_its_place(distance: float, direction: str) -> None:
    found = [
        analyse_voice(interview(seed, moved={(9, "f0_range"): distance})).pointers for seed in range(20)
    ]  # fmt: skip
    mine = [p for pointers in found for p in pointers if (p.answer_id, p.measure) == ("u9", "f0_range")]
    assert len(mine) >= 18
    for pointer in mine:
        assert pointer.direction == direction
        assert 270.0 <= pointer.start_s < pointer.end_s <= 300.0
        assert pointer.end_s - pointer.start_s == 5.0


def test_everybody_is_compared_with_themselves_alone() -> None:
    """Another scale and another level of the same voice gives the same pointers."""
    one = interview(4, moved={(8, "articulation_rate"): 5.0})
    other = [
        msgspec.structs.replace(
            a,
            windows=tuple(
                msgspec.structs.replace(w, values={m: 3.0 * v + 40.0 for m, v in w.values.items()}) for w in a.windows
            ),
        )
        for a in one
    ]
    first, second = analyse_voice(one).pointers, analyse_voice(other).pointers
    assert [(p.answer_id, p.measure, p.robust_z) for p in first] == [
        (p.answer_id, p.measure, pytest.approx(p.robust_z, abs=2e-3)) for p in second
    ]
    assert ("u8", "articulation_rate") in {(p.answer_id, p.measure) for p in first}


def test_a_late_answer_is_pointed_at_before_its_first_word() -> None:
    calm = [
        msgspec.structs.replace(a, latency_s=0.8 + 0.05 * (n % 5)) for n, a in enumerate(interview(1))
    ]  # fmt: skip
    late = [msgspec.structs.replace(a, latency_s=7.0) if a.answer_id == "u6" else a for a in calm]
    (pointer,) = [p for p in analyse_voice(late).pointers if p.measure == "latency"]
    assert (pointer.answer_id, pointer.direction, pointer.value) == ("u6", "higher", 7.0)
    assert (pointer.start_s, pointer.end_s) == (173.0, 180.0)


def test_without_first_minutes_nothing_is_compared() -> None:
    for short in (interview(1, answers=3, per=5), interview(1, voiced_s=0.5)):
        found = analyse_voice(short)
        assert (found.reason, found.pointers, found.tests) == ("no_baseline", (), 0)
        assert [a.answer_id for a in found.answers] == [a.answer_id for a in short]
        assert all(a.compared == () and a.distance is None for a in found.answers)
    assert analyse_voice([]).reason == "no_baseline"


def test_answers_of_the_baseline_and_short_ones_say_so() -> None:
    answers = interview(2)
    short = msgspec.structs.replace(answers[7], windows=answers[7].windows[:2])
    found = analyse_voice([*answers[:7], short, *answers[8:]]).answers
    assert found[0].not_compared["f0_range"] == "baseline"
    assert found[7].not_compared["f0_range"] == "too_short"
    assert {c.measure for c in found[8].compared} == set(VOICE_MEASURES)
    assert found[8].distance is not None


def test_a_measure_without_spread_or_sound_is_not_compared() -> None:
    def constant(w: VoiceWindow) -> VoiceWindow:
        values = {m: v for m, v in w.values.items() if m != "rhythm_npvi"}
        return msgspec.structs.replace(w, values=values | {"pause_share": 0.0})

    plain = [msgspec.structs.replace(a, windows=tuple(constant(w) for w in a.windows)) for a in interview(3)]
    reasons = analyse_voice(plain).answers[8].not_compared
    assert (reasons["pause_share"], reasons["rhythm_npvi"]) == ("no_spread", "not_measured")


def test_robust_z_is_in_deviations_of_a_normal_spread() -> None:
    assert robust_z(3.0, [0.0, 1.0, 2.0, 3.0, 4.0]) == pytest.approx(1 / 1.4826)
    assert robust_z(1.0, [2.0, 2.0, 2.0]) is None
