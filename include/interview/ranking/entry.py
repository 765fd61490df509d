"""Who enters a ranking, and who is listed apart with which reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from include.interview.ranking.counting import applicant_obstacle, card_obstacle
from include.interview.ranking.records import Apart, Applicant, Entrant, Rules, StageCard, StageScore
from include.interview.records import Stage


def enter(
    applicants: Iterable[Applicant], weights: Mapping[Stage, float]
) -> tuple[tuple[Entrant, ...], tuple[Apart, ...], Rules | None]:
    """Entrants, those apart, and the rules all entrants' cards were made under; both sorted by id.

    A card per stage with a weight is needed, complete, with a standard error, on all criteria, with no review open and
    consent in force; the applicant is neither withdrawn nor erased. When cards of several rules (profile, and per stage
    the versions of rubric and pipeline) would enter, those of the most applicants do; a tie is decided by the rules'
    names.

    Args:
        weights: the stages that count; others are not looked at.
    """
    ready: dict[str, dict[Stage, StageCard]] = {}
    apart: list[Apart] = []
    for applicant in applicants:
        cards = {card.stage: card for card in applicant.cards if card.stage in weights}
        reason = _obstacle(applicant, cards, weights.keys())
        if reason is None:
            ready[applicant.application_id] = cards
        else:
            apart.append(reason)
    chosen = _prevailing(ready.values())
    entrants: list[Entrant] = []
    for identity, cards in ready.items():
        other = _other_rules(identity, cards, chosen)
        if other is None:
            entrants.append(Entrant(identity, {stage: _score(cards[stage]) for stage in weights}))
        else:
            apart.append(other)
    return tuple(sorted(entrants, key=lambda e: e.id)), tuple(sorted(apart, key=lambda a: a.id)), chosen


def _obstacle(applicant: Applicant, cards: Mapping[Stage, StageCard], needed: Collection[Stage]) -> Apart | None:
    identity = applicant.application_id
    gone = applicant_obstacle(applicant)
    if gone is not None:
        return Apart(identity, gone)
    for stage in needed:
        card = cards.get(stage)
        if card is None:
            return Apart(identity, "stage_missing", stage)
        obstacle = card_obstacle(card)
        if obstacle is not None:
            return Apart(identity, obstacle, stage)
        if card.status != "complete" or card.total is None:
            return Apart(identity, "insufficient", stage)
        if card.words_only:
            return Apart(identity, "words_only", stage)
        if card.sem is None:
            return Apart(identity, "error_unknown", stage)
    return None


def _rules_of(cards: Mapping[Stage, StageCard]) -> tuple[tuple[str, str, str, str], ...]:
    return tuple(
        sorted((stage, card.profile, card.rubric_version, card.pipeline_version) for stage, card in cards.items())
    )


def _prevailing(ready: Iterable[Mapping[Stage, StageCard]]) -> Rules | None:
    """The rules of the most applicants whose cards are all of one profile; None when nobody's are."""
    counted = Counter(rules for rules in map(_rules_of, ready) if len({profile for _, profile, _, _ in rules}) == 1)
    if not counted:
        return None
    rules, _ = min(counted.items(), key=lambda item: (-item[1], item[0]))
    rubrics = {stage: rubric for stage, _, rubric, _ in rules}
    return Rules(rules[0][1], rubrics, {stage: pipeline for stage, _, _, pipeline in rules})


def _other_rules(identity: str, cards: Mapping[Stage, StageCard], chosen: Rules | None) -> Apart | None:
    for stage, card in cards.items():
        if chosen is None or card.profile != chosen.profile:
            return Apart(identity, "other_profile", stage)
        if card.rubric_version != chosen.rubric_versions[stage]:
            return Apart(identity, "other_rubric", stage)
        if card.pipeline_version != chosen.pipeline_versions[stage]:
            return Apart(identity, "other_pipeline", stage)
    return None


def _score(card: StageCard) -> StageScore:
    if card.total is None or card.sem is None:
        raise ValueError("A card without total and standard error does not enter.")
    return StageScore(card.total, card.sem)
