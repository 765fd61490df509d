"""Which languages were spoken by whom: remarks of the transcript, and seconds per language."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from include.interview.records import Utterance

SEVERAL_LANGUAGES = "several_languages"
"""Code of the remark: stretches (its intervals, `kind` their language) are of another language than the recording's."""
LANGUAGE_LEFT_OUT = "language_left_out"
"""Code of the remark: stretches (its intervals) are of a language that is not read, and were not written down."""
LANGUAGE_NAMES = {"ko": ("한국어", "Korean"), "en": ("영어", "English")}
"""Korean and English name of each language that is read."""


def seconds_by_language(said: Sequence[Utterance], counts: Callable[[Utterance], bool]) -> dict[str, float]:
    """Seconds spoken per language (ISO 639) in the utterances of `said` that count; empty when none does."""
    found: dict[str, float] = {}
    for u in filter(counts, said):
        found[u.language] = found.get(u.language, 0.0) + (u.end_s or 0.0) - (u.start_s or 0.0)
    return found
