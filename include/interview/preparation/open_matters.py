"""What the earlier stages left open, from their cards, ratings and words. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from include.interview.assessment.policy import Profile
from include.interview.assessment.rubric import Criterion, Rubric
from include.interview.preparation.ranking import (
    PRIOR_VARIANCE,
    variance_after,
    variance_given_sem,
    variance_of_divergence,
)
from include.interview.preparation.records import (
    FacetHeard,
    HumanRating,
    Matter,
    MatterCode,
    QuestionEvidence,
    StatementPair,
)
from include.interview.records import Bilingual, CriterionScore, Opening, Quote, Record, Scorecard, Stage
from include.interview.scoring.card import LEVEL_SPAN, effective_weights

LEAST_QUOTES = 2
"""Quotes below which a criterion rests on thin evidence: one sentence is one moment."""
LARGE_SEM = 0.5
"""Standard error of a level, in levels, from which neighbouring anchors cannot be told apart (one anchor either way is
within two errors)."""
RATERS_APART = 2.0
"""Levels between two raters from which they diverge (DOMAIN: human ratings)."""
MACHINE_APART = 1.5
"""Levels between the raters' mean and the machine's level from which they diverge."""
MOST_EVIDENCE = 2
SPEAKS_TO: Mapping[tuple[Stage, str], str] = {
    ("ai", "cognitive"): "strategic_thinking",
    ("ai", "job_fit"): "experience",
    ("ai", "psychological"): "leadership",
    ("practical", "answer_quality"): "experience",
    ("practical", "keyword_match"): "experience",
}
"""Criterion of an earlier stage -> the executive criterion a question about it serves. How somebody speaks, moves or
sounds is not settled by a question: such criteria are not in the table."""
EXPERIENCE, CULTURE = "experience", "culture_fit"
CONTRADICTION_ANCHOR = 4
"""Experience, level 4: results as figures or checkable facts; two figures that differ are no such fact."""
CLAIM_ANCHOR = 4
"""Experience, level 4: own contribution kept apart; a document names work, not who did it."""
COMPETENCY_ANCHOR = 3
"""Experience, level 3: related work with own part and result."""


class EarlierCard(Record, frozen=True):
    """The card of an earlier stage, with the rubric that names its criteria."""

    stage: Stage
    card: Scorecard
    rubric: Rubric


class Heard(Record, frozen=True):
    """Everything the earlier stages gave to ask about.

    `facets`: of every executive criterion. `competencies`, `values`: ids of which nothing was asked or heard.
    `claims`: of the documents, not yet spoken about. `ratings` and `pairs` may come from elsewhere, or not at all.
    """

    cards: tuple[EarlierCard, ...] = ()
    facets: tuple[FacetHeard, ...] = ()
    competencies: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    claims: tuple[QuestionEvidence, ...] = ()
    ratings: tuple[HumanRating, ...] = ()
    pairs: tuple[StatementPair, ...] = ()


def open_matters(opening: Opening, rubric: Rubric, profile: Profile, heard: Heard) -> tuple[Matter, ...]:
    """Every matter worth a question before an executive interview of `opening`.

    Args:
        rubric: the executive one. profile: under which it will be judged; criteria it disables are not asked about.
            `culture_fit` is asked about only against the opening's written values.
    """
    shares = criteria_shares(opening, rubric, profile)
    facets = _Facets(heard.facets)
    found = [
        *_pairs(heard.pairs),
        *_criteria(heard, facets),
        *_values(opening, heard.values, facets),
        *_claims(heard.claims),
        *_competencies(opening, heard.competencies),
        *(_about_values(m, opening, heard.values) for m in facets.rest()),
    ]
    return tuple(_weighted(m, shares[m.criterion]) for m in found if m.criterion in shares)


def criteria_shares(opening: Opening, rubric: Rubric, profile: Profile) -> dict[str, float]:
    """Criterion -> its share of the card in [0, 1], of the criteria that are asked about in an executive interview.

    Args: as `open_matters`.
    """
    weights = effective_weights(rubric, profile)
    total = sum(weights.values()) or 1.0
    return {c: w / total for c, w in weights.items() if w > 0 and (c != CULTURE or opening.values)}


def _weighted(matter: Matter, share: float) -> Matter:
    return msgspec.structs.replace(matter, weight=matter.weight * share)


class _Facets:
    """The facets of each criterion, least told first, each given to one matter only."""

    def __init__(self, facets: Iterable[FacetHeard]) -> None:
        self._left: dict[str, list[FacetHeard]] = defaultdict(list)
        for facet in sorted(facets, key=lambda f: (f.answers, f.anchor)):
            self._left[facet.criterion].append(facet)

    def take(self, criterion: str) -> FacetHeard | None:
        """The facet of `criterion` that was told least and is not taken yet."""
        left = self._left[criterion]
        return left.pop(0) if left else None

    def rest(self) -> Iterator[Matter]:
        """A matter for every facet that none was taken for."""
        for facets in self._left.values():
            for facet in facets:
                code: MatterCode = "brief" if facet.answers else "untold"
                yield Matter(
                    id=f"{code}-{facet.criterion}-{facet.facet}",
                    code=code,
                    criterion=facet.criterion,
                    anchor=facet.anchor,
                    weight=1.0,
                    variance=variance_after(facet.answers),
                    facet=facet.facet,
                    evidence=facet.evidence[:MOST_EVIDENCE],
                )


def _pairs(pairs: Sequence[StatementPair]) -> Iterator[Matter]:
    for n, pair in enumerate(pairs):
        yield Matter(
            f"contradiction-{n}", "contradiction", EXPERIENCE, CONTRADICTION_ANCHOR, 1.0, PRIOR_VARIANCE,
            evidence=(pair.first, pair.second),
        )  # fmt: skip


def _criteria(heard: Heard, facets: _Facets) -> Iterator[Matter]:
    for earlier in heard.cards:
        for line in earlier.card.criteria:
            target = SPEAKS_TO.get((earlier.stage, line.criterion))
            found = None if target is None else _left_open(line, earlier.stage, heard.ratings)
            if target is None or found is None:
                continue
            facet = facets.take(target)
            if facet is None:
                continue
            code, variance = found
            yield Matter(
                id=f"{code}-{earlier.stage}-{line.criterion}",
                code=code,
                criterion=target,
                anchor=facet.anchor,
                weight=1.0,
                variance=variance,
                facet=facet.facet,
                stage=earlier.stage,
                about=_name(earlier.rubric.criteria, line.criterion),
                evidence=(_quotes(line, earlier) or facet.evidence)[:MOST_EVIDENCE],
            )


def _left_open(line: CriterionScore, stage: Stage, ratings: Sequence[HumanRating]) -> tuple[MatterCode, float] | None:
    """Why a criterion is open and how little is known of it; None when it is not, or was not to be judged."""
    if line.status == "disabled":
        return None
    apart = _divergence(line, [r.level for r in ratings if (r.stage, r.criterion) == (stage, line.criterion)])
    if line.status == "insufficient" or line.level is None:
        return "insufficient", max(PRIOR_VARIANCE, variance_of_divergence(apart or 0.0))
    quotes = sum(isinstance(e, Quote) for e in line.evidence)
    sem = None if line.sem is None else line.sem * LEVEL_SPAN
    variance = variance_given_sem(sem) if sem else variance_after(quotes)
    if apart is not None:
        return "raters", max(variance, variance_of_divergence(apart))
    if quotes < LEAST_QUOTES:
        return "thin", max(variance, variance_after(quotes))
    return ("thin", variance) if sem is not None and sem > LARGE_SEM else None


def _divergence(line: CriterionScore, levels: Sequence[float]) -> float | None:
    """Levels by which those who rated diverge, from each other or from the machine; None when they agree."""
    if not levels:
        return None
    between = max(levels) - min(levels)
    machine = 0.0 if line.level is None else abs(sum(levels) / len(levels) - line.level)
    if between >= RATERS_APART:
        return max(between, machine)
    return machine if machine >= MACHINE_APART else None


def _name(criteria: Iterable[Criterion], criterion: str) -> Bilingual | None:
    return next((c.name for c in criteria if c.id == criterion), None)


def _quotes(line: CriterionScore, earlier: EarlierCard) -> tuple[QuestionEvidence, ...]:
    return tuple(
        QuestionEvidence(
            quote=e.text,
            stage=earlier.stage,
            interview_id=earlier.card.interview_id,
            utterance_id=e.utterance_id,
            start_s=e.start_s,
            end_s=e.end_s,
        )
        for e in line.evidence
        if isinstance(e, Quote)
    )


def values_of(opening: Opening) -> dict[str, Bilingual]:
    """The opening's written values by the ids that preparation gives them: "v1", "v2", … in their order."""
    return {f"v{n}": value for n, value in enumerate(opening.values, start=1)}


def _values(opening: Opening, unheard: Sequence[str], facets: _Facets) -> Iterator[Matter]:
    for value_id, value in values_of(opening).items():
        if value_id not in unheard:
            continue
        facet = facets.take(CULTURE)
        if facet is None:
            return
        yield Matter(
            f"value-{value_id}", "value", CULTURE, facet.anchor, 1.0, PRIOR_VARIANCE, facet=facet.facet,
            about=value,
        )  # fmt: skip


def _about_values(matter: Matter, opening: Opening, unheard: Sequence[str]) -> Matter:
    """Facets of culture fit are asked about one of the opening's values: one of which nothing was heard, if any."""
    if matter.criterion != CULTURE or not opening.values:
        return matter
    value = next((v for value_id, v in values_of(opening).items() if value_id in unheard), opening.values[0])
    return msgspec.structs.replace(matter, about=value)


def _claims(claims: Sequence[QuestionEvidence]) -> Iterator[Matter]:
    for n, claim in enumerate(claims):
        yield Matter(f"claim-{n}", "claim", EXPERIENCE, CLAIM_ANCHOR, 1.0, PRIOR_VARIANCE, evidence=(claim,))


def _competencies(opening: Opening, unasked: Sequence[str]) -> Iterator[Matter]:
    most = max((c.weight for c in opening.competencies), default=1.0)
    for competency in opening.competencies:
        if competency.id in unasked:
            yield Matter(
                f"competency-{competency.id}", "competency", EXPERIENCE, COMPETENCY_ANCHOR, competency.weight / most,
                PRIOR_VARIANCE, about=competency.name,
            )  # fmt: skip
