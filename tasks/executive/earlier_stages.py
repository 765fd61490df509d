"""What the earlier stages of an application give to the executive interview: words and cards that may be used.

A card that waits for a person or was withheld is not used, nor are the words it was made of; the reason is told.
"""

from __future__ import annotations

import hashlib

import msgspec

from include.interview.case import Case
from include.interview.entities import ArtifactRef, Interview
from include.interview.errors import ConsentMissing
from include.interview.preparation.open_matters import EarlierCard
from include.interview.preparation.records import HumanRating, Note
from include.interview.records import Bilingual, Opening, Record, Scorecard, Stage
from include.interview.stages import STAGES
from include.storage import Stores
from tasks.evaluation.card_standing import standing
from tasks.evaluation.consent_gate import consented_interview
from tasks.evaluation.outputs import PreparedCase, load

CASE_STEP = "case"
EARLIER: tuple[Stage, ...] = ("ai", "practical")


class EarlierStage(Record, frozen=True):
    """One earlier interview that may be used: its stored case, its published card, and what people rated it."""

    interview: Interview
    ref: ArtifactRef
    case: Case
    card: Scorecard
    ratings: tuple[HumanRating, ...] = ()

    @property
    def judged(self) -> EarlierCard:
        """The card with the rubric its criteria are named by."""
        return EarlierCard(self.case.stage, self.card, self.case.rubric)


class EarlierStages(Record, frozen=True):
    """The earlier interviews that may be used, in the order of the stages, and remarks on what is missing."""

    used: tuple[EarlierStage, ...]
    notes: tuple[Note, ...]


def newest_of(stores: Stores, interview: Interview, stage: Stage) -> Interview | None:
    """The newest interview of `stage` in the same application, its evaluated ones first; None without one."""
    listed = stores.interviews.list(interview.opening_id, interview.candidate_id)
    found = [one for one in listed if one.stage == stage and one.status != "erased"]
    published = [one for one in found if one.status == "published"]
    return next(reversed(published or found), None)


def earlier_stages(stores: Stores, interview: Interview) -> EarlierStages:
    """What stages 1 and 2 of the application left that `interview`, of any stage, is of. Reads are audit entries.

    Raises:
        NotFound: the candidate was erased. WrongKey, ServiceFailure: the stores cannot be used.
    """
    used: list[EarlierStage] = []
    notes: list[Note] = []
    for stage in EARLIER:
        found = newest_of(stores, interview, stage)
        code = "stage_missing" if found is None else _hindrance(stores, found)
        if found is None or code is not None:
            notes.append(note(code or "stage_missing", stage))
            continue
        one = _loaded(stores, found)
        used.append(one)
        notes += [note(code, stage) for code in _remarks(one, interview)]
    return EarlierStages(tuple(used), tuple(notes))


def usable(stores: Stores, interview_id: str) -> bool:
    """Whether the words of an earlier interview may be used now: consented to, and its card neither held nor open."""
    return _hindrance(stores, stores.interviews.get(interview_id)) is None


def _hindrance(stores: Stores, interview: Interview) -> str | None:
    """The code of why an interview may not be used; None when it may."""
    try:
        consented_interview(stores, interview.id)
    except ConsentMissing:
        return "consent_missing"
    state = standing(stores, interview).state
    if state != "shown":
        return f"card_{state}"
    evaluated = interview.status == "published" and stores.artifacts.list(interview.id, CASE_STEP)
    return None if evaluated else "not_evaluated"


def _loaded(stores: Stores, interview: Interview) -> EarlierStage:
    ref = stores.artifacts.list(interview.id, CASE_STEP)[-1]
    ratings = tuple(
        HumanRating(interview.stage, rating.criterion, sheet.rater_id, rating.level)
        for sheet in stores.ratings.list(interview.id)
        for rating in sheet.ratings
    )
    case = load(stores, ref, PreparedCase).case
    return EarlierStage(interview, ref, case, stores.scorecards.get(interview.id), ratings)


def _remarks(one: EarlierStage, interview: Interview) -> list[str]:
    found = []
    if one.card.status == "incomplete":
        found.append("card_incomplete")
    if one.card.profile != interview.profile:
        found.append("other_profile")
    return found


def standing_digest(stores: Stores, interview: Interview, opening: Opening) -> str:
    """SHA-256 (64 hex digits) of what a preparation rests on, without reading a word: ids, states, the opening."""
    parts: list[object] = [opening]
    for stage in EARLIER:
        one = newest_of(stores, interview, stage)
        refs = () if one is None else stores.artifacts.list(one.id, CASE_STEP)
        review = None if one is None else stores.reviews.newest(one.id)
        raters = [] if one is None else sorted(stores.ratings.rater_ids(one.id))
        hindrance = None if one is None else _hindrance(stores, one)
        newest = refs[-1].id if refs else None
        parts.append((stage, one and one.id, one and one.status, newest, review, raters, hindrance))
    parts.append(stores.prepared_questions.prepared_at(interview.id))
    return hashlib.sha256(msgspec.json.encode(parts, order="deterministic")).hexdigest()


def note(code: str, stage: Stage | None = None) -> Note:
    """The remark `code`, about `stage` where one is named."""
    name = _STAGES[stage] if stage else Bilingual("", "")
    texts = (_NOTES[code].text(language).format(stage=name.text(language)) for language in ("ko", "en"))
    return Note(code, Bilingual(*texts), stage)


_STAGES: dict[Stage, Bilingual] = {
    "ai": Bilingual("AI 면접", "AI interview"),
    "practical": Bilingual("실무 면접", "practical interview"),
    "executive": Bilingual("임원 면접", "executive interview"),
}
assert set(_STAGES) == set(STAGES)  # noqa: S101 - a stage without a name would stop a run halfway

_NOTES: dict[str, Bilingual] = {
    "opening_only": Bilingual(
        "앞선 면접이 없어 공고와 평가 기준만으로 질문을 썼습니다.",
        "There are no earlier stages: the questions rest on the opening and the rubric alone.",
    ),
    "stage_missing": Bilingual("{stage} 기록이 없습니다.", "There is no {stage} yet."),
    "not_evaluated": Bilingual(
        "{stage} 평가가 아직 끝나지 않아 쓰지 않았습니다.", "The {stage} is not evaluated yet and was not used."
    ),
    "consent_missing": Bilingual(
        "{stage} 기록을 쓰는 데 필요한 지원자의 동의가 없어 쓰지 않았습니다.",
        "The candidate's consent for the {stage} is missing, so it was not used.",
    ),
    "card_withheld": Bilingual(
        "{stage} 평가표가 보류되어 그 면접의 내용은 쓰지 않았습니다.",
        "The card of the {stage} was withheld: nothing of that interview was used.",
    ),
    "card_under_review": Bilingual(
        "{stage} 평가표를 담당자가 검토 중이어서 그 면접의 내용은 쓰지 않았습니다.",
        "The card of the {stage} is under review: nothing of that interview was used.",
    ),
    "card_incomplete": Bilingual(
        "{stage} 평가표에 판단하지 못한 기준이 있습니다.", "Some criteria of the {stage} could not be judged."
    ),
    "other_profile": Bilingual(
        "{stage} 평가에는 다른 정책 프로필이 적용되었습니다. 열려 있는 점만 참고했습니다.",
        "The {stage} was judged under another policy profile; only what it left open was used.",
    ),
    "documents_missing": Bilingual(
        "이력서나 자기소개서가 없어 문서에 관한 질문은 없습니다.",
        "No résumé or cover letter was handed in, so no question is about documents.",
    ),
    "values_missing": Bilingual(
        "공고에 적힌 가치가 없어 ‘가치와 조직 기여’에 대한 질문은 쓰지 않았습니다. 공고의 values에 적어 주세요.",
        "The opening has no written values, so nothing is asked about culture fit. Write them under its `values`.",
    ),
}
