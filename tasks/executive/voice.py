"""The voice of each answer against the person's own first minutes, and the tone of its words: for people, no judge."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from include.interview.assessment.policy import Profile
from include.interview.entities import ArtifactRef
from include.interview.errors import PolicyRefusal
from include.interview.progress import Progress, silent
from include.interview.records import Answer, Transcript
from include.interview.transcript.answers import answers_of
from include.interview.voice.conversation import overlaps, talk_shares
from include.interview.voice.deviation import analyse_voice
from include.interview.voice.records import AnswerTone, DeliveryReview, SpokenAnswer, VoiceAnalysis
from tasks.ai.perceive import prosody
from tasks.evaluation.case import joined_tracks
from tasks.evaluation.consent_gate import consented
from tasks.evaluation.context import StepContext
from tasks.evaluation.outputs import DELIVERY_STEP, PreparedInterview, SpeechOutput, load, save

_PARTS: dict[str, Callable[[Profile], None]] = {
    "voice": Profile.require_voice_comparison,
    "tone": Profile.require_tone_of_words,
}


def delivery(context: StepContext, speech: ArtifactRef, progress: Progress = silent) -> ArtifactRef:
    """Describe voice and tone of every answer and store the `DeliveryReview`, which no judge reads.

    What the profile or a missing consent to emotion analysis refuses is not computed, stands in `refused`, and is an
    entry of the audit chain. The track of an interviewer is never measured.

    Args:
        speech: the output of the stage's `speech` step.

    Raises:
        ConsentMissing: a consent that the profile requires is missing or withdrawn.
    """
    interview, profile = consented(context)
    refused = _refused(profile)

    def make() -> DeliveryReview:
        for part in refused:
            subject = f"interview:{context.interview_id}"
            context.stores.record("policy.refused", subject, {"channel": part, "profile": profile.id})
        spoken = load(context.stores, speech, SpeechOutput)
        prepared = load(context.stores, spoken.media, PreparedInterview)
        opening = context.stores.openings.get(interview.opening_id)
        answers = answers_of(spoken.transcript, prepared.questions(interview), opening)
        voice = None if "voice" in refused else _voice(context, spoken, prepared, answers, progress)
        return DeliveryReview(voice, None if "tone" in refused else _tone(answers), refused)

    return save(context, DELIVERY_STEP, [speech, profile.key, *refused], make)


def _refused(profile: Profile) -> tuple[str, ...]:
    """Which parts `profile` does not allow."""
    found = []
    for part, require in _PARTS.items():
        try:
            require(profile)
        except PolicyRefusal:
            found.append(part)
    return tuple(found)


def _tone(answers: tuple[Answer, ...]) -> tuple[AnswerTone, ...]:
    from include.judgement.tone_of_words import tone_of_words

    return tone_of_words(answers)


def _voice(
    context: StepContext,
    spoken: SpeechOutput,
    prepared: PreparedInterview,
    answers: tuple[Answer, ...],
    progress: Progress,
) -> VoiceAnalysis:
    transcript = spoken.transcript
    reason = _no_voice(transcript)
    measured: tuple[SpokenAnswer, ...] | None = None
    if reason is None:
        from include.perception.voice.answers import measure_answers

        heard = prosody(context.stores, spoken.media, lambda one: one.track != "interviewer", progress)
        tracks = joined_tracks(prepared, heard)
        measured = None if tracks is None else measure_answers(answers, transcript, tracks)
        reason = "no_sound" if measured is None else None
    found = VoiceAnalysis(reason=reason) if measured is None else analyse_voice(measured)
    return _with_conversation(found, transcript)


def _with_conversation(found: VoiceAnalysis, transcript: Transcript) -> VoiceAnalysis:
    return msgspec.structs.replace(found, talk=talk_shares(transcript), overlaps=overlaps(transcript))


def _no_voice(transcript: Transcript) -> str | None:
    said = [u for u in transcript.utterances if u.role == "candidate"]
    if not said:
        return "candidate_unknown"
    return None if any(u.words for u in said) else "no_timing"
