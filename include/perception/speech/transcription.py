"""The whole way from sound to a transcript with speakers and roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from include.interview.progress import Progress, silent
from include.interview.records import Flag, Interval, Transcript, Utterance, Word
from include.perception.speech import roles, speakers, transcriber, vad, voices
from include.perception.speech.diarization import VoiceCount
from include.perception.speech.models import SpeechModels
from include.perception.speech.packing import Window, pack
from include.perception.speech.utterances import SpokenWord, coverage, trim_to_speech, utterances
from include.perception.speech.waveform import Waveform

ENGINE = "faster-whisper base int8 (15 s windows, beam 5), Silero VAD v6"
DIARIZED = ", pyannote segmentation-3.0 + WeSpeaker + VBx"
_ONE_VOICE = "S1"


@dataclass(frozen=True)
class SpeechResult:
    """A transcript with what recognition found beside it.

    `voices`: how many were told apart (0 without words). `vad`: detected speech in seconds, each with its mean
    probability as `value`.
    """

    transcript: Transcript
    voices: int
    vad: tuple[Interval, ...]


def transcribe(
    waveform: Waveform,
    models: SpeechModels,
    language: str = "auto",
    progress: Progress = silent,
    face_activity: Sequence[Interval] | None = None,
    *,
    one_voice: bool = False,
    count: VoiceCount | None = None,
) -> SpeechResult:
    """What was said, by whom and when, with times on the timeline of `waveform` in seconds.

    The same sound gives the same result to the last digit, on the same kind of processor: the arithmetic of another may
    turn a word that was a near guess into its neighbour.

    Args:
        waveform: the interview's sound; times of the result are on its timeline.
        models: warm models of this process.
        language: "ko" or "en" fixes the language; "auto" detects it among all languages Whisper knows.
        progress: called with the finished share.
        face_activity: intervals with `value` = mouth movement of the person on camera, if it was measured.
        one_voice: the sound is one person's own microphone: no voices are told apart.
        count: how many people speak, where that is known.

    Raises:
        ModelUnavailable: a weight file is missing.
        ValueError: an unknown language hint.
    """
    if language not in ("auto", *transcriber.SUPPORTED):
        raise ValueError(f"language must be auto, ko or en, not {language!r}.")
    probabilities = vad.speech_probabilities(waveform, models.vad)
    speech = vad.speech_intervals(probabilities)
    progress(0.05, "listening for speech")
    windows = pack(speech, probabilities, len(waveform.samples))
    if not windows:
        return _nothing(waveform, speech, "" if language == "auto" else language, None, (Flag("no_speech"),))
    guess = transcriber.detect_language(waveform, windows, models) if language == "auto" else None
    spoken = guess.language if guess else language
    heard = transcriber.recognise(
        waveform, windows, models, spoken, lambda done, phrase="": progress(0.1 + 0.6 * done, phrase)
    )
    words = trim_to_speech([w for h in heard for w in h.words], speech)
    flags = [*_language_flags(guess), *_hearing_flags(heard)]
    probability = round(guess.probability, 4) if guess else None
    if not words:
        return _nothing(waveform, speech, spoken, probability, (*flags, Flag("no_words")))
    alone = [SpokenWord(w, _ONE_VOICE) for w in words], False
    said, diarized = alone if one_voice else _speakers(waveform, words, speech, models, count)
    progress(0.95, "telling voices apart")
    first = utterances(said, spoken)
    who = roles.roles(first, face_activity)
    result = tuple(msgspec.structs.replace(u, role=who[u.speaker]) for u in first)
    transcript = Transcript(
        source="speech",
        language=spoken,
        language_probability=probability,
        utterances=result,
        duration_s=round(waveform.seconds, 3),
        speech_s=round(vad.total_s(speech), 3),
        coverage=coverage(words, speech),
        confidence=round(sum(w.probability for w in words) / len(words), 4),
        engine=ENGINE + (DIARIZED if diarized else ""),
        flags=(*flags, *_voice_flags(result)),
    )
    progress(1.0, "transcribed")
    return SpeechResult(transcript, len(who), speech)


def _speakers(
    waveform: Waveform,
    words: Sequence[Word],
    speech: Sequence[Interval],
    models: SpeechModels,
    count: VoiceCount | None,
) -> tuple[list[SpokenWord], bool]:
    if voices.several_voices(waveform, speech, models):
        turns = models.diarizer(waveform, count)
        if len(turns.speakers) > 1:
            return speakers.join(words, turns.exclusive), True
        return [SpokenWord(w, _ONE_VOICE) for w in words], True
    return [SpokenWord(w, _ONE_VOICE) for w in words], False


def _language_flags(guess: transcriber.LanguageGuess | None) -> list[Flag]:
    if guess is None:
        return []
    detail = {"probability": round(guess.probability, 4)} | {k: round(v, 4) for k, v in guess.known.items()}
    if not guess.supported:
        return [Flag("language_unsupported", "warning", detail)]
    return [Flag("language_uncertain", "warning", detail)] if guess.probability < transcriber.CERTAIN_LANGUAGE else []


def _hearing_flags(heard: Sequence[transcriber.Heard]) -> list[Flag]:
    doubtful = tuple(i for h in heard for i in h.unreliable)
    flags = []
    if doubtful:
        flags.append(Flag("unintelligible", "warning", {"seconds": round(vad.total_s(doubtful), 2)}, doubtful))
    again = sum(h.fallback for h in heard)
    if again:
        flags.append(Flag("heard_twice", "info", {"windows": float(again), "of": float(len(heard))}))
    return flags


def _voice_flags(said: Sequence[Utterance]) -> list[Flag]:
    """Other voices are reported, never scored; without a known candidate the voice heard most is left out."""
    talk: dict[str, float] = {}
    for u in said:
        talk[u.speaker] = talk.get(u.speaker, 0.0) + (u.end_s or 0.0) - (u.start_s or 0.0)
    if len(talk) < 2:
        return []
    known = {u.speaker for u in said if u.role == "candidate"}
    main = known or {max(sorted(talk), key=lambda s: talk[s])}
    others = tuple(Interval(u.start_s or 0.0, u.end_s or 0.0, u.speaker) for u in said if u.speaker not in main)
    asked = all(u.role == "interviewer" for u in said if u.speaker not in main)
    detail = {"voices": float(len(talk)), "seconds": round(vad.total_s(others), 2)}
    flags = [Flag("other_voice", "info" if asked else "warning", detail, others)]
    if not known:
        flags.append(Flag("candidate_unknown", "warning", {"voices": float(len(talk))}))
    return flags


def _nothing(
    waveform: Waveform, speech: tuple[Interval, ...], language: str, probability: float | None, flags: tuple[Flag, ...]
) -> SpeechResult:
    transcript = Transcript(
        source="speech",
        language=language,
        language_probability=probability,
        utterances=(),
        duration_s=round(waveform.seconds, 3),
        speech_s=round(vad.total_s(speech), 3),
        coverage=0.0 if speech else None,
        confidence=None,
        engine=ENGINE,
        flags=flags,
    )
    return SpeechResult(transcript, 0, speech)


__all__ = ["ENGINE", "SpeechResult", "Window", "transcribe"]
