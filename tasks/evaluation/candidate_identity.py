"""Who is the candidate, where words alone could not tell: the voice during which the mouth on camera moves."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from include.interview.records import Interval, Measurements, Transcript

UNDECIDED = "candidate_unknown"
MOUTH_MEASURE = "jaw_activity"


def mouth_activity(measurements: Sequence[Measurements], duration_s: float) -> tuple[Interval, ...]:
    """The whole timeline as intervals of value 1.0 (mouth moving) and 0.0; empty without a face to look at."""
    face = next((m for m in measurements if m.channel == "face"), None)
    measure = face.get(MOUTH_MEASURE) if face else None
    if measure is None or measure.value is None:
        return ()
    found: list[Interval] = []
    reached = 0.0
    for moving in sorted(measure.intervals, key=lambda i: i.start_s):
        if moving.start_s > reached:
            found.append(Interval(reached, moving.start_s, "mouth", 0.0))
        found.append(Interval(moving.start_s, moving.end_s, "mouth", 1.0))
        reached = max(reached, moving.end_s)
    if reached < duration_s:
        found.append(Interval(reached, duration_s, "mouth", 0.0))
    return tuple(found)


def with_candidate(transcript: Transcript, measurements: Sequence[Measurements]) -> Transcript:
    """`transcript` with roles decided by the face, when speech left the candidate undecided and the face decides.

    Otherwise the same transcript: nobody is named by chance.
    """
    if not any(flag.code == UNDECIDED for flag in transcript.flags):
        return transcript
    from include.perception.speech.roles import roles

    activity = mouth_activity(measurements, transcript.duration_s or 0.0)
    named = roles(transcript.utterances, activity) if activity else {}
    if "candidate" not in named.values():
        return transcript
    return msgspec.structs.replace(
        transcript,
        utterances=tuple(msgspec.structs.replace(u, role=named[u.speaker]) for u in transcript.utterances),
        flags=tuple(f for f in transcript.flags if f.code != UNDECIDED),
    )
