"""Stage 2, the practical interview, offline: the session's whole recording transcribed, judged and compared.

The steps of the DAG `practical_interview_evaluation`, in its order. What a live session leaves (tasks/live/handover.py)
goes in; the offline card comes out and stands beside the live card. Only ids and refs leave a step.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from include.interview.assessment.policy import Profile
from include.interview.entities import ArtifactRef
from include.interview.errors import BadInput, BadMedia
from include.interview.live.comparison import compare_transcripts
from include.interview.live.merge_tracks import TrackTranscript, merge_tracks, with_live_roles
from include.interview.live.session import LiveRecord, LiveRecording
from include.interview.media import AUDIO_SAMPLE_RATE_HZ
from include.interview.progress import Progress, part, silent
from include.interview.records import Flag, Interval, Recording
from include.interview.stages import STAGES
from include.interview.transcript.timeline import shift_interval
from include.storage import Stores
from tasks.ai.perceive import prosody
from tasks.evaluation.case import case
from tasks.evaluation.comparison import COMPARE_STEP
from tasks.evaluation.consent_gate import begun, consented
from tasks.evaluation.context import StepContext
from tasks.evaluation.engines import engines
from tasks.evaluation.judge_and_score import judge, score
from tasks.evaluation.outputs import (
    ComparedTranscripts,
    PreparedInterview,
    PreparedRecording,
    SpeechOutput,
    VoiceOutput,
    load,
    save,
)
from tasks.evaluation.publish import publish, record_review, review_needed
from tasks.live.record import LIVE_STEP


def assemble(context: StepContext) -> ArtifactRef:
    """Check ids, consents and hashes, and lay the session's tracks out on its clock as 16 kHz mono sound.

    The interview becomes `processing`; when what the session left is at fault, `failed`.

    Raises:
        NotFound: no such practical interview. ConsentMissing: a consent is missing.
        BadInput: the session was not handed over (code "not_handed_over"), or left no usable recording (BadMedia).
    """
    with begun(context, "practical"):
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


def speech(context: StepContext, media: ArtifactRef, progress: Progress = silent) -> ArtifactRef:
    """Transcribe the whole session, measure the candidate's fluency, and store the `SpeechOutput`.

    A track of one person is transcribed by itself and needs no diarization; the room's track is diarized, and so are
    two tracks that turned out to be one microphone. Speakers that the interviewer corrected during the session stay
    corrected.

    Args:
        media: the output of `assemble`.

    Raises:
        ConsentMissing: a consent is missing or withdrawn. BadInput: a track has no sound (code "no_recording").
    """
    consented(context)

    def make() -> SpeechOutput:
        from include.perception.fluency import measure_fluency

        prepared = load(context.stores, media, PreparedInterview)
        record = _record(context.stores, prepared)
        parts: list[TrackTranscript] = []
        activity: list[Interval] = []
        for index, one in enumerate(prepared.recordings):
            share = part(progress, index, len(prepared.recordings))
            heard, voiced = _heard(context, one, record.session.language, share)
            parts.append(heard)
            activity.extend(voiced)
        merged = merge_tracks(parts, prepared.duration_s)
        transcript = with_live_roles(merged, record.transcript, record.corrected)
        activity.sort(key=lambda i: (i.start_s, i.end_s))
        return SpeechOutput(media, transcript, measure_fluency(transcript), tuple(activity))

    return save(context, "speech", [media], make)


def _heard(
    context: StepContext, one: PreparedRecording, language: str, progress: Progress
) -> tuple[TrackTranscript, list[Interval]]:
    from include.perception.speech import open_waveform, transcribe

    track = one.track or "room"
    if one.audio is None:
        raise BadInput("A track of the session has no sound.", "Clear the task `assemble`.", code="no_recording")
    with context.stores.artifacts.open_file(one.audio) as path:
        result = transcribe(
            open_waveform(path), engines(context.settings).speech, language, progress, one_voice=track != "room"
        )
    offset = one.recording.offset_s
    transcript = msgspec.structs.replace(result.transcript, flags=(*one.flags, *result.transcript.flags))
    return TrackTranscript(track, offset, transcript), [shift_interval(i, offset) for i in result.vad]


def _record(stores: Stores, prepared: PreparedInterview) -> LiveRecord:
    if prepared.live is None:
        raise BadInput("This recording is of no live session.", "Trigger its own flow.")
    return load(stores, prepared.live, LiveRecord)


def voice(
    context: StepContext,
    media: ArtifactRef,
    progress: Progress = silent,
) -> ArtifactRef:
    """Compute pitch, voicing and intensity of the track the candidate speaks on and store the `VoiceOutput`.

    Its tracks are None where no criterion may use them, which is recorded in the audit chain. The interviewer's own
    track is never measured.

    Args:
        media: the output of `assemble`.

    Raises:
        ConsentMissing: a consent is missing or withdrawn.
    """
    _, profile = consented(context)

    def make() -> VoiceOutput:
        allowed = voice_allowed(profile)
        if not allowed:
            subject = f"interview:{context.interview_id}"
            context.stores.record("policy.refused", subject, {"channel": "voice", "profile": profile.id})
        return prosody(context.stores, media, lambda one: allowed and one.track != "interviewer", progress)

    return save(context, "voice", [media, profile.id], make)


def voice_allowed(profile: Profile) -> bool:
    """True when `profile` lets the voice channel be computed and judges the criterion it is computed for."""
    criterion = STAGES["practical"].voice_criterion
    return "voice" in profile.channels and criterion is not None and profile.enables("practical", criterion)


def compare(
    context: StepContext,
    speech: ArtifactRef,
) -> ArtifactRef:
    """Compare the live transcript with the offline one and store the `ComparedTranscripts`.

    Args:
        speech: the output of `speech`, which is taken as the reference for word and character error rates.

    Raises:
        ConsentMissing: a consent is missing or withdrawn. BadInput: the recording is of no live session.
    """
    consented(context)

    def make() -> ComparedTranscripts:
        stores = context.stores
        spoken = load(stores, speech, SpeechOutput)
        record = _record(stores, load(stores, spoken.media, PreparedInterview))
        return ComparedTranscripts(compare_transcripts(record.transcript, spoken.transcript, record.corrected))

    return save(context, COMPARE_STEP, [speech], make)


__all__ = [
    "assemble",
    "case",
    "compare",
    "judge",
    "publish",
    "record_review",
    "review_needed",
    "score",
    "speech",
    "voice",
]
