"""The language of each stretch: cutting, deciding, and packing without mixing."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.records import Interval
from include.perception.speech.languages import LEAST_S, PART_S, Stretch, cut, decide
from include.perception.speech.packing import pack
from include.perception.speech.waveform import SAMPLE_RATE

pytestmark = pytest.mark.unit

gaps_and_lengths = st.lists(st.tuples(st.floats(0.25, 4.0), st.floats(0.25, 20.0)), min_size=1, max_size=10)


def speech(parts: list[tuple[float, float]]) -> tuple[Interval, ...]:
    found, at = [], 0.0
    for gap, length in parts:
        found.append(Interval(at + gap, at + gap + length, "speech"))
        at += gap + length
    return tuple(found)


def stretch(seconds: float, start_s: float = 0.0) -> Stretch:
    return Stretch((Interval(start_s, start_s + seconds, "speech"),))


def table(**known: float) -> dict[str, float]:
    rest = 1.0 - sum(known.values())
    return {"ko": 0.0, "en": 0.0, "ja": 0.0, "de": 0.0, "xx": rest} | known


KO, EN = table(ko=0.97), table(en=0.97)


@given(gaps_and_lengths)
def test_all_speech_is_in_one_stretch_and_no_stretch_is_short_but_an_only_one(parts):
    said = speech(parts)
    samples = round((said[-1].end_s + 1) * SAMPLE_RATE)
    found = cut(said, np.ones(samples // 512 + 1), samples)
    total = sum(i.end_s - i.start_s for i in said)
    assert sum(s.seconds for s in found) == pytest.approx(total, abs=0.001 * len(found) + 0.001)
    assert len(found) == 1 or all(s.seconds >= LEAST_S for s in found)
    assert all(i.end_s - i.start_s <= PART_S + 0.001 for s in found for i in s.intervals)
    assert all(a.intervals[-1].end_s <= b.intervals[0].start_s + 1e-6 for a, b in pairwise(found))


@given(gaps_and_lengths)
def test_speech_of_one_language_is_read_as_it_was_found(parts):
    said = speech([(round(gap, 1), round(length, 1)) for gap, length in parts])
    samples = round((said[-1].end_s + 1) * SAMPLE_RATE)
    found = cut(said, np.ones(samples // 512 + 1), samples)
    read = decide(found, [KO] * len(found)).read
    assert [(i.start_s, i.end_s) for i, _ in read] == [
        (pytest.approx(i.start_s, abs=1e-4), pytest.approx(i.end_s, abs=1e-4)) for i in said
    ]


def test_a_term_joins_the_sentence_it_is_said_in():
    said = (Interval(0.0, 4.0, "speech"), Interval(4.3, 4.9, "speech"), Interval(6.0, 10.0, "speech"))
    found = cut(said, np.ones(400), 11 * SAMPLE_RATE)
    assert [len(s.intervals) for s in found] == [2, 1]


@pytest.mark.parametrize(
    ("tables", "main", "languages"),
    [
        ([KO, KO, KO], "ko", "ko ko ko"),
        ([KO, EN, KO], "ko", "ko en ko"),
        ([EN, KO, EN], "en", "en ko en"),
        ([KO, table(ko=0.4, en=0.6), KO], "ko", "ko ko ko"),
        ([KO, table(ko=0.2, en=0.79), KO], "ko", "ko ko ko"),
        ([KO, table(ko=0.01, en=0.6), KO], "ko", "ko en ko"),
        ([KO, table(ko=0.01, en=0.45), KO], "ko", "ko ko ko"),
        ([KO, table(ja=0.6, ko=0.3), KO], "ko", "ko ko ko"),
        ([KO, table(ja=0.95), KO], "ko", "ko ja ko"),
        ([table(de=0.95)] * 3, "de", "de de de"),
        ([table(de=0.95), table(de=0.95), EN], "en", "de de en"),
        ([table(th=0.4, ko=0.3, en=0.1) | {"th": 0.4}] * 3, "ko", "ko ko ko"),
    ],
)
def test_a_stretch_is_of_another_language_only_where_that_is_certain(tables, main, languages):
    names = {name for one in tables for name in one}
    full = [dict.fromkeys(names, 0.0) | one for one in tables]
    found = decide([stretch(4.0, 5.0 * n) for n in range(3)], full)
    assert found.main == main
    assert [s.language for s in found.stretches] == languages.split()


def test_what_is_read_has_a_language_of_ours_and_what_is_not_is_named():
    found = decide([stretch(4.0, 5.0 * n) for n in range(3)], [KO, table(ja=0.95), EN])
    assert [name for _, name in found.read] == ["ko", "en"]
    assert [s.language for s in found.left_out] == ["ja"]


@pytest.mark.parametrize(("given_language", "languages"), [("ko", ["ko", "ko", "en"]), ("en", ["en", "ko", "en"])])
def test_a_given_language_holds_where_none_is_certain(given_language, languages):
    unsure = table(ko=0.45, en=0.45)
    found = decide([stretch(4.0, 5.0 * n) for n in range(3)], [unsure, KO, EN], given_language)
    assert (found.main, found.probability) == (given_language, None)
    assert [s.language for s in found.stretches] == languages


def test_the_probability_is_that_of_the_stretches_in_the_main_language():
    """Half Korean and half English is certain of both."""
    found = decide([stretch(4.0), stretch(3.9, 5.0)], [KO, EN])
    assert found.probability == pytest.approx(0.97)


def test_too_short_for_a_third_language():
    found = decide([stretch(8.0), stretch(2.5, 9.0)], [KO, table(ja=0.95)])
    assert [s.language for s in found.stretches] == ["ko", "ko"]


@given(gaps_and_lengths, st.randoms(use_true_random=False))
def test_a_window_holds_one_language_and_one_language_packs_as_before(parts, chance):
    said = speech(parts)
    samples = round((said[-1].end_s + 1) * SAMPLE_RATE)
    probabilities = np.ones(samples // 512 + 1)
    languages = [chance.choice(["ko", "en"]) for _ in said]
    windows = pack(said, probabilities, samples, languages=languages)
    for window in windows:
        for piece in window.pieces:
            middle = (piece.speech_start + piece.speech_end) / 2 / SAMPLE_RATE
            owner = next(n for n, i in enumerate(said) if i.start_s - 0.001 <= middle <= i.end_s + 0.001)
            assert languages[owner] == window.language
    plain = pack(said, probabilities, samples)
    same = pack(said, probabilities, samples, languages=["ko"] * len(said))
    assert [w.pieces for w in same] == [w.pieces for w in plain]
