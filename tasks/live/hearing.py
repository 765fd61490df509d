"""The recording of a live session heard again: words with speakers, the candidate's voice, and what live heard."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import msgspec

from include.interview.entities import ArtifactRef
from include.interview.errors import BadInput
from include.interview.live.comparison import compare_transcripts
from include.interview.live.merge_tracks import TrackTranscript, merge_tracks, with_live_roles, with_panel
from include.interview.live.session import LiveRecord
from include.interview.live.wire import Track
from include.interview.progress import Progress, part, silent
from include.interview.records import Flag, Interval
from include.interview.stages import STAGES
from include.interview.transcript.timeline import shift_interval
from include.storage import Stores
from tasks.ai.perceive import prosody
from tasks.evaluation.comparison import COMPARE_STEP
from tasks.evaluation.consent_gate import consented
from tasks.evaluation.context import StepContext
from tasks.evaluation.engines import engines
from tasks.evaluation.outputs import (
    ComparedTranscripts,
    PreparedInterview,
    PreparedRecording,
    SpeechOutput,
    VoiceOutput,
    load,
    save,
)

if TYPE_CHECKING:
    from include.perception.speech.crosstalk import HeardTrack
    from include.perception.speech.diarization import VoiceCount

SURE_S = 5.0
"""Speech from which a voice of the live session counts as a person's own: a cough or an echo is shorter."""


def speech(context: StepContext, media: ArtifactRef, progress: Progress = silent) -> ArtifactRef:
    """Transcribe the whole session, measure the candidate's fluency, and store the `SpeechOutput`.

    A track of one person is transcribed by itself and needs no diarization; what it carries of the other person goes to
    that one's track. The room's track is diarized, and so are two tracks that turned out to be one microphone.
    Speakers that the interviewer corrected during the session stay corrected. Where a panel asks, every voice beside
    the candidate's is an interviewer's.

    Args:
        media: the output of `assemble`.

    Raises:
        ConsentMissing: a consent is missing or withdrawn. BadInput: a track has no sound (code "no_recording").
    """
    consented(context)

    def make() -> SpeechOutput:
        from include.perception.fluency import measure_fluency
        from include.perception.speech.crosstalk import without_crosstalk

        prepared = load(context.stores, media, PreparedInterview)
        record = _record(context.stores, prepared)
        facts = STAGES[record.session.stage]
        count = voices_of(record)
        with ExitStack() as files:
            heard: list[tuple[Track, HeardTrack, tuple[Flag, ...]]] = []
            for index, one in enumerate(prepared.recordings):
                share = part(progress, index, len(prepared.recordings))
                track, found = _heard(context, one, record.session.language, count, share, files)
                heard.append((track, found, one.flags))
            results = without_crosstalk({name: found for name, found, _ in heard})
        parts: list[TrackTranscript] = []
        activity: list[Interval] = []
        for track, found, flags in heard:
            result = results[track]
            transcript = msgspec.structs.replace(result.transcript, flags=(*flags, *result.transcript.flags))
            parts.append(TrackTranscript(track, found.offset_s, transcript))
            activity.extend(shift_interval(i, found.offset_s) for i in result.vad)
        merged = merge_tracks(parts, prepared.duration_s)
        transcript = with_live_roles(merged, record.transcript, record.corrected, record.corrected_alone)
        if facts.interviewers > 1:
            transcript = with_panel(transcript)
        activity.sort(key=lambda i: (i.start_s, i.end_s))
        return SpeechOutput(media, transcript, measure_fluency(transcript), tuple(activity))

    return save(context, "speech", [media], make)


def voices_of(record: LiveRecord) -> VoiceCount | None:
    """How many voices are to be told apart over the room's microphone; None where the stage sets no number.

    At least as many as the live session told apart in speech enough to be sure of, though not more than there were
    people in it; and at most as many as the stage allows.
    """
    from include.perception.speech.diarization import VoiceCount
    from include.perception.streaming.attribution import ROOM, UNKNOWN

    most = STAGES[record.session.stage].recorded_voices
    if most is None:
        return None
    heard: dict[str, float] = {}
    for u in record.transcript.utterances:
        if u.id.startswith(ROOM[0]) and u.speaker != UNKNOWN:
            heard[u.speaker] = heard.get(u.speaker, 0.0) + (u.end_s or 0.0) - (u.start_s or 0.0)
    sure = sum(seconds >= SURE_S for seconds in heard.values())
    people = len(record.session.interviewers) + 1
    return VoiceCount(least=min(sure, people, most) or None, most=most)


def _heard(
    context: StepContext,
    one: PreparedRecording,
    language: str,
    count: VoiceCount | None,
    progress: Progress,
    files: ExitStack,
) -> tuple[Track, HeardTrack]:
    """What is heard on a track; its sound stays open until `files` is closed."""
    from include.perception.speech import open_waveform, transcribe
    from include.perception.speech.crosstalk import HeardTrack

    track = one.track or "room"
    if one.audio is None:
        raise BadInput("A track of the session has no sound.", "Clear the task `assemble`.", code="no_recording")
    waveform = open_waveform(files.enter_context(context.stores.artifacts.open_file(one.audio)))
    speech = engines(context.settings).speech
    result = transcribe(waveform, speech, language, progress, one_voice=track != "room", count=count)
    return track, HeardTrack(result, waveform, one.recording.offset_s)


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

    Its tracks are None where the profile has no use for them in this stage, which is recorded in the audit chain. The
    interviewer's own track is never measured.

    Args:
        media: the output of `assemble`.

    Raises:
        ConsentMissing: a consent is missing or withdrawn.
    """
    interview, profile = consented(context)

    def make() -> VoiceOutput:
        allowed = profile.uses_voice(interview.stage)
        if not allowed:
            subject = f"interview:{context.interview_id}"
            context.stores.record("policy.refused", subject, {"channel": "voice", "profile": profile.id})
        return prosody(context.stores, media, lambda one: allowed and one.track != "interviewer", progress)

    return save(context, "voice", [media, profile.key], make)


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
