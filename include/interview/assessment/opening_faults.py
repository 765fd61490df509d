"""What does not fit together in an opening: every fault with its place, in both languages."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from include.interview.assessment.policy import profile_ids
from include.interview.assessment.question_map import known_criteria, mapped_criteria
from include.interview.errors import BadInput
from include.interview.intake.faults import FieldFault
from include.interview.intake.identifiers import MAX_ID, checked_id
from include.interview.records import Bilingual, Opening
from include.interview.stages import STAGES

MAX_VALUES = 20
"""More than a candidate can know, or an interview ask about."""
MAX_VALUE_CHARS = 500
MAX_PLACES = 10_000
"""More than anybody hires by one opening; a larger number is a slip of the keyboard."""


def opening_faults(opening: Opening) -> Iterator[FieldFault]:
    """Every fault of an opening whose fields have the right types; none when it can be used."""
    for field, text in (("title", opening.title), ("description", opening.description)):
        if not (text.ko and text.en):
            yield _fault(field, "비어 있습니다.", "must not be empty")
    if opening.profile not in profile_ids():
        known = ", ".join(profile_ids())
        yield _fault("profile", f"없는 프로필입니다. 있는 것: {known}.", f"unknown profile, known are {known}")
    yield from _ids(opening)
    yield from _weights(opening)
    yield from _questions(opening)
    for place, keyword in enumerate(opening.keywords):
        if not keyword.term.strip():
            yield _fault(f"keywords[{place}]", "빈 핵심 개념입니다.", "a keyword is empty")
    yield from _values(opening)
    yield from _scales(opening)
    if not 1 <= opening.places <= MAX_PLACES:
        yield _fault(
            "places",
            f"뽑을 사람 수를 1에서 {MAX_PLACES}까지 적어 주세요.",
            f"places is {opening.places}, write how many people are sought, from 1 to {MAX_PLACES}",
        )


def _fault(field: str, ko: str, en: str) -> FieldFault:
    return FieldFault(field, Bilingual(ko=ko, en=en))


def _ids(opening: Opening) -> Iterator[FieldFault]:
    named: list[tuple[str, str]] = [("id", opening.id)]
    groups = (("competencies", "competency", opening.competencies), ("questions", "question", opening.questions))
    for field, what, entries in groups:
        ids = [entry.id for entry in entries]
        named += [(f"{field}[{place}].id", one) for place, one in enumerate(ids)]
        yield from _twice(field, f"{what} id", ids)
    for field, one in named:
        try:
            checked_id(one, "It")
        except BadInput as error:
            ko = f"식별자로 쓸 수 없습니다. 영문자나 한글, 숫자, '-', '_', '.'으로 {MAX_ID}자까지 적어 주세요."
            yield _fault(field, ko, str(error).replace("It is not an id", "not an id", 1))


def _twice(field: str, what: str, entries: Sequence[str]) -> Iterator[FieldFault]:
    for entry in sorted({one for one in entries if entries.count(one) > 1}):
        yield _fault(field, f"{entry!r}: 두 번 나옵니다.", f"the {what} {entry!r} occurs twice")


def _questions(opening: Opening) -> Iterator[FieldFault]:
    known = {c.id for c in opening.competencies}
    for place, question in enumerate(opening.questions):
        for competency in question.competencies:
            if competency not in known:
                ko, en = f"없는 역량입니다: {competency!r}.", f"names the unknown competency {competency!r}"
                yield _fault(f"questions[{place}].competencies", ko, en)
        for criterion in question.criteria or ():
            if criterion not in mapped_criteria():
                known_ids = ", ".join(mapped_criteria())
                ko = f"질문에 연결할 수 없는 평가 항목입니다: {criterion!r}. 연결할 수 있는 것: {known_ids}."
                en = f"names the criterion {criterion!r}, which reads no mapped answers; known are {known_ids}"
                yield _fault(f"questions[{place}].criteria", ko, en)
        if not (question.text.ko.strip() and question.text.en.strip()):
            yield _fault(f"questions[{place}].text", "비어 있습니다.", "the question has no text")


def _values(opening: Opening) -> Iterator[FieldFault]:
    if len(opening.values) > MAX_VALUES:
        ko = f"{MAX_VALUES}개까지 적을 수 있습니다."
        yield _fault("values", ko, f"there are more than {MAX_VALUES}, name those that candidates are asked about")
    for place, value in enumerate(opening.values):
        if not (value.ko.strip() and value.en.strip()):
            yield _fault(
                f"values[{place}]", "한 언어의 글이 비어 있습니다.", f"value {place + 1} is empty in one language"
            )
        if max(len(value.ko), len(value.en)) > MAX_VALUE_CHARS:
            ko = f"{MAX_VALUE_CHARS}자까지 적을 수 있습니다. 한 문장이면 됩니다."
            en = f"value {place + 1} has more than {MAX_VALUE_CHARS} characters, one sentence is enough"
            yield _fault(f"values[{place}]", ko, en)
    yield from _twice("values", "value", [value.ko for value in opening.values])


def _scales(opening: Opening) -> Iterator[FieldFault]:
    for criterion, scale in (opening.judge_scales.scales if opening.judge_scales else {}).items():
        if not (math.isfinite(scale.centre) and math.isfinite(scale.width) and scale.width > 0):
            ko, en = "중심은 유한한 수, 폭은 0보다 큰 수여야 합니다.", "needs a finite centre and a width above 0"
            yield _fault(f"judge_scales.scales.{criterion}", ko, en)
        if criterion not in known_criteria():
            ko = f"없는 평가 항목입니다: {criterion!r}."
            yield _fault(f"judge_scales.scales.{criterion}", ko, f"names the unknown criterion {criterion!r}")


def _weights(opening: Opening) -> Iterator[FieldFault]:
    for field, given in (("stage_weights", opening.stage_weights), ("rubric_versions", opening.rubric_versions)):
        if not set(given) <= set(STAGES):
            stages = ", ".join(sorted(STAGES))
            yield _fault(field, f"다음 단계만 쓸 수 있습니다: {stages}.", f"may name only {stages}")
    for name, weights in (
        ("competencies", [c.weight for c in opening.competencies]),
        ("keywords", [k.weight for k in opening.keywords]),
    ):
        if not _all_finite(weights) or min(weights, default=1.0) <= 0:
            yield _fault(name, "가중치는 0보다 커야 합니다.", "weights must be above 0")
    stage = list(opening.stage_weights.values())
    if not _all_finite(stage) or min(stage, default=0.0) < 0 or sum(stage) <= 0:
        ko = "가중치는 음수일 수 없고, 하나 이상은 0보다 커야 합니다."
        yield _fault("stage_weights", ko, "must not be negative and need at least one above 0")


def _all_finite(weights: Iterable[float]) -> bool:
    return all(math.isfinite(weight) for weight in weights)
