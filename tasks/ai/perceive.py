"""Perception steps of the AI interview: check, decode once, then speech, vision and voice independently."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from include.interview.assessment.policy import Profile
from include.interview.entities import ArtifactRef
from include.interview.errors import BadMedia
from include.interview.progress import Progress, part, silent
from include.interview.records import Interval, Measurements, Recording, Transcript
from include.interview.transcript.timeline import join_measurements, join_transcripts, shift_interval
from include.storage import Stores
from tasks.evaluation.consent_gate import begun, consented
from tasks.evaluation.context import StepContext
from tasks.evaluation.engines import engines
from tasks.evaluation.outputs import (
    PreparedInterview,
    PreparedRecording,
    SpeechOutput,
    Thumbnail,
    ValidatedInterview,
    ValidatedRecording,
    VisionOutput,
    VoiceOutput,
    load,
    save,
)

RECORDING_KINDS = ("video", "audio")


def validate(context: StepContext) -> ArtifactRef:
    """Check ids, consents, every recording (hash, container, streams, limits), and that documents can be read.

    The interview becomes `processing`; when its files are at fault, `failed`.

    Raises:
        NotFound: no such interview. ConsentMissing: a consent is missing. BadMedia: a recording cannot be used.
        BadInput: a document is no text.
    """
    with begun(context, "ai"):
        return _validated(context)


def _validated(context: StepContext) -> ArtifactRef:
    from include.perception.media import probe

    stores, settings = context.stores, context.settings
    media = stores.media.list(context.interview_id)
    recordings = sorted((m for m in media if m.kind in RECORDING_KINDS), key=lambda m: m.index)
    documents = tuple(m for m in media if m.kind not in RECORDING_KINDS)
    if not recordings:
        raise BadMedia(
            "This interview has no recording.",
            "Upload a video or audio file, then trigger the run again.",
            code="no_recording",
        )

    def make() -> ValidatedInterview:
        for document in documents:
            stores.media.text(document)  # unreadable ones are refused now, not after an hour of perception
        checked = []
        for item in recordings:
            with stores.media.open(item) as path:
                checked.append(ValidatedRecording(media=item, facts=probe(path, settings.limits)))
        return ValidatedInterview(recordings=tuple(checked), documents=documents)

    return save(context, "validate", [m.sha256 for m in media], make)


def prepare_media(context: StepContext, validated: ArtifactRef, progress: Progress = silent) -> ArtifactRef:
    """Decode the sound of every recording once (16 kHz mono) and store the `PreparedInterview`: all on one timeline.

    Args:
        validated: the output of `validate`.

    Raises:
        ConsentMissing: a consent is missing or withdrawn. BadMedia: a recording cannot be decoded.
    """
    consented(context)

    def make() -> PreparedInterview:
        checked = load(context.stores, validated, ValidatedInterview)
        places = checked.laid_out()
        prepared = [
            _prepare(context, item, place, part(progress, place.index, len(places)))
            for item, place in zip(checked.recordings, places, strict=True)
        ]
        return PreparedInterview(tuple(prepared), checked.documents)

    return save(context, "prepare_media", [validated], make)


def _prepare(context: StepContext, item: ValidatedRecording, place: Recording, progress: Progress) -> PreparedRecording:
    from include.perception.media import prepare

    stores, media = context.stores, item.media
    with stores.media.open(media) as path, stores.private_folder() as folder:
        done = prepare(path, item.facts, folder, context.settings.limits, progress)
        audio = None
        if done.audio_file is not None:
            source = folder / done.audio_file
            audio = stores.artifacts.run_file(
                media.interview_id, "audio", [media.sha256], lambda target: _move(source, target)
            )
    return PreparedRecording(recording=place, media=media, facts=done.facts, audio=audio, flags=done.flags)


def _move(source: Path, target: Path) -> None:
    """Rename, or copy and delete where the two lie on different file systems."""
    shutil.move(source, target)


def speech(context: StepContext, media: ArtifactRef, progress: Progress = silent) -> ArtifactRef:
    """Transcribe the interview with speakers, measure the candidate's fluency, and store the `SpeechOutput`.

    Args:
        media: the output of `prepare_media`.

    Raises:
        ConsentMissing: a consent is missing or withdrawn.
    """
    interview, _ = consented(context)

    def make() -> SpeechOutput:
        from include.perception.fluency import measure_fluency

        prepared = load(context.stores, media, PreparedInterview)
        parts: list[tuple[Recording, Transcript]] = []
        activity: list[Interval] = []
        for index, one in enumerate(prepared.recordings):
            transcript, voiced = _transcribe(
                context, one, interview.language, part(progress, index, len(prepared.recordings))
            )
            parts.append((one.recording, transcript))
            activity.extend(shift_interval(i, one.recording.offset_s) for i in voiced)
        transcript = join_transcripts(parts)
        return SpeechOutput(media, transcript, measure_fluency(transcript), tuple(activity))

    return save(context, "speech", [media, interview.language], make)


def _transcribe(
    context: StepContext, one: PreparedRecording, language: str, progress: Progress
) -> tuple[Transcript, tuple[Interval, ...]]:
    if one.audio is None:
        return _no_audio(one.recording.duration_s), ()
    from include.perception.speech import open_waveform, transcribe

    with context.stores.artifacts.open_file(one.audio) as path:
        result = transcribe(open_waveform(path), engines(context.settings).speech, language=language, progress=progress)
    heard = result.transcript
    return msgspec.structs.replace(heard, flags=(*one.flags, *heard.flags)), result.vad


def _no_audio(duration_s: float) -> Transcript:
    """The transcript of a recording without an audio track: no words, and a flag that says why."""
    from include.interview.records import Flag

    return Transcript(
        source="speech",
        language="und",
        language_probability=None,
        utterances=(),
        duration_s=duration_s,
        speech_s=0.0,
        flags=(Flag("no_audio_track", "warning"),),
    )


def vision(context: StepContext, validated: ArtifactRef, progress: Progress = silent) -> ArtifactRef:
    """Measure face, body and hands of every recording, as far as the profile allows, and store the `VisionOutput`.

    It also holds a few small pictures for the report.

    Args:
        validated: the output of `validate`.

    Raises:
        ConsentMissing: a consent is missing or withdrawn. BadMedia: a picture cannot be decoded.
    """
    _, profile = consented(context)

    def make() -> VisionOutput:
        checked = load(context.stores, validated, ValidatedInterview)
        places = checked.laid_out()
        channels: dict[str, list[tuple[Recording, Measurements]]] = {}
        shown: list[Thumbnail] = []
        people: list[tuple[bytes, ...]] = []
        for item, place in zip(checked.recordings, places, strict=True):
            measured, pictures, persons = _observe(context, item, profile, part(progress, place.index, len(places)))
            shown.extend(Thumbnail(place.offset_s + at, jpeg) for at, jpeg in pictures)
            people.append(persons)
            for found in measured:
                channels.setdefault(found.channel, []).append((place, found))
        return VisionOutput(tuple(join_measurements(parts) for parts in channels.values()), tuple(shown), tuple(people))

    return save(context, "vision", [validated, profile.key], make)


def keeps_tracks(profile: Profile) -> bool:
    """Whether tracks of people's heads and mouths may be kept: nothing but the nonverbal criterion needs them."""
    return profile.enables("ai", "nonverbal")


def _observe(
    context: StepContext, one: ValidatedRecording, profile: Profile, progress: Progress
) -> tuple[tuple[Measurements, ...], list[tuple[float, bytes]], tuple[bytes, ...]]:
    """Measurements of one recording, its thumbnails as (recording time, JPEG), and the tracks of its people.

    No tracks where the profile does not judge what they are for.
    """
    from include.perception.vision import PersonTrack, Thumbnails, observe

    tracks: list[PersonTrack] | None = [] if keeps_tracks(profile) else None
    thumbnails = Thumbnails(one.facts.video) if one.facts.video is not None else None
    with context.stores.media.open(one.media) as path:
        measured = observe(
            path,
            one.facts,
            context.settings.limits,
            context.settings.models_dir,
            profile.channels,
            profile.measures_refused,
            progress,
            detectors=engines(context.settings).detectors,
            thumbnails=thumbnails,
            tracks=tracks,
        )
    shown = thumbnails.taken if thumbnails is not None else []
    return measured, shown, tuple(track.encode() for track in tracks or ())


def voice(
    context: StepContext,
    media: ArtifactRef,
    progress: Progress = silent,
) -> ArtifactRef:
    """Compute pitch, voicing and intensity tracks of every recording and store the `VoiceOutput`.

    Its tracks are None where the profile refuses the voice channel.

    Args:
        media: the output of `prepare_media`.

    Raises:
        ConsentMissing: a consent is missing or withdrawn.
    """
    _, profile = consented(context)

    def make() -> VoiceOutput:
        return prosody(context.stores, media, lambda _: "voice" in profile.channels, progress)

    return save(context, "voice", [media, profile.key], make)


def prosody(
    stores: Stores, media: ArtifactRef, wanted: Callable[[PreparedRecording], bool], progress: Progress = silent
) -> VoiceOutput:
    """Encoded prosody tracks of the recordings that are `wanted` and have sound, in order; None for the others."""
    from include.perception.speech import open_waveform
    from include.perception.voice import prosody_tracks

    prepared = load(stores, media, PreparedInterview)
    tracks: list[bytes | None] = []
    for index, one in enumerate(prepared.recordings):
        if one.audio is None or not wanted(one):
            tracks.append(None)
            continue
        with stores.artifacts.open_file(one.audio) as path:
            report = part(progress, index, len(prepared.recordings))
            tracks.append(prosody_tracks(open_waveform(path), report).encode())
    return VoiceOutput(tuple(tracks))
