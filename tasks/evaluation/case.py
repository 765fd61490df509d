"""The case of an interview: all that a judge may see of it, put together once and stored.

Judging, scoring, publishing and doing those again later read the stored case, so that the interview's transcript,
measurements and documents are decrypted, and their reads audited, once a run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from include.interview.assessment.policy import VOICE_SHIFT, Profile
from include.interview.assessment.rubric import opening_rubric
from include.interview.case import Case
from include.interview.entities import ArtifactRef, Interview
from include.interview.records import Answer, Document, Measurements, Opening, Transcript
from include.interview.scoring.presence import measured_spans, own_speech, spoken_span
from include.interview.stages import STAGES
from include.interview.transcript.answers import answers_of
from include.interview.transcript.text import candidate_utterances
from tasks.evaluation.candidate_identity import with_candidate
from tasks.evaluation.consent_gate import consented
from tasks.evaluation.context import StepContext
from tasks.evaluation.outputs import (
    PreparedCase,
    PreparedInterview,
    SpeechOutput,
    VisionOutput,
    VoiceOutput,
    load,
    save,
)

if TYPE_CHECKING:
    from include.perception.voice import ProsodyTracks


def case(
    context: StepContext, speech: ArtifactRef, voice: ArtifactRef, vision: ArtifactRef | None = None
) -> ArtifactRef:
    """Store the interview's `PreparedCase`, from which it is judged, scored and reported.

    An opening that was edited gives another case, and so new judgements: run this step again to judge by it.

    Args:
        vision: None for stages that film nobody.

    Raises:
        ConsentMissing: a consent is missing or withdrawn. NotFound: an artifact or the opening is gone.
    """
    interview, profile = consented(context)
    opening = context.stores.openings.get(interview.opening_id)

    def make() -> PreparedCase:
        return _gathered(context, interview, profile, opening, speech, vision, voice)

    perceived = [ref for ref in (speech, vision, voice) if ref is not None]
    return save(context, "case", [basis(interview, profile, opening), *perceived], make)


def basis(interview: Interview, profile: Profile, opening: Opening) -> str:
    """SHA-256 (64 hex digits) of what a case rests on beside its artifacts: the opening, its rubric and the profile."""
    parts = (opening, opening_rubric(interview.stage, opening), profile)
    return hashlib.sha256(b"\n".join(msgspec.json.encode(part, order="deterministic") for part in parts)).hexdigest()


def _gathered(
    context: StepContext,
    interview: Interview,
    profile: Profile,
    opening: Opening,
    speech: ArtifactRef,
    vision: ArtifactRef | None,
    voice: ArtifactRef,
) -> PreparedCase:
    from include.perception.fluency import measure_fluency

    stores = context.stores
    spoken = load(stores, speech, SpeechOutput)
    prepared = load(stores, spoken.media, PreparedInterview)
    looked = load(stores, vision, VisionOutput) if vision else VisionOutput(())
    transcript = with_candidate(spoken.transcript, looked.measurements)
    marks = prepared.questions(interview)
    answers = answers_of(transcript, marks, opening)
    places = [one.recording.offset_s for one in prepared.recordings]
    seen = seen_speaking(looked, places, transcript, answers, profile)
    fluency = spoken.fluency if transcript is spoken.transcript else measure_fluency(transcript)
    measured = [*seen, fluency]
    shifts = STAGES[interview.stage].live and profile.uses_voice(interview.stage)
    shifts = shifts and profile.allows_measure(VOICE_SHIFT)
    voiced = voice_measurements(prepared, transcript, load(stores, voice, VoiceOutput), shifts=shifts)
    if voiced is not None:
        measured.append(voiced)
    found = Case(
        interview_id=interview.id,
        stage=interview.stage,
        language=transcript.language,
        opening=opening,
        rubric=opening_rubric(interview.stage, opening),
        profile=profile,
        transcript=transcript,
        answers=answers,
        measurements=tuple(m for m in measured if m.channel in profile.channels),
        documents=tuple(Document(d.kind, stores.media.text(d)) for d in prepared.documents),  # type: ignore[arg-type]
    )
    recordings = {one.media.id: one.recording for one in prepared.recordings}
    return PreparedCase(found, sources_of(prepared), tuple(recordings.values()), marks, vision, prepared.live)


def sources_of(prepared: PreparedInterview) -> dict[str, str]:
    """What a card names as its inputs: "video[0]" and the like -> SHA-256 of the file; "live" -> the record's id."""
    sources = {f"{one.media.kind}[{one.recording.index}]": one.media.sha256 for one in prepared.recordings}
    sources |= {f"{d.kind}[{d.index}]": d.sha256 for d in prepared.documents}
    return sources | ({"live": prepared.live.id} if prepared.live else {})


def seen_speaking(
    looked: VisionOutput,
    places: Sequence[float],
    transcript: Transcript,
    answers: Sequence[Answer],
    profile: Profile,
) -> tuple[Measurements, ...]:
    """The visual channels with what the face did while its owner spoke: needs both what was seen and what was said.

    Args:
        places: where each recording begins on the interview's timeline, in seconds.
    """
    face = next((m for m in looked.measurements if m.channel == "face"), None)
    if face is None or not any(looked.people):
        return looked.measurements
    from include.perception.vision import PersonTrack
    from include.perception.vision.while_speaking import measure_while_speaking

    said = candidate_utterances(transcript)
    measures, flags = measure_while_speaking(
        [
            (place, [PersonTrack.decode(one) for one in people])
            for place, people in zip(places, looked.people, strict=True)
        ],
        own_speech(said),
        [span for a in answers if (span := spoken_span(a.utterances)) is not None],
        still=measured_spans(looked.measurements, "media", "still_share"),
        repeated=measured_spans(looked.measurements, "media", "repeated_share"),
        refused=profile.measures_refused,
    )
    whole = msgspec.structs.replace(face, measures=(*face.measures, *measures), flags=(*face.flags, *flags))
    return tuple(whole if m is face else m for m in looked.measurements)


def voice_measurements(
    prepared: PreparedInterview, transcript: Transcript, voice: VoiceOutput, *, shifts: bool = False
) -> Measurements | None:
    """The voice channel over all recordings, from the candidate's utterances; None when no track was computed.

    Args:
        shifts: also measure how far the voice moves from the person's own first minute (semitones, decibels).
    """
    from include.perception.voice import measure_voice, with_shifts

    whole = joined_tracks(prepared, voice)
    if whole is None:
        return None
    found = measure_voice(whole, transcript)
    return with_shifts(found, transcript) if shifts else found


def joined_tracks(prepared: PreparedInterview, voice: VoiceOutput) -> ProsodyTracks | None:
    """The prosody of all recordings on the interview's timeline; None when no track was computed."""
    from include.perception.voice import ProsodyTracks
    from include.perception.voice.joining import join_tracks

    tracks = [
        (one.recording.offset_s, ProsodyTracks.decode(data))
        for one, data in zip(prepared.recordings, voice.tracks, strict=True)
        if data is not None
    ]
    if not tracks:
        return None
    alone = len(prepared.recordings) == 1 and tracks[0][0] == 0.0
    return tracks[0][1] if alone else join_tracks(tracks, prepared.duration_s)
