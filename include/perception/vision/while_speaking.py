"""Face measures of somebody who speaks: head pose and mouth of each person, joined with the times of own speech."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from include.interview.assessment.measures import measure_spec
from include.interview.records import Flag, Interval, Measure
from include.interview.scoring.presence import Span, common, outside, seconds_of
from include.perception.vision.orientation import orientation
from include.perception.vision.person_track import MOUTH_MEASURE, PersonTrack
from include.perception.vision.speaking import Mouth, mouth_in_speech
from include.perception.vision.timeline import MIN_INTERVAL_S, Timeline

MEASURES_WHILE_SPEAKING = ("orientation_share", "mouth_in_speech", "mouth_contrast")
BLOCK = "block"
"""Kind of the intervals that hold the share towards in each 5 s of own speech, beside those of `turned_away`."""

Recorded = tuple[float, Sequence[PersonTrack]]
"""Where a recording begins on the interview's timeline, in seconds, and the people in it, the measured one first."""


class _Face:
    """One person's samples over all recordings, on the interview's timeline; arrays of (samples,)."""

    def __init__(self, parts: Sequence[tuple[float, PersonTrack]]) -> None:
        def joined(name: str) -> np.ndarray:
            return np.concatenate([track.array(name) for _, track in parts]) if parts else np.zeros(0)

        offsets = [np.full(len(track.array("times")), offset) for offset, track in parts]
        self.times = joined("times") + (np.concatenate(offsets) if offsets else np.zeros(0))
        self.weights = joined("weights")
        self.directions = np.stack((joined("yaw"), joined("pitch")), axis=1)
        self.mouth = joined("mouth")
        self.seen = ~np.isnan(self.directions[:, 0])

    def spans(self) -> list[Span]:
        """When the face was seen, in seconds."""
        ends = self.times + self.weights
        return list(zip(self.times[self.seen].tolist(), ends[self.seen].tolist(), strict=True))

    def mouth_in(self, speech: Sequence[Span]) -> Mouth:
        """How the mouth goes with `speech`."""
        return mouth_in_speech(self.mouth, ~np.isnan(self.mouth), self.times, self.weights, speech)


def measure_while_speaking(
    recordings: Sequence[Recorded],
    speech: Sequence[Span],
    answers: Sequence[Span],
    *,
    still: Sequence[Span] = (),
    repeated: Sequence[Span] = (),
    refused: Collection[str] = (),
) -> tuple[tuple[Measure, ...], tuple[Flag, ...]]:
    """Orientation while speaking, how far the mouth goes with the speech, and flags when it does not.

    Only the face whose mouth goes with the candidate's speech is measured. Otherwise `orientation_share` has no value
    and the reason `not_speaking_face`, `other_face` (another face in the picture speaks instead), `repeated_picture`
    (the picture shows over and over what it showed before), `mouth_refused` (the profile lets no mouth be looked at),
    or that of `orientation`.

    Args:
        speech: spans of the candidate's own speech in seconds; answers: spans of whole answers.
        still, repeated: spans in which the picture stood still or repeats itself; they are not counted.
        refused: measures that the profile refuses.
    """
    main = _Face([(offset, people[0]) for offset, people in recordings if people])
    seen = common(speech, main.spans())
    looped = seconds_of(common(seen, repeated))
    lively = outside(outside(speech, still), repeated)
    found = orientation(main.directions, main.seen, main.times, main.weights, lively, answers)
    mouth = main.mouth_in(speech)
    reason = found.reason
    if MOUTH_MEASURE in refused:
        reason = "mouth_refused"
    elif looped > seconds_of(seen) / 2:
        reason = "repeated_picture"
    elif mouth.speaks is False:
        reason = "other_face" if _another_speaks(recordings, speech) else "not_speaking_face"
    timeline = Timeline(main.times, main.weights, float((main.times + main.weights).max(initial=0.0)))
    shown = timeline.intervals(found.away, "turned_away", MIN_INTERVAL_S)
    shown += tuple(Interval(start, end, BLOCK, round(share, 4)) for start, end, share in found.blocks)
    measures = [_measure("orientation_share", found.share, reason, found.coverage, found.seconds, found.error, shown)]
    if MOUTH_MEASURE not in refused:
        short = None if mouth.speaks is not None else "too_little_speech_seen"
        measures.append(_measure("mouth_in_speech", mouth.moving, short, 1.0, mouth.speech_s))
        short = short or (None if mouth.contrast is not None else "too_short")
        measures.append(_measure("mouth_contrast", mouth.contrast, short, 1.0, mouth.rest_s))
    flags = (Flag(reason, "warning", _detail(mouth)),) if reason in ("other_face", "not_speaking_face") else ()
    return tuple(m for m in measures if m.name not in refused), flags


def _another_speaks(recordings: Sequence[Recorded], speech: Sequence[Span]) -> bool:
    others = [(offset, person) for offset, people in recordings for person in people[1:]]
    return any(_Face([one]).mouth_in(speech).speaks for one in others)


def _detail(mouth: Mouth) -> dict[str, float]:
    detail = {"moving": round(mouth.moving, 3), "speech_s": round(mouth.speech_s, 1)}
    return detail if mouth.contrast is None else {**detail, "contrast": round(mouth.contrast, 3)}


def _measure(
    name: str,
    value: float | None,
    reason: str | None,
    coverage: float,
    seconds: float,
    error: float | None = None,
    intervals: tuple[Interval, ...] = (),
) -> Measure:
    """The measure, without a value where there is a reason; `n` is the number of seconds it rests on."""
    known = reason is None and value is not None
    return Measure(
        name=name,
        value=round(float(value), 4) if known and value is not None else None,
        unit=measure_spec(name).unit,
        coverage=round(coverage, 4),
        n=round(seconds),
        reason=reason,
        intervals=intervals if known else (),
        error=None if error is None or not known else round(error, 4),
    )
