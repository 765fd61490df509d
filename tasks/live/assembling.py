"""What a live session left, laid out on its clock for the offline evaluation: the first step of every live stage."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from include.interview.entities import ArtifactRef
from include.interview.errors import BadInput, BadMedia
from include.interview.live.session import LiveRecord, LiveRecording
from include.interview.media import AUDIO_SAMPLE_RATE_HZ
from include.interview.records import Flag, Recording, Stage
from include.storage import Stores
from tasks.evaluation.consent_gate import begun
from tasks.evaluation.context import StepContext
from tasks.evaluation.outputs import PreparedInterview, PreparedRecording, load, save
from tasks.live.record import LIVE_STEP


def assemble(context: StepContext, stage: Stage) -> ArtifactRef:
    """Check ids, consents and hashes, and lay the session's tracks out on its clock as 16 kHz mono sound.

    The interview becomes `processing`; when what the session left is at fault, `failed`.

    Args:
        stage: the one whose flow asks.

    Raises:
        NotFound: no such interview of this stage. ConsentMissing: a consent is missing.
        BadInput: the session was not handed over (code "not_handed_over"), or left no usable recording (BadMedia).
    """
    with begun(context, stage):
        handed = context.stores.artifacts.list(context.interview_id, LIVE_STEP)
        if not handed:
            raise BadInput(
                f"The session {context.interview_id} was not handed over.",
                "End the session, or wait until the gateway's hand-over worker has stored its recording.",
                code="not_handed_over",
            )
        return save(context, "assemble", handed[-1:], lambda: _assembled(context, handed[-1]))


def _assembled(context: StepContext, live: ArtifactRef) -> PreparedInterview:
    record = load(context.stores, live, LiveRecord)
    if not record.recordings:
        raise BadMedia(
            "The session left no sound.", "Hold the interview again, with a microphone.", code="no_recording"
        )
    by_media: dict[str, list[LiveRecording]] = {}
    for recording in record.recordings:
        by_media.setdefault(recording.media_id, []).append(recording)
    prepared = [one for media, tracks in by_media.items() for one in _tracks(context, media, tracks)]
    return PreparedInterview(_told_apart(context.stores, prepared, record), (), record.marks, live)


def _told_apart(
    stores: Stores, prepared: Sequence[PreparedRecording], record: LiveRecord
) -> tuple[PreparedRecording, ...]:
    """`prepared`, but one track of the room where the interviewer's and the candidate's carry the same sound.

    Otherwise every sentence would be heard twice, and the interviewer's words would be the candidate's as well.
    """
    from include.perception.media.likeness import MAX_LAG
    from include.perception.media.microphones import SLACK, one_microphone
    from include.perception.speech import open_waveform

    tracks = {one.track: one for one in prepared}
    first, second = tracks.get("interviewer"), tracks.get("candidate")
    if first is None or second is None or first.audio is None or second.audio is None:
        return tuple(prepared)
    later = round((second.recording.offset_s - first.recording.offset_s) * AUDIO_SAMPLE_RATE_HZ)
    lag = MAX_LAG if first.media.id == second.media.id else SLACK  # two sockets: the clock is only so exact
    with stores.artifacts.open_file(first.audio) as one, stores.artifacts.open_file(second.audio) as other:
        kept = one_microphone(open_waveform(one).samples, open_waveform(other).samples, later, lag)
    if kept is None:
        return tuple(prepared)
    flags = [Flag("one_microphone")]
    if {"i", "c"} <= {u.id[:1] for u in record.transcript.utterances}:
        flags.append(Flag("live_words_twice", "warning"))
    return (msgspec.structs.replace((first, second)[kept], track="room", flags=tuple(flags)),)


def _tracks(context: StepContext, media_id: str, tracks: Sequence[LiveRecording]) -> list[PreparedRecording]:
    """The tracks of one recording: its channels in the order in which the session's record names them."""
    from include.perception.media import probe
    from include.perception.media.channels import write_channel

    stores = context.stores
    media = stores.media.get(media_id)
    prepared = []
    with stores.media.open(media) as path:
        facts = probe(path, context.settings.limits)
        for channel, track in enumerate(tracks):

            def write(target: Path, channel: int = channel) -> None:
                write_channel(path, channel, target)

            audio = stores.artifacts.run_file(media.interview_id, "audio", [media.sha256, str(channel)], write)
            place = Recording(media.id, media.index, track.start_s, track.duration_s)
            prepared.append(PreparedRecording(place, media, facts, audio, track=track.track))
    return prepared
