"""One transcript of several voice channels: merging tracks, leaving out echoes, and naming who a voice is.

A live interview is heard on one track per person, or on one for the room. Times are session seconds throughout.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from include.interview.live.session import utterance_id
from include.interview.live.wire import Track
from include.interview.records import Flag, Interval, Record, Role, Transcript, Utterance
from include.interview.transcript.edit_distance import edits
from include.interview.transcript.text import fold, words
from include.interview.transcript.timeline import shift_flag, shift_utterance

ECHO_OVERLAP = 0.5
"""Share of an utterance during which the other track says the same, for it to be an echo."""
ECHO_ERRORS = 0.4
"""Word error rate up to which two tracks say the same: the quieter copy is heard with some errors."""
LEAST_ECHO_WORDS = 3
"""Shorter utterances are not called echoes: two people do say "yes" at once."""
MAJORITY = 2 / 3
"""Share of a voice's time on which the live session must agree to name it."""
CONFIRMED = 0.5
"""Share of a voice's time that the interviewer must have put right for that to decide about the whole voice."""
_UNDECIDED = "candidate_unknown"
_NO_SPEECH = ("no_speech", "no_words")


class TrackTranscript(Record, frozen=True):
    """What was heard on one track: times from the track's own beginning, which lies at `offset_s`."""

    track: Track
    offset_s: float
    transcript: Transcript


def merge_tracks(parts: Sequence[TrackTranscript], duration_s: float) -> Transcript:
    """One transcript in order of time. A person's own track names its speaker; the room's voices keep their labels.

    Coverage and confidence are means over the tracks, weighted by how long each was spoken on.

    Raises:
        ValueError: `parts` is empty.
    """
    if not parts:
        raise ValueError("There is no track to merge.")
    placed = [_placed(part) for part in parts]
    kept, echoes = without_echoes([u for said in placed for u in said])
    flags = [shift_flag(f, p.offset_s) for p in parts for f in p.transcript.flags if _worth_saying(f, p.track)]
    if echoes:
        heard = tuple(Interval(u.start_s or 0.0, u.end_s or 0.0, u.speaker) for u in echoes)
        flags.append(Flag("echo", "info", {"utterances": float(len(echoes))}, heard))
    main = max(parts, key=lambda p: p.transcript.speech_s or 0.0).transcript
    return msgspec.structs.replace(
        main,
        utterances=kept,
        duration_s=duration_s,
        speech_s=sum(p.transcript.speech_s or 0.0 for p in parts),
        coverage=_mean([(p.transcript.speech_s, p.transcript.coverage) for p in parts]),
        confidence=_mean([(p.transcript.speech_s, p.transcript.confidence) for p in parts]),
        engine=", ".join(dict.fromkeys(p.transcript.engine for p in parts if p.transcript.engine)),
        flags=tuple(flags),
    )


def without_echoes(said: Sequence[Utterance]) -> tuple[tuple[Utterance, ...], tuple[Utterance, ...]]:
    """(utterances in order of time, echoes left out): of two tracks that say the same at once, the surer one stays.

    A microphone also hears the other person from a loudspeaker or across the table.
    """
    ordered = sorted(said, key=lambda u: (u.start_s or 0.0, u.end_s or 0.0, u.id))
    echoes = {u.id for n, u in enumerate(ordered) for other in _near(ordered, n) if _is_echo(u, other)}
    return tuple(u for u in ordered if u.id not in echoes), tuple(u for u in ordered if u.id in echoes)


def with_live_roles(
    transcript: Transcript, live: Transcript, corrected: Collection[str], alone: Collection[str] = ()
) -> Transcript:
    """`transcript` with the roles that the live session knew better.

    What the interviewer put right (`corrected`: ids of `live`) holds where it overlaps. Unless it was put right
    `alone`, as an utterance and not as a voice, it also holds for a whole voice when it covers half of that voice's
    time; then the room's other voices are named as in the session too. A voice that the offline pass could not name is
    named as the live session did.
    """
    general = msgspec.structs.replace(live, utterances=tuple(u for u in live.utterances if u.id not in alone))
    named = _voices(transcript, general, corrected)
    stated = [u for u in live.utterances if u.id in corrected]
    said = []
    for u in transcript.utterances:
        role = named.get((u.id[:1], u.speaker), u.role)
        overlaps = _role_seconds([u], stated)
        if overlaps and max(overlaps.values()) >= 0.5 * _seconds(u):
            role = max(overlaps, key=lambda r: overlaps[r])
        said.append(msgspec.structs.replace(u, role=role))
    roles = {u.role for u in said}
    settled = {_UNDECIDED} if "candidate" in roles else set()
    settled |= {"other_voice"} if "unknown" not in roles else set()
    flags = tuple(f for f in transcript.flags if f.code not in settled)
    return msgspec.structs.replace(transcript, utterances=tuple(said), flags=flags)


def with_panel(transcript: Transcript) -> Transcript:
    """`transcript` of an interview that several people conduct: whoever is not the candidate is an interviewer.

    Unchanged while nobody is known to be the candidate: then any voice may be.
    """
    if not any(u.role == "candidate" for u in transcript.utterances):
        return transcript
    said = tuple(
        msgspec.structs.replace(u, role="interviewer") if u.role == "unknown" else u for u in transcript.utterances
    )
    flags = tuple(f for f in transcript.flags if f.code != "other_voice")
    return msgspec.structs.replace(transcript, utterances=said, flags=flags)


def _voices(transcript: Transcript, live: Transcript, corrected: Collection[str]) -> Mapping[tuple[str, str], Role]:
    """The role of each (track, voice) on which the live session decides."""
    voices: dict[tuple[str, str], list[Utterance]] = {}
    for u in transcript.utterances:
        voices.setdefault((u.id[:1], u.speaker), []).append(u)
    stated = [u for u in live.utterances if u.id in corrected]
    known = [u for u in live.utterances if u.role != "unknown"]
    named: dict[tuple[str, str], Role] = {}
    for voice, said in voices.items():
        votes = _role_seconds(said, stated)
        if sum(votes.values()) >= CONFIRMED * sum(map(_seconds, said)) and (role := _elected(votes)):
            named[voice] = role
    confirmed = {track for track, _ in named}
    for voice, said in voices.items():
        open_question = voice[0] in confirmed or all(u.role == "unknown" for u in said)
        if voice not in named and open_question and (role := _elected(_role_seconds(said, known))):
            named[voice] = role
    return named


def _elected(votes: Mapping[Role, float]) -> Role | None:
    """The role with a clear majority of the seconds."""
    if not votes:
        return None
    role, seconds = max(votes.items(), key=lambda item: item[1])
    return role if seconds >= MAJORITY * sum(votes.values()) else None


def _role_seconds(said: Sequence[Utterance], live: Sequence[Utterance]) -> dict[Role, float]:
    """Seconds of overlap with `live` utterances of the same track, by their role."""
    found: dict[Role, float] = {}
    for u in said:
        for other in live:
            shared = _shared(u, other)
            if shared > 0 and other.id[:1] == u.id[:1]:
                found[other.role] = found.get(other.role, 0.0) + shared
    return found


def _placed(part: TrackTranscript) -> list[Utterance]:
    placed: list[Utterance] = []
    for u in part.transcript.utterances:
        moved = shift_utterance(u, part.offset_s)
        identity = utterance_id(part.track, round((moved.start_s or 0.0) * 1000))
        if part.track != "room":
            moved = msgspec.structs.replace(moved, speaker=part.track, role=part.track)
        placed.append(msgspec.structs.replace(moved, id=identity))
    return placed


def _worth_saying(flag: Flag, track: Track) -> bool:
    """A silent interviewer is no remark on the candidate's words."""
    return not (track == "interviewer" and flag.code in _NO_SPEECH)


def _near(ordered: Sequence[Utterance], n: int) -> list[Utterance]:
    """Utterances of other tracks that overlap `ordered[n]`."""
    u = ordered[n]
    return [other for other in ordered if other.id[:1] != u.id[:1] and _shared(u, other) > 0]


def _is_echo(u: Utterance, other: Utterance) -> bool:
    mine, theirs = words(fold(u.text)), words(fold(other.text))
    if len(mine) < LEAST_ECHO_WORDS or _shared(u, other) < ECHO_OVERLAP * _seconds(u):
        return False
    if edits(theirs, mine).errors > ECHO_ERRORS * max(len(theirs), len(mine)):
        return False
    return _certainty(u) < _certainty(other)


def _certainty(u: Utterance) -> tuple[float, float, str]:
    """How sure the recogniser was; of equally sure ones the earlier wins, for an echo comes later."""
    return (u.confidence or 0.0, -(u.start_s or 0.0), u.id)


def _seconds(u: Utterance) -> float:
    return (u.end_s or 0.0) - (u.start_s or 0.0)


def _shared(one: Utterance, other: Utterance) -> float:
    return min(one.end_s or 0.0, other.end_s or 0.0) - max(one.start_s or 0.0, other.start_s or 0.0)


def _mean(parts: Sequence[tuple[float | None, float | None]]) -> float | None:
    known = [(weight or 0.0, value) for weight, value in parts if value is not None]
    total = sum(weight for weight, _ in known)
    return round(sum(weight * value for weight, value in known) / total, 4) if total > 0 else None
