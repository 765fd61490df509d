"""The words in which prepared questions and their reasons are put, read once from `prepared_questions.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from include.interview.assessment.rubric import Rubric
from include.interview.preparation.records import Matter, MatterCode, QuestionReason
from include.interview.records import Bilingual, DocumentKind, Stage
from include.judgement.lexicon_reading import read_lexicon

WORDINGS_FILE = Path(__file__).resolve().parents[1] / "lexicon" / "prepared_questions.yaml"


class FacetWording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One facet of an executive criterion: how it is named and recognised, and how it is asked for."""

    id: str
    name: Bilingual
    anchor: int
    cues: tuple[str, ...]
    plain: Bilingual
    about: Bilingual | None = None
    value: Bilingual | None = None
    value_particle: str = ""


class Mention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a question points back at what was said: by a short sentence of the candidate, or by a topic."""

    quote: Bilingual
    topic: Bilingual
    particle: str


class Wordings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All wordings; `facets`: executive criterion -> its facets."""

    mention: Mention
    facets: dict[str, tuple[FacetWording, ...]]
    contradiction: Bilingual
    claim: Bilingual
    competency: Bilingual
    documents: dict[DocumentKind, Bilingual]
    stages: dict[Stage, Bilingual]
    why: dict[MatterCode, Bilingual]


@cache
def wordings() -> Wordings:
    """The wordings; the same object each time."""
    return read_lexicon(WORDINGS_FILE, Wordings)


def facet_wording(criterion: str, facet: str) -> FacetWording:
    """The wording of `facet` of `criterion`.

    Raises:
        KeyError: there is none.
    """
    for wording in wordings().facets[criterion]:
        if wording.id == facet:
            return wording
    raise KeyError(facet)


def reason_for(matter: Matter, rubric: Rubric) -> QuestionReason:
    """Why `matter` is worth a question, in both languages. It names no score. `rubric` is the executive one."""
    criterion = rubric.criterion(matter.criterion).name
    about = matter.about or criterion
    stage = None if matter.stage is None else wordings().stages[matter.stage]
    texts = (
        wordings().why[matter.code].text(language).format(
            stage="" if stage is None else stage.text(language),
            about=about.text(language),
            criterion=criterion.text(language),
            anchor=matter.anchor,
        )
        for language in ("ko", "en")
    )  # fmt: skip
    return QuestionReason(matter.code, Bilingual(*texts))
