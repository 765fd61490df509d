"""The language gate: when the record of what was said is too poor to judge words, no score is given.

A gate protects the speaker: a bad microphone or an unknown language must not read as bad answers.
"""

from __future__ import annotations

import math

from include.interview.assessment.rubric import Criterion
from include.interview.records import Bilingual, Insufficiency, Opening, Transcript
from include.interview.transcript.text import candidate_utterances, candidate_words

MIN_WORD_PROBABILITY = 0.5
"""Least mean word probability (0..1). The recogniser's own probability of its words: Whisper base gives
clear read speech 0.82 (Korean) to 0.95 (English), and below one half it doubts most of its words itself."""
MIN_WORD_COVERAGE = 0.5
"""Least share of voiced time that has words (0..1): with more than half of the speech unrecognised, what remains is
not what the candidate said."""
MIN_LANGUAGE_PROBABILITY = 0.5
"""Least probability of the detected language (0..1)."""
NO_VALUES = "no_values"
"""Code: a criterion is judged against the opening's values, and the opening states none."""
NO_KEYWORDS = "no_keywords"
"""Code: the use of the opening's key concepts is judged, and the opening names none."""
KEYWORD_CRITERION = "keyword_match"
"""The criterion that is about the opening's keywords."""
LANGUAGES = ("ko", "en")
"""Languages the rubrics, lexicons and judges are written for."""
EOJEOL_PER_ENGLISH_WORD = 0.65
"""Korean eojeol for one English word of the same content: particles and endings join the noun or verb, so that
parallel texts have about two eojeol to three English words."""


def required_words(criterion: Criterion, language: str) -> int:
    """The least number of candidate words for `criterion`, counted as the language counts words."""
    if language == "ko":
        return math.ceil(criterion.min_words * EOJEOL_PER_ENGLISH_WORD)
    return criterion.min_words


def word_gate(transcript: Transcript) -> Insufficiency | None:
    """None when the words may be judged, else the reason for all criteria that read words.

    Codes: `no_words`, `unsupported_language`, `language_uncertain`, `low_confidence`, `low_word_coverage`. Typed
    transcripts have no recogniser and pass the last three. The share reached stands in `coverage`.
    """
    if candidate_words(transcript) == 0:
        return Insufficiency(
            "no_words",
            Bilingual(
                ko="지원자가 한 말을 찾을 수 없습니다.",
                en="No words of the candidate were found.",
            ),
            coverage=0.0,
        )
    if transcript.language not in LANGUAGES:
        return Insufficiency(
            "unsupported_language",
            Bilingual(
                ko="말한 언어가 한국어도 영어도 아니어서 말을 평가하지 않습니다.",
                en="The language spoken is neither Korean nor English, so the words are not judged.",
            ),
        )
    if transcript.source == "text":
        return None
    return _recognition_gate(transcript)


def _recognition_gate(transcript: Transcript) -> Insufficiency | None:
    certainty = transcript.language_probability
    if certainty is not None and certainty < MIN_LANGUAGE_PROBABILITY:
        return Insufficiency(
            "language_uncertain",
            Bilingual(
                ko=f"말한 언어가 확실하지 않습니다(확률 {certainty:.2f}, 필요 {MIN_LANGUAGE_PROBABILITY:.2f}).",
                en=f"The language spoken is not certain (probability {certainty:.2f}, "
                f"{MIN_LANGUAGE_PROBABILITY:.2f} needed).",
            ),
            coverage=certainty,
        )
    confidence = _confidence(transcript)
    if confidence is not None and confidence < MIN_WORD_PROBABILITY:
        return Insufficiency(
            "low_confidence",
            Bilingual(
                ko=f"말을 잘 알아듣지 못했습니다(낱말 평균 확률 {confidence:.2f}, 필요 {MIN_WORD_PROBABILITY:.2f}).",
                en=f"The speech was not recognised well enough (mean word probability {confidence:.2f}, "
                f"{MIN_WORD_PROBABILITY:.2f} needed).",
            ),
            coverage=confidence,
        )
    covered = transcript.coverage
    if covered is not None and covered < MIN_WORD_COVERAGE:
        return Insufficiency(
            "low_word_coverage",
            Bilingual(
                ko=f"말소리의 {covered:.0%}만 글로 옮길 수 있었습니다(필요 {MIN_WORD_COVERAGE:.0%}).",
                en=f"Only {covered:.0%} of the speech could be written down ({MIN_WORD_COVERAGE:.0%} needed).",
            ),
            coverage=covered,
        )
    return None


def _confidence(transcript: Transcript) -> float | None:
    """Mean probability of the candidate's words; the transcript's own figure when words carry none."""
    probabilities = [w.probability for u in candidate_utterances(transcript) for w in u.words]
    return math.fsum(probabilities) / len(probabilities) if probabilities else transcript.confidence


def words_insufficient(criterion: Criterion, transcript: Transcript) -> Insufficiency | None:
    """The reason why `criterion` cannot be judged from these words: the gate, or too few words (`too_few_words`).

    None when it can, and for criteria that read no words. `coverage` is the share of the words needed.
    """
    if not criterion.reads_words:
        return None
    gate = word_gate(transcript)
    if gate is not None:
        return gate
    said, needed = candidate_words(transcript), required_words(criterion, transcript.language)
    if said >= needed:
        return None
    return Insufficiency(
        "too_few_words",
        Bilingual(
            ko=f"지원자가 {said}어절을 말했습니다. 이 평가 항목을 판단하려면 {needed}어절 이상이 필요합니다.",
            en=f"The candidate said {said} words; at least {needed} are needed to judge this criterion.",
        ),
        coverage=said / needed,
    )


def values_missing(criterion: Criterion, opening: Opening) -> Insufficiency | None:
    """The reason why `criterion` cannot be judged for `opening`: it is judged against written values, and none are.

    None when it can (code `no_values`). What nobody wrote down, nobody may be measured by.
    """
    if "values" not in criterion.inputs or opening.values:
        return None
    return Insufficiency(
        NO_VALUES,
        Bilingual(
            ko="공고에 조직의 가치가 적혀 있지 않아 이 평가 항목을 평가하지 않습니다.",
            en="The opening states no values, so this criterion is not judged.",
        ),
    )


def keywords_missing(criterion: Criterion, opening: Opening) -> Insufficiency | None:
    """The reason why `criterion` cannot be judged for `opening`: it is about its key concepts, and it names none.

    None when it can (code `no_keywords`).
    """
    if criterion.id != KEYWORD_CRITERION or opening.keywords:
        return None
    return Insufficiency(
        NO_KEYWORDS,
        Bilingual(
            ko="공고에 핵심 개념이 적혀 있지 않아 이 평가 항목을 평가하지 않습니다.",
            en="The opening names no key concepts, so this criterion is not judged.",
        ),
    )


def not_written(criterion: Criterion, opening: Opening) -> Insufficiency | None:
    """The reason why `criterion` cannot be judged for lack of what `opening` must state; None when nothing lacks."""
    return values_missing(criterion, opening) or keywords_missing(criterion, opening)
