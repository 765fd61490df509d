"""Own speech with the face seen: how many seconds of it a nonverbal level rests on.

A face in the picture is not enough. It must be seen while the candidate speaks, and in a picture that moves: whoever
is silent, speaks out of the picture, or is shown as a photograph has not been observed speaking.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from include.interview.case import Case
from include.interview.records import Bilingual, Channel, Insufficiency, Measurements, Record, Utterance

MIN_SPEECH_SEEN_S = 30.0
"""Least seconds of own speech with the face seen for a nonverbal level; over all recordings of an interview."""

BRIDGE_S = 0.25
"""Gaps between words below this many seconds belong to speaking; longer ones are pauses."""

Span = tuple[float, float]
"""Start and end in seconds on the interview's timeline."""


class SpeechSeen(Record, frozen=True):
    """Seconds of the candidate's own speech during which the candidate's face was seen.

    `seen_s`: with the face in a moving picture. `still_s`: with the face in a picture that stood still.
    """

    seen_s: float
    still_s: float


def joined(spans: Iterable[Span], bridge_s: float = 0.0) -> list[Span]:
    """`spans` in order of time; those that overlap, touch or lie less than `bridge_s` seconds apart are joined."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and (start <= found[-1][1] or start - found[-1][1] < bridge_s):
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif end > start:
            found.append((start, end))
    return found


def common(one: Iterable[Span], other: Iterable[Span]) -> list[Span]:
    """The time that lies in both, as spans in order of time."""
    first, second = joined(one), joined(other)
    found: list[Span] = []
    i = k = 0
    while i < len(first) and k < len(second):
        start, end = max(first[i][0], second[k][0]), min(first[i][1], second[k][1])
        if start < end:
            found.append((start, end))
        if first[i][1] <= second[k][1]:
            i += 1
        else:
            k += 1
    return found


def outside(one: Iterable[Span], other: Iterable[Span]) -> list[Span]:
    """The time of `one` that lies in none of `other`, as spans in order of time."""
    found: list[Span] = []
    without = joined(other)
    for start, end in joined(one):
        at = start
        for begin, stop in without:
            if stop <= at or begin >= end:
                continue
            if begin > at:
                found.append((at, begin))
            at = max(at, stop)
        if at < end:
            found.append((at, end))
    return found


def seconds_of(spans: Iterable[Span]) -> float:
    """Their length together, to the millisecond, so that a sum of sampling steps is not short by a rounding error."""
    return round(math.fsum(end - start for start, end in spans), 3)


def _spoken(utterance: Utterance) -> list[Span]:
    """When its words are spoken; its whole length when its words have no times, nothing when it has none itself."""
    if utterance.words:
        return [(word.start_s, word.end_s) for word in utterance.words]
    if utterance.start_s is None or utterance.end_s is None:
        return []
    return [(utterance.start_s, utterance.end_s)]


def own_speech(utterances: Iterable[Utterance]) -> list[Span]:
    """Spans in seconds during which these utterances are spoken, without pauses; word times end with the voice."""
    return joined((span for u in utterances for span in _spoken(u)), BRIDGE_S)


def spoken_span(utterances: Iterable[Utterance]) -> Span | None:
    """From the first to the last moment these utterances are spoken, pauses included; None without times."""
    spans = [span for u in utterances for span in _spoken(u)]
    return (min(s for s, _ in spans), max(e for _, e in spans)) if spans else None


def measured_spans(measurements: Iterable[Measurements], channel: Channel, measure: str) -> list[Span]:
    """The intervals of one measure as spans in seconds; none where it has no value."""
    measures = (m.get(measure) for m in measurements if m.channel == channel)
    found = next((m for m in measures if m is not None and m.value is not None), None)
    return [] if found is None else [(i.start_s, i.end_s) for i in found.intervals]


def _intervals(case: Case, channel: Channel, measure: str) -> list[Span]:
    measurements = case.channel(channel)
    return [] if measurements is None else measured_spans((measurements,), channel, measure)


def speech_seen(case: Case) -> SpeechSeen:
    """Seconds of the candidate's own speech with the face seen, from the times of both and not from shares."""
    together = common(own_speech(case.candidate), _intervals(case, "face", "seen_s"))
    still = seconds_of(common(together, _intervals(case, "media", "still_share")))
    return SpeechSeen(round(seconds_of(together) - still, 3), still)


def too_little_seen(seen: SpeechSeen) -> Insufficiency | None:
    """The reason why `seen` gives no level, or None when it is enough.

    Codes: `still_picture` when the face was shown mostly in a picture that stood still, else `too_little_speech_seen`.
    `coverage` is the share of the seconds needed.
    """
    if seen.seen_s >= MIN_SPEECH_SEEN_S:
        return None
    reached, still = (f"{math.floor(10 * s) / 10:.1f}" for s in (seen.seen_s, seen.still_s))
    code = "still_picture" if seen.still_s > seen.seen_s else "too_little_speech_seen"
    text = Bilingual(
        ko=f"지원자가 말하는 동안 움직이는 화면에 얼굴이 보인 시간이 {reached}초입니다. 이 평가 항목을 판단하려면 "
        f"{MIN_SPEECH_SEEN_S:.0f}초 이상이 필요합니다.",
        en=f"The candidate's face was seen in a moving picture during {reached} s of the candidate's own speech; at "
        f"least {MIN_SPEECH_SEEN_S:.0f} s are needed to judge this criterion.",
    )
    if code == "still_picture":
        text = Bilingual(
            ko=f"지원자가 말하는 {still}초 동안 화면이 사진처럼 멈추어 있었습니다. {text.ko}",
            en=f"During {still} s of the candidate's speech the picture stood still like a photograph. {text.en}",
        )
    return Insufficiency(code, text, coverage=seen.seen_s / MIN_SPEECH_SEEN_S)
