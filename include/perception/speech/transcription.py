"""The whole way from sound to a transcript with speakers and roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from include.interview.progress import Progress, silent
from include.interview.records import Flag, Interval, Transcript, Utterance, Word
from include.interview.scoring.sufficiency import LANGUAGES
from include.interview.transcript.languages import LANGUAGE_LEFT_OUT, SEVERAL_LANGUAGES, seconds_by_language
from include.perception.speech import roles, speakers, transcriber, vad, voices
from include.perception.speech.diarization import VoiceCount
from include.perception.speech.languages import CERTAIN_LANGUAGE, Spoken, spoken_languages
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
        language: the main one, "ko" or "en"; "auto" detects it among all languages Whisper knows. A stretch that is
            certainly of the other one is recognised in that, and one of a third language is left out.
        progress: called with the finished share.
        face_activity: intervals with `value` = mouth movement of the person on camera, if it was measured.
        one_voice: the sound is one person's own microphone: no voices are told apart.
        count: how many people speak, where that is known.

    Raises:
        ModelUnavailable: a weight file is missing.
        ValueError: an unknown language hint.
    """
    if language not in ("auto", *LANGUAGES):
        raise ValueError(f"language must be auto, ko or en, not {language!r}.")
    probabilities = vad.speech_probabilities(waveform, models.vad)
    speech = vad.speech_intervals(probabilities)
    progress(0.05, "listening for speech")
    given = None if language == "auto" else language
    if not speech:
        return _nothing(waveform, speech, given or "", None, (Flag("no_speech"),))
    spoken = spoken_languages(waveform, speech, probabilities, models, given)
    read = spoken.read
    windows = pack([i for i, _ in read], probabilities, len(waveform.samples), languages=[name for _, name in read])
    heard = transcriber.recognise(waveform, windows, models, lambda done, phrase="": progress(0.1 + 0.6 * done, phrase))
    words = trim_to_speech([w for h in heard for w in h.words], speech)
    languages = [w.language for w, h in zip(windows, heard, strict=True) for _ in h.words]
    flags = [*_language_flags(spoken), *_hearing_flags(heard)]
    probability = None if spoken.probability is None else round(spoken.probability, 4)
    if not words:
        return _nothing(waveform, speech, spoken.main, probability, (*flags, Flag("no_words")))
    if one_voice:
        said, diarized = [SpokenWord(w, _ONE_VOICE, name) for w, name in zip(words, languages, strict=True)], False
    else:
        said, diarized = _speakers(waveform, words, languages, speech, models, count)
    progress(0.95, "telling voices apart")
    first = utterances(said)
    who = roles.roles(first, face_activity)
    result = tuple(msgspec.structs.replace(u, role=who[u.speaker]) for u in first)
    transcript = Transcript(
        source="speech",
        language=_candidates_language(result, spoken),
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
    languages: Sequence[str],
    speech: Sequence[Interval],
    models: SpeechModels,
    count: VoiceCount | None,
) -> tuple[list[SpokenWord], bool]:
    several = voices.several_voices(waveform, speech, models)
    if several:
        turns = models.diarizer(waveform, count)
        if len(turns.speakers) > 1:
            return speakers.join(words, languages, turns.exclusive), True
    return [SpokenWord(w, _ONE_VOICE, name) for w, name in zip(words, languages, strict=True)], several


def _candidates_language(said: Sequence[Utterance], spoken: Spoken) -> str:
    """The language the candidate speaks most of the time; while nobody is known to be the candidate, the main one."""
    seconds = seconds_by_language(said, lambda u: u.role == "candidate")
    return max(seconds, key=lambda name: (seconds[name], name == spoken.main)) if seconds else spoken.main


def _language_flags(spoken: Spoken) -> list[Flag]:
    flags = []
    if spoken.probability is not None:
        detail = {"probability": round(spoken.probability, 4)} | {k: round(v, 4) for k, v in spoken.known.items()}
        if not spoken.supported:
            flags.append(Flag("language_unsupported", "warning", detail))
        elif spoken.probability < CERTAIN_LANGUAGE:
            flags.append(Flag("language_uncertain", "warning", detail))
    left_out = tuple(Interval(i.start_s, i.end_s, s.language) for s in spoken.left_out for i in s.intervals)
    if left_out:
        flags.append(Flag(LANGUAGE_LEFT_OUT, "warning", {"seconds": round(vad.total_s(left_out), 2)}, left_out))
    other = tuple(Interval(i.start_s, i.end_s, name) for i, name in spoken.read if name != spoken.main)
    if other:
        flags.append(Flag(SEVERAL_LANGUAGES, "info", {"seconds": round(vad.total_s(other), 2)}, other))
    return flags


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
