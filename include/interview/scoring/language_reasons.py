"""Reasons for review that come from the languages spoken: a second one of the candidate's, or one that is not read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from include.interview.records import Bilingual, Interval, ReviewReason, Transcript, Utterance
from include.interview.transcript.languages import LANGUAGE_LEFT_OUT, LANGUAGE_NAMES, seconds_by_language

SECOND_SHARE = 0.1
"""Share of the candidate's own time in another language from which a person looks: terms and greetings stay below."""
LEAST_SECOND_S = 5.0
"""Least seconds of it: one sentence says little about how the answers are to be read."""
MOST_NAMED = 5
"""Stretches that a sentence names by their time."""
_BRIDGE_S = 2.0
"""Stretches less than this far apart are named as one."""


def language_reasons(transcript: Transcript) -> list[ReviewReason]:
    """Why a person must look at the languages of `transcript`, with times.

    Codes: `several_languages`, `language_left_out`. What others say in another language than the candidate is a remark
    on the transcript and no reason.
    """
    return [*_second_language(transcript), *_left_out(transcript)]


def _second_language(transcript: Transcript) -> list[ReviewReason]:
    seconds = seconds_by_language(transcript.utterances, _candidates)
    whole = sum(seconds.values())
    found = []
    for language, spent in sorted(seconds.items()):
        if language == transcript.language or language not in LANGUAGE_NAMES:
            continue
        if spent < max(LEAST_SECOND_S, SECOND_SHARE * whole):
            continue
        said = [u for u in transcript.utterances if _candidates(u) and u.language == language]
        places = _places(Interval(u.start_s or 0.0, u.end_s or 0.0, language) for u in said)
        ko, en = LANGUAGE_NAMES[language]
        text = Bilingual(
            ko=f"지원자가 {ko}로도 말했습니다({places}). 말한 언어대로 적고 평가했으나, 두 언어의 답변을 사람이 함께 "
            "확인해야 합니다.",
            en=f"The candidate also spoke {en} ({places}). Each stretch was written down and judged in the language "
            "spoken; a person must read the answers of both languages together.",
        )
        found.append(ReviewReason("several_languages", text))
    return found


def _left_out(transcript: Transcript) -> list[ReviewReason]:
    places = _places(i for f in transcript.flags if f.code == LANGUAGE_LEFT_OUT for i in f.intervals)
    if not places:
        return []
    text = Bilingual(
        ko=f"한국어도 영어도 아닌 말이 있어({places}) 적지 않았고 평가하지도 않았습니다. "
        "그 언어를 아는 사람이 들어야 합니다.",
        en=f"Something was said in neither Korean nor English ({places}); it was neither written down nor judged. "
        "A person who knows the language must listen to it.",
    )
    return [ReviewReason("language_left_out", text)]


def _candidates(u: Utterance) -> bool:
    return u.role == "candidate"


def _places(intervals: Iterable[Interval]) -> str:
    """Times of the stretches, joined where they are close: "0:12-0:40, 1:05-1:10"; "" for none."""
    joined: list[list[float]] = []
    for i in sorted(intervals, key=lambda i: i.start_s):
        if joined and i.start_s - joined[-1][1] < _BRIDGE_S:
            joined[-1][1] = max(joined[-1][1], i.end_s)
        else:
            joined.append([i.start_s, i.end_s])
    return _listed([f"{_clock(start)}-{_clock(end)}" for start, end in joined])


def _listed(places: Sequence[str]) -> str:
    more = ", …" if len(places) > MOST_NAMED else ""
    return ", ".join(places[:MOST_NAMED]) + more


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
