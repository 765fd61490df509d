"""The measures of a voice that are compared, in the order in which they are shown, with their names."""

from __future__ import annotations

from include.interview.records import Bilingual
from include.interview.voice.records import VoiceMeasure, VoiceMeasureSpec

VOICE_MEASURES: dict[VoiceMeasure, VoiceMeasureSpec] = {
    spec.name: spec
    for spec in (
        VoiceMeasureSpec(
            "articulation_rate",
            "syl/s",
            Bilingual("말의 빠르기", "Pace"),
            Bilingual("처음보다 빠르게 말함", "faster than before"),
            Bilingual("처음보다 느리게 말함", "slower than before"),
        ),
        VoiceMeasureSpec(
            "pause_share",
            "share",
            Bilingual("멈춤의 비율", "Share of pauses"),
            Bilingual("처음보다 많이 쉼", "more pausing than before"),
            Bilingual("처음보다 적게 쉼", "less pausing than before"),
        ),
        VoiceMeasureSpec(
            "f0_range",
            "semitones",
            Bilingual("목소리 높낮이의 폭", "Pitch range"),
            Bilingual("처음보다 높낮이의 폭이 넓음", "wider pitch range than before"),
            Bilingual("처음보다 높낮이의 폭이 좁음", "narrower pitch range than before"),
        ),
        VoiceMeasureSpec(
            "intensity_variation",
            "dB",
            Bilingual("말소리 세기의 변화", "Variation of level"),
            Bilingual("처음보다 세기의 변화가 큼", "more variation of level than before"),
            Bilingual("처음보다 세기의 변화가 작음", "less variation of level than before"),
        ),
        VoiceMeasureSpec(
            "rhythm_npvi",
            "nPVI",
            Bilingual("말의 리듬", "Rhythm"),
            Bilingual("처음보다 음절 간격이 고르지 않음", "less even spacing of syllables than before"),
            Bilingual("처음보다 음절 간격이 고름", "more even spacing of syllables than before"),
        ),
        VoiceMeasureSpec(
            "latency",
            "s",
            Bilingual("답을 시작하기까지의 시간", "Time before the answer"),
            Bilingual("다른 답보다 늦게 시작함", "later than in the other answers"),
            Bilingual("다른 답보다 일찍 시작함", "earlier than in the other answers"),
        ),
    )
}
"""Measure -> what it is called."""
