"""Review rules: when a person must look before a card counts.

Integrity signals (another voice, another face, a reading-like gaze) are information on the card and never a reason:
a flatmate in the background says nothing about an answer. A measured face that does not speak is one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal, get_args

import msgspec

from include.interview.assessment.policy import Profile
from include.interview.assessment.rubric import LEVELS
from include.interview.records import (
    Bilingual,
    CriterionScore,
    Flag,
    Judgement,
    Record,
    ReviewReason,
    Scorecard,
    Transcript,
)
from include.interview.scoring.language_reasons import language_reasons
from include.interview.scoring.sufficiency import LANGUAGES, NO_KEYWORDS, NO_VALUES

MAX_SEM_LEVELS = 1.0
"""Largest standard error of a level that needs no person, in levels: beyond it neighbouring anchors cannot be told
apart even roughly."""
MAX_RANGE_LEVELS = 1.5
"""Largest distance between two judgements of the same words, in levels. Adjacent anchors are ordinary disagreement of
trained raters; more than one and a half is two different readings of the answer."""
MIN_COMPONENT_COVERAGE = 0.5
"""Least mean coverage of the measures a scored criterion was made of: below, most of the interview was not observed."""
MIN_REVIEW_CONFIDENCE = 0.65
"""Mean word probability below which quotes may be misheard though the language gate (0.5) still passed."""
MIN_REVIEW_WORD_COVERAGE = 0.7
"""Share of voiced time with words below which answers may be cut though the language gate (0.5) still passed."""
INJECTION_FLAG = "injection_suspected"
NOBODY_SEEN_SPEAKING = frozenset({"not_speaking_face", "other_face", "repeated_picture"})
"""Reasons without a level that say that the measured face is not one that is seen to speak."""
ASKED, PUBLISH, WITHHOLD = "asked", "publish", "withhold"
"""Where a review stands: a person was asked, and what that person answered."""
ReviewGround = Literal[
    "evidence_supports_card",
    "evidence_does_not_support_card",
    "recording_unusable",
    "injection_confirmed",
    "candidate_contested",
]
"""Codes of the grounds a reviewer may give for an answer."""
REVIEW_GROUNDS: tuple[ReviewGround, ...] = get_args(ReviewGround)
ReviewDecision = Literal["publish", "withhold"]
"""What a reviewer may answer: `PUBLISH` or `WITHHOLD`."""
REVIEW_DECISIONS: tuple[ReviewDecision, ...] = get_args(ReviewDecision)
CONTRADICTORY: frozenset[tuple[ReviewDecision, ReviewGround]] = frozenset(
    {
        ("publish", "evidence_does_not_support_card"),
        ("publish", "recording_unusable"),
        ("withhold", "evidence_supports_card"),
    }
)
"""Answers whose ground says the opposite of the decision."""

_LEVEL_SPAN = float(LEVELS[-1] - LEVELS[0])


class Standing(Record, frozen=True):
    """Whether the cards of an interview may be shown. `ground`: the reviewer's code for withholding them.

    "rate_first": the reader conducts the interview and has not rated it yet.
    """

    state: Literal["shown", "under_review", "withheld", "rate_first"]
    ground: str | None = None

    def visible(self, *, reviewing: bool) -> bool:
        """True when somebody may see the card; `reviewing`: that person may answer its review."""
        return self.state == "shown" or (self.state == "under_review" and reviewing)


SHOWN, UNDER_REVIEW, RATE_FIRST = Standing("shown"), Standing("under_review"), Standing("rate_first")


def standing_of(
    status: str, reasons: Sequence[ReviewReason], review: str | None, *, rates_first: bool = False
) -> Standing:
    """Whether the cards of an interview may be shown, live or offline: the one rule for both.

    Who conducts the interview under `blind_first` sees none, published or not, before having rated it. A published
    card is shown. Before that, a card is shown only when no rule asks for a person and nobody was asked; a card that a
    person withheld stays withheld until a person is asked again.

    Args:
        status: the interview's.
        reasons: why a person must look, of every card that would be shown.
        review: the newest of the interview's reviews: `ASKED`, an answer ("publish:<ground>", "withhold:<ground>"), or
            None when nobody was ever asked.
        rates_first: whether the reader has yet to rate the interview.
    """
    if rates_first:
        return RATE_FIRST
    if status == "published":
        return SHOWN
    answer, _, ground = (review or "").partition(":")
    if answer == WITHHOLD:
        return Standing("withheld", ground or None)
    return UNDER_REVIEW if status == "review" or answer == ASKED or reasons else SHOWN


def review_reasons(
    card: Scorecard,
    judgements: Sequence[Judgement] = (),
    *,
    transcript: Transcript | None = None,
    flags: Iterable[Flag] = (),
    profile: Profile | None = None,
) -> tuple[ReviewReason, ...]:
    """The reasons why a person must look at `card`, none twice; empty when no rule asks.

    `judgements` are added to those on the card's lines. Codes: `injection_suspected`, `unsupported_language`,
    `low_confidence`, `low_word_coverage`, `several_languages`, `language_left_out`, `sound_not_read` (transcript),
    `low_agreement`, `low_coverage`, `no_values`, `no_keywords`, `not_speaking_face`, `other_face`, `repeated_picture`
    (criterion), `policy` (a profile that asks for a person for every card).
    """
    everyone = [*judgements, *(j for line in card.criteria for j in line.judgements if j not in judgements)]
    found = [
        *_policy(profile),
        *_injection(everyone, transcript, flags),
        *(_transcript_reasons(transcript) if transcript is not None else ()),
        *(language_reasons(transcript) if transcript is not None else ()),
    ]
    for line in card.criteria:
        runs = [j for j in everyone if j.criterion == line.criterion]
        found.extend(_line_reasons(line, runs))
    unique: list[ReviewReason] = []
    for reason in found:
        if reason not in unique:
            unique.append(reason)
    return tuple(unique)


def _policy(profile: Profile | None) -> list[ReviewReason]:
    if profile is None or not profile.review_every_card:
        return []
    text = Bilingual(
        ko=f"정책 '{profile.name.ko}'에서는 모든 평가표를 사람이 확인한 뒤에 공개합니다.",
        en=f"Under the policy profile '{profile.name.en}' a person looks at every card before it is published.",
    )
    return [ReviewReason("policy", text)]


def with_review(card: Scorecard, reasons: Sequence[ReviewReason]) -> Scorecard:
    """The same card with `reasons`; any reason makes a human decision required."""
    required = card.human_decision_required or bool(reasons)
    return msgspec.structs.replace(card, review=tuple(reasons), human_decision_required=required)


def _injection(
    judgements: Sequence[Judgement], transcript: Transcript | None, flags: Iterable[Flag]
) -> list[ReviewReason]:
    carried = [*flags, *(transcript.flags if transcript is not None else ()), *(f for j in judgements for f in j.flags)]
    if not any(flag.code == INJECTION_FLAG for flag in carried):
        return []
    text = Bilingual(
        ko="말한 내용에 평가 프로그램에 대한 지시로 보이는 부분이 있습니다. 사람이 기록을 확인해야 합니다.",
        en="Something said looks like an instruction to the evaluating program. A person must read the transcript.",
    )
    return [ReviewReason(INJECTION_FLAG, text)]


def _transcript_reasons(transcript: Transcript) -> list[ReviewReason]:
    found = []
    if transcript.utterances and transcript.language not in LANGUAGES:
        text = Bilingual(
            ko="말한 언어가 한국어도 영어도 아닙니다. 그 언어를 아는 사람이 평가해야 합니다.",
            en="The language spoken is neither Korean nor English. A person who knows it must judge.",
        )
        found.append(ReviewReason("unsupported_language", text))
    found.extend(_not_read(transcript))
    confidence, covered = transcript.confidence, transcript.coverage
    if confidence is not None and confidence < MIN_REVIEW_CONFIDENCE:
        text = Bilingual(
            ko=f"음성 인식의 낱말 평균 확률이 {confidence:.2f}로 낮습니다. 인용문을 녹음과 대조해야 합니다.",
            en=f"The recogniser's mean word probability is low ({confidence:.2f}). Check quotes by ear.",
        )
        found.append(ReviewReason("low_confidence", text))
    if covered is not None and covered < MIN_REVIEW_WORD_COVERAGE:
        text = Bilingual(
            ko=f"말소리의 {covered:.0%}만 글로 옮겨졌습니다. 빠진 말이 있는지 확인해야 합니다.",
            en=f"Only {covered:.0%} of the speech was written down. Check for words that are missing.",
        )
        found.append(ReviewReason("low_word_coverage", text))
    return found


def _not_read(transcript: Transcript) -> list[ReviewReason]:
    """Sound of the file that was not heard: its time goes back, or it lies behind the end that the file states."""
    seconds = sum(f.detail.get("seconds", 0.0) for f in transcript.flags if f.code == "sound_not_read")
    if not seconds:
        return []
    text = Bilingual(
        ko=f"파일 안에서 시간이 되돌아가거나 적힌 길이를 넘어, 소리 {seconds:.0f}초를 듣지 못했습니다. "
        "파일을 나누어 다시 올리거나 사람이 들어야 합니다.",
        en=f"{seconds:.0f} s of the file's sound were not heard: its time goes back, or exceeds the length the file "
        "states. Upload its parts as files of their own, or let a person listen.",
    )
    return [ReviewReason("sound_not_read", text)]


def _range(runs: Sequence[Judgement]) -> float:
    """Widest distance between levels of judgements of the same kind of input, in levels."""
    widest = 0.0
    for rules in (True, False):
        levels = [j.level for j in runs if j.level is not None and (j.judge.kind == "rules") is rules]
        if levels:
            widest = max(widest, max(levels) - min(levels))
    return widest


def _component_coverage(runs: Sequence[Judgement]) -> float | None:
    coverages = [m.coverage for j in runs for m in j.components]
    return math.fsum(coverages) / len(coverages) if coverages else None


def _line_reasons(line: CriterionScore, runs: Sequence[Judgement]) -> list[ReviewReason]:
    if line.status == "disabled":
        return []
    if line.status == "insufficient":
        return _insufficient(line)
    found = []
    spread, sem = _range(runs), (line.sem or 0.0) * _LEVEL_SPAN
    if spread > MAX_RANGE_LEVELS:
        text = Bilingual(
            ko=f"같은 답변에 대한 판단이 {spread:.1f}수준이나 다릅니다. 사람이 근거를 비교해야 합니다.",
            en=f"Judgements of the same answers are {spread:.1f} levels apart. A person must compare their evidence.",
        )
        found.append(ReviewReason("low_agreement", text, line.criterion))
    elif sem > MAX_SEM_LEVELS:
        text = Bilingual(
            ko=f"수준이 확실하지 않습니다(표준오차 {sem:.1f}수준). 사람이 답변을 확인해야 합니다.",
            en=f"The level is uncertain (standard error {sem:.1f} levels). A person must look at the answers.",
        )
        found.append(ReviewReason("low_agreement", text, line.criterion))
    covered = _component_coverage(runs)
    if covered is not None and covered < MIN_COMPONENT_COVERAGE:
        text = Bilingual(
            ko=f"면접 시간의 {covered:.0%}만 관찰하여 매긴 점수입니다. 나머지를 사람이 확인해야 합니다.",
            en=f"The score rests on {covered:.0%} of the interview. A person must look at the rest.",
        )
        found.append(ReviewReason("low_coverage", text, line.criterion))
    return found


def _insufficient(line: CriterionScore) -> list[ReviewReason]:
    if line.reason is not None and line.reason.code == "outside_scope":
        return []  # not asked for on this card
    why = (
        line.reason.text if line.reason is not None else Bilingual("이유가 기록되지 않았습니다.", "No reason recorded.")
    )
    if line.reason is not None and line.reason.code == NO_VALUES:
        text = Bilingual(
            ko=f"{why.ko} 공고에 가치를 적은 뒤 다시 평가하거나, 이 기준 없이 공개할지 사람이 정해야 합니다.",
            en=f"{why.en} Write them down and evaluate again, or let a person decide to publish without it.",
        )
        return [ReviewReason(NO_VALUES, text, line.criterion)]
    if line.reason is not None and line.reason.code == NO_KEYWORDS:
        text = Bilingual(
            ko=f"{why.ko} 공고에 핵심 개념을 적은 뒤 다시 평가하거나, 이 기준 없이 공개할지 사람이 정해야 합니다.",
            en=f"{why.en} Write them down and evaluate again, or let a person decide to publish without it.",
        )
        return [ReviewReason(NO_KEYWORDS, text, line.criterion)]
    if line.reason is not None and line.reason.code in NOBODY_SEEN_SPEAKING:
        return [ReviewReason(line.reason.code, why, line.criterion)]
    text = Bilingual(
        ko=f"점수를 매기지 못한 기준이 있습니다. {why.ko} 사람이 평가하거나 자료를 다시 받아야 합니다.",
        en=f"A criterion could not be scored. {why.en} A person must judge it, or ask for a new recording.",
    )
    return [ReviewReason("low_coverage", text, line.criterion)]
