"""Perception steps of the AI interview: check, decode once, then speech, vision and voice independently."""

from __future__ import annotations

import shutil
from pathlib import Path

from include.interview.errors import BadMedia
from include.interview.policy import Profile
from include.interview.progress import Progress, part, silent
from include.interview.records import ArtifactRef, Interval, Measurements, Recording, Transcript
from include.interview.timeline import join_measurements, join_transcripts, shift_flag, shift_interval
from include.settings import Settings
from include.storage import Stores
from tasks.consent import consented
from tasks.engines import engines
from tasks.outputs import (
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


def validate(stores: Stores, settings: Settings, interview_id: str) -> ArtifactRef:
    """Check ids, consents, and every recording (hash, container, streams, limits).

    Raises:
        NotFound: no such interview. ConsentMissing: a consent is missing. BadMedia: a recording cannot be used.
    """
    from include.perception.media import probe

    consented(stores, interview_id)
    media = stores.media.list(interview_id)
    recordings = sorted((m for m in media if m.kind in RECORDING_KINDS), key=lambda m: m.index)
    documents = tuple(m for m in media if m.kind not in RECORDING_KINDS)
    if not recordings:
        raise BadMedia(
            "This interview has no recording.",
            "Upload a video or audio file, then trigger the run again.",
            code="no_recording",
        )

    def make() -> ValidatedInterview:
        checked = []
        for item in recordings:
            with stores.media.open(item) as path:
                checked.append(ValidatedRecording(media=item, facts=probe(path, settings.limits)))
        return ValidatedInterview(recordings=tuple(checked), documents=documents)

    ref = save(stores, interview_id, "validate", [m.sha256 for m in media], make)
    stores.interviews.set_status(interview_id, "processing")
    return ref


def prepare_media(
    stores: Stores, settings: Settings, interview_id: str, validated: ArtifactRef, progress: Progress = silent
) -> ArtifactRef:
    """Decode every recording's sound once (16 kHz mono) and take thumbnails, all laid out on one timeline."""
    consented(stores, interview_id)

    def make() -> PreparedInterview:
        checked = load(stores, validated, ValidatedInterview)
        prepared: list[PreparedRecording] = []
        thumbnails: list[Thumbnail] = []
        offset_s = 0.0
        for index, item in enumerate(checked.recordings):
            one, shown = _prepare(
                stores, settings, item, index, offset_s, part(progress, index, len(checked.recordings))
            )
            prepared.append(one)
            thumbnails.extend(shown)
            offset_s += one.recording.duration_s
        return PreparedInterview(tuple(prepared), checked.documents, tuple(thumbnails))

    return save(stores, interview_id, "prepare_media", [validated], make)


def _prepare(
    stores: Stores, settings: Settings, item: ValidatedRecording, index: int, offset_s: float, progress: Progress
) -> tuple[PreparedRecording, list[Thumbnail]]:
    from include.perception.media import prepare

    media = item.media
    with stores.media.open(media) as path, stores.private_folder() as folder:
        done = prepare(path, item.facts, folder, settings.limits, progress)
        audio = None
        if done.audio_file is not None:
            source = folder / done.audio_file
            audio = stores.artifacts.run_file(
                media.interview_id, "audio", [media.sha256], lambda target: _move(source, target)
            )
        shown = [Thumbnail(offset_s + t.time_s, (folder / t.file).read_bytes()) for t in done.thumbnails]
    recording = Recording(media.id, index, offset_s, done.facts.duration_s, media.question_id)
    flags = tuple(shift_flag(f, offset_s) for f in (*done.facts.flags, *done.flags))
    return PreparedRecording(recording=recording, media=media, facts=done.facts, audio=audio, flags=flags), shown


def _move(source: Path, target: Path) -> None:
    """Rename, or copy and delete where the two lie on different file systems."""
    shutil.move(source, target)


def speech(
    stores: Stores, settings: Settings, interview_id: str, media: ArtifactRef, progress: Progress = silent
) -> ArtifactRef:
    """Transcript with speakers, and the fluency of the candidate's words."""
    interview, _ = consented(stores, interview_id)

    def make() -> SpeechOutput:
        from include.perception.fluency import measure_fluency

        prepared = load(stores, media, PreparedInterview)
        parts: list[tuple[Recording, Transcript]] = []
        activity: list[Interval] = []
        for index, one in enumerate(prepared.recordings):
            transcript, voiced = _transcribe(
                stores, settings, one, interview.language, part(progress, index, len(prepared.recordings))
            )
            parts.append((one.recording, transcript))
            activity.extend(shift_interval(i, one.recording.offset_s) for i in voiced)
        transcript = join_transcripts(parts)
        return SpeechOutput(media, transcript, measure_fluency(transcript), tuple(activity))

    return save(stores, interview_id, "speech", [media, interview.language], make)


def _transcribe(
    stores: Stores, settings: Settings, one: PreparedRecording, language: str, progress: Progress
) -> tuple[Transcript, tuple[Interval, ...]]:
    if one.audio is None:
        return _no_audio(one.recording.duration_s), ()
    from include.perception.speech import open_waveform, transcribe

    with stores.artifacts.open_file(one.audio) as path:
        result = transcribe(open_waveform(path), engines(settings).speech, language=language, progress=progress)
    return result.transcript, result.vad


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


def _observe(
    stores: Stores, settings: Settings, one: PreparedRecording, profile: Profile, progress: Progress
) -> tuple[Measurements, ...]:
    from include.perception.vision import observe

    with stores.media.open(one.media) as path:
        return observe(
            path,
            one.facts,
            settings.limits,
            settings.models_dir,
            profile.channels,
            profile.measures_refused,
            progress,
            detectors=engines(settings).detectors,
        )


def vision(
    stores: Stores, settings: Settings, interview_id: str, media: ArtifactRef, progress: Progress = silent
) -> ArtifactRef:
    """Face, body and hands of every recording, as far as the profile allows."""
    _, profile = consented(stores, interview_id)

    def make() -> VisionOutput:
        prepared = load(stores, media, PreparedInterview)
        channels: dict[str, list[tuple[Recording, Measurements]]] = {}
        for index, one in enumerate(prepared.recordings):
            for found in _observe(stores, settings, one, profile, part(progress, index, len(prepared.recordings))):
                channels.setdefault(found.channel, []).append((one.recording, found))
        return VisionOutput(tuple(join_measurements(parts) for parts in channels.values()))

    return save(stores, interview_id, "vision", [media, profile.id], make)


def voice(
    stores: Stores,
    settings: Settings,  # noqa: ARG001 - every step has the same head
    interview_id: str,
    media: ArtifactRef,
    progress: Progress = silent,
) -> ArtifactRef:
    """Pitch, voicing and intensity tracks of every recording; empty where the profile refuses the voice channel."""
    _, profile = consented(stores, interview_id)

    def make() -> VoiceOutput:
        from include.perception.speech import open_waveform
        from include.perception.voice import prosody_tracks

        prepared = load(stores, media, PreparedInterview)
        tracks: list[bytes | None] = []
        for index, one in enumerate(prepared.recordings):
            if one.audio is None or "voice" not in profile.channels:
                tracks.append(None)
                continue
            with stores.artifacts.open_file(one.audio) as path:
                report = part(progress, index, len(prepared.recordings))
                tracks.append(prosody_tracks(open_waveform(path), report).encode())
        return VoiceOutput(tuple(tracks))

    return save(stores, interview_id, "voice", [media, profile.id], make)
