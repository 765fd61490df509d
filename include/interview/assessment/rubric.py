"""Rubrics: what is judged, from which inputs, by whom, and what each level looks like.

The texts live in `include/interview/rubrics/<stage>.v<version>.yaml`. They are shown to candidates, given to the
judge model and embedded by the offline judge, so a changed word is a new version.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from include.interview.errors import BadInput, NotFound
from include.interview.records import Bilingual, Opening, Record, Stage
from include.interview.stages import STAGES

Input = Literal["transcript", "documents", "values", "voice", "face", "body", "hands"]
"""`values`: those that the opening states; a criterion that reads them is not judged where none are written."""
JudgeKind = Literal["model", "rules", "mix"]
Scope = Literal["mapped", "all"]
"""`all`: every answer is read; `mapped`: those to the questions that feed the criterion, where the opening has any."""

RUBRICS_DIR = Path(__file__).resolve().parents[1] / "rubrics"
LEVELS = (1, 2, 3, 4, 5)
"""The anchored levels of every criterion (behaviourally anchored rating scale, Smith & Kendall 1963)."""
FULL_POINTS = 100.0
"""Points of all criteria of one stage together."""
WORD_INPUTS = frozenset({"transcript", "documents", "values"})
"""Inputs that are words: they need neither camera nor microphone."""


class Anchor(Record, frozen=True):
    """What level `level` looks like: observable behaviour, in both languages."""

    level: int
    text: Bilingual


class Criterion(Record, frozen=True):
    """One criterion of a stage.

    `judge`: "model" = the configured Judge reads the words; "rules" = documented rules over measurements;
    "mix" = both, with the shares in `mix` (keys "model" and "rules", summing to 1). The two parts of a mix arrive as
    separate judgements (`judge.kind == "rules"` is the rules part) or joined with both levels in the components.
    `min_words`: with fewer words of the candidate (English words; see `scoring.required_words`) the criterion is
    insufficient. 0 for criteria that do not read words. `subtitle`: what is really measured, in a few words; None in
    rubrics that have none. `min_answers`: with fewer answers to the criterion's questions it is insufficient (scope
    `mapped` only).
    """

    id: str
    name: Bilingual
    description: Bilingual
    points: float
    inputs: tuple[Input, ...]
    judge: JudgeKind
    anchors: tuple[Anchor, ...]
    mix: dict[str, float] = msgspec.field(default_factory=dict)
    min_words: int = 0
    subtitle: Bilingual | None = None
    scope: Scope = "all"
    min_answers: int = 0

    @property
    def word_based(self) -> bool:
        """True when the criterion is scorable from a transcript (and documents) alone.

        A profile may add to these by its `words_only` list: ask `Profile.judged_from_words`.
        """
        return "transcript" in self.inputs and set(self.inputs) <= WORD_INPUTS

    @property
    def reads_words(self) -> bool:
        """True when the transcript is among the inputs: the language gate then applies."""
        return "transcript" in self.inputs

    def anchor(self, level: int) -> Anchor:
        """The anchor of `level` (1..5).

        Raises:
            NotFound: no such level.
        """
        for anchor in self.anchors:
            if anchor.level == level:
                return anchor
        raise NotFound(f"Criterion {self.id!r} has no level {level}.", "Levels are 1 to 5.")


class Rubric(Record, frozen=True):
    """All criteria of one stage; their points sum to 100."""

    stage: Stage
    version: str
    name: Bilingual
    criteria: tuple[Criterion, ...]

    def criterion(self, id: str) -> Criterion:  # noqa: A002 - the contract's name
        """The criterion called `id`.

        Raises:
            NotFound: the rubric has no such criterion.
        """
        for criterion in self.criteria:
            if criterion.id == id:
                return criterion
        known = ", ".join(c.id for c in self.criteria)
        raise NotFound(f"The {self.stage} rubric has no criterion {id!r}.", f"It has: {known}.")


def _check(rubric: Rubric, source: str) -> None:
    ids = [c.id for c in rubric.criteria]
    if len(set(ids)) != len(ids):
        raise BadInput(f"{source}: a criterion id occurs twice.")
    total = sum(c.points for c in rubric.criteria)
    if abs(total - FULL_POINTS) > 1e-9:
        raise BadInput(f"{source}: points sum to {total:g}, not {FULL_POINTS:g}.")
    for c in rubric.criteria:
        if tuple(a.level for a in c.anchors) != LEVELS:
            raise BadInput(f"{source}: criterion {c.id!r} must anchor the levels 1 to 5 in order.")
        if c.points <= 0:
            raise BadInput(f"{source}: criterion {c.id!r} must have points above 0.")
        if (c.scope == "mapped") != (c.min_answers > 0):
            raise BadInput(f"{source}: criterion {c.id!r} must say min_answers if its scope is mapped, only then.")
        mixed = set(c.mix) == {"model", "rules"} and abs(sum(c.mix.values()) - 1.0) < 1e-9 and min(c.mix.values()) > 0
        if (c.judge == "mix") != mixed or (c.judge != "mix" and c.mix):
            raise BadInput(f"{source}: criterion {c.id!r} must give shares for model and rules that sum to 1, or none.")


def parse_rubric(data: bytes, source: str) -> Rubric:
    """A rubric from YAML bytes. `source` names the file in errors.

    Raises:
        BadInput: not YAML, a field missing or of the wrong kind, points not summing to 100, levels not 1..5.
    """
    try:
        rubric = msgspec.yaml.decode(data, type=Rubric)
    except msgspec.MsgspecError as error:
        raise BadInput(f"{source}: {error}.") from error
    _check(rubric, source)
    return rubric


@cache
def load_rubric(stage: Stage, version: str) -> Rubric:
    """The packaged rubric of `stage` in `version`; the same object each time.

    Raises:
        NotFound: there is no such rubric.
    """
    path = RUBRICS_DIR / f"{stage}.v{version}.yaml"
    if path.name not in {p.name for p in RUBRICS_DIR.glob("*.yaml")}:
        known = ", ".join(sorted(p.stem for p in RUBRICS_DIR.glob("*.yaml")))
        raise NotFound(f"There is no rubric {stage!r} version {version!r}.", f"Known rubrics: {known}.")
    return parse_rubric(path.read_bytes(), path.name)


def opening_rubric(stage: Stage, opening: Opening) -> Rubric:
    """The rubric of `stage` in the version that `opening` names, or the stage's own where it names none.

    Raises:
        NotFound: there is no such rubric.
    """
    return load_rubric(stage, STAGES[stage].rubric_version_of(opening))
