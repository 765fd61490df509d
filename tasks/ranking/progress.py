"""How far the applications to an opening are, from what is stored: what the recommended next steps rest on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import get_args

import msgspec

from include.interview.agreement.stored import queue
from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import opening_rubric
from include.interview.entities import Interview
from include.interview.insight.records import InsightTally
from include.interview.live.session import OVER
from include.interview.ranking.counting import applicant_obstacle, card_obstacle
from include.interview.ranking.next_steps import (
    ApplicationProgress,
    ContestMatter,
    Ending,
    Shortcoming,
    StageProgress,
    StageState,
)
from include.interview.ranking.records import Applicant, RankedCandidate, Rules, Snapshot, StageCard
from include.interview.records import Opening, Scorecard, Stage
from include.interview.scoring.review import WITHHOLD
from include.interview.stages import STAGES
from include.storage import Application, Stores

DECIDED = frozenset({"offered", "rejected"})
"""States of an application that end the process by a person's decision."""
STATE_OF_STATUS: Mapping[str, StageState] = {"review": "review", "failed": "failed"}
MATTERS: tuple[ContestMatter, ...] = get_args(ContestMatter)
SHORTCOMINGS: tuple[Shortcoming, ...] = get_args(Shortcoming)
REASON = "report"


@dataclass(frozen=True)
class OpeningFacts:
    """What is stored of an opening's applications, read once for all of them; by application or interview id.

    `cards`: card id -> card without words. `missing`: interview -> how many have yet to rate it, where ratings come
    first. `divergent`: interview -> criteria on which ratings are far apart, and nobody settled it. `contests`:
    interview -> what a contest of its result leaves to do.
    """

    opening: Opening
    applicants: Mapping[str, Applicant]
    interviews: Mapping[str, tuple[Interview, ...]]
    cards: Mapping[str, Scorecard]
    tallies: Mapping[str, InsightTally]
    missing: Mapping[str, int] = field(default_factory=dict)
    divergent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contests: Mapping[str, ContestMatter] = field(default_factory=dict)

    def card_of(self, card: StageCard) -> Scorecard | None:
        """The stored card behind `card`; None when it was replaced meanwhile."""
        return self.cards.get(card.card_id)


def opening_facts(stores: Stores, opening_id: str, application: Application | None = None) -> OpeningFacts:
    """Everything that next steps rest on. No words and no names are read; reading levels is an audit entry.

    Args:
        opening_id: the opening.
        application: one application to it, about which alone the facts are; None: about all.

    Raises:
        NotFound: no such opening.
    """
    opening = stores.openings.get(opening_id)
    candidate_id = application_id = None
    applicants: tuple[Applicant, ...]
    if application is None:
        _, applicants = stores.ranking_inputs.gather([opening_id]).get(opening_id, ("", ()))
    else:
        candidate_id, application_id = application.candidate_id, application.id
        only = stores.ranking_inputs.applicant(opening_id, application.id)
        applicants = () if only is None else (only,)
    interviews: dict[str, list[Interview]] = defaultdict(list)
    for one in stores.interviews.list(opening_id, candidate_id):
        interviews[one.application_id].append(one)
    cards = stores.scorecards.some([card.card_id for a in applicants for card in a.cards])
    levels = stores.ratings.levels(opening_id, REASON, application_id)
    countable = _countable(applicants, cards)
    divergent: dict[str, list[str]] = defaultdict(list)
    shown = [level for level in levels if level.interview_id in countable]
    for entry in queue(shown, countable, stores.divergences.settled(opening_id)):
        if entry.settled is None and entry.criterion not in divergent[entry.interview_id]:
            divergent[entry.interview_id].append(entry.criterion)
    raters: dict[str, set[str]] = defaultdict(set)
    for level in levels:
        raters[level.interview_id].add(level.rater_id)
    return OpeningFacts(
        opening=opening,
        applicants={a.application_id: a for a in applicants},
        interviews={identity: tuple(found) for identity, found in interviews.items()},
        cards=cards,
        tallies=stores.insights.tallies(opening_id, application_id),
        missing=_missing(stores, opening_id, candidate_id, raters),
        divergent={interview: tuple(sorted(found)) for interview, found in divergent.items()},
        contests=stores.contests.matters(opening_id, application_id),
    )


def _countable(applicants: Iterable[Applicant], cards: Mapping[str, Scorecard]) -> dict[str, Scorecard]:
    """Interview -> its card, for the cards that count."""
    counted = (
        cards.get(card.card_id)
        for applicant in applicants
        if applicant_obstacle(applicant) is None
        for card in applicant.cards
        if card_obstacle(card) is None
    )
    return {card.interview_id: card for card in counted if card is not None}


def _missing(
    stores: Stores, opening_id: str, candidate_id: str | None, raters: Mapping[str, set[str]]
) -> dict[str, int]:
    """Interviews that were held, where ratings come first, and who of those who conducted them has not rated."""
    found = {}
    for session in stores.live_sessions.list(opening_id=opening_id, candidate_id=candidate_id):
        if session.state in OVER and session.stage in load_profile(session.profile).blind_first:
            found[session.id] = len(set(session.interviewers) - raters.get(session.id, set()))
    return found


def progress_of(
    stores: Stores, facts: OpeningFacts, snapshot: Snapshot | None, application_ids: Iterable[str]
) -> dict[str, ApplicationProgress]:
    """How far each of the applications is that the opening has, by id: its stages with a weight, and its place.

    Without a `snapshot` (the opening was never ranked) nobody has a place, and weights and places are the opening's.
    """
    ranked = {} if snapshot is None else _ranked(snapshot)
    weights, k, rules = (
        (facts.opening.stage_weights, facts.opening.places, None)
        if snapshot is None
        else (snapshot.weights, snapshot.k, snapshot.rules)
    )
    stages = [stage for stage in STAGES if weights.get(stage)]
    return {
        identity: ApplicationProgress(
            tuple(_contested(stores, facts, facts.applicants[identity], stage, rules) for stage in stages),
            k,
            ranked.get(identity),
            _ending(facts.applicants[identity]),
        )
        for identity in application_ids
        if identity in facts.applicants
    }


def _ranked(snapshot: Snapshot) -> dict[str, RankedCandidate]:
    return {one.id: one for one in snapshot.ranking.candidates}


def _ending(applicant: Applicant) -> Ending | None:
    gone = applicant_obstacle(applicant)
    if gone == "erased" or gone == "withdrawn":
        return gone
    return "decided" if applicant.state in DECIDED else None


def _contested(
    stores: Stores, facts: OpeningFacts, applicant: Applicant, stage: Stage, rules: Rules | None
) -> StageProgress:
    """How far a stage is, with what contests of it leave to do: an open one first."""
    interviews = facts.interviews.get(applicant.application_id, ())
    matters = {facts.contests.get(one.id) for one in interviews if one.stage == stage}
    matter = next((one for one in MATTERS if one in matters), None)
    return msgspec.structs.replace(_stage(stores, facts, applicant, stage, rules), contest=matter)


def _stage(
    stores: Stores, facts: OpeningFacts, applicant: Applicant, stage: Stage, rules: Rules | None
) -> StageProgress:
    rubric = opening_rubric(stage, facts.opening)
    held = [one for one in facts.interviews.get(applicant.application_id, ()) if one.stage == stage]
    card = next((one for one in applicant.cards if one.stage == stage), None)
    if card is None:
        newest = held[-1] if held else None
        missing = 0 if newest is None else facts.missing.get(newest.id, 0)
        return StageProgress(rubric, _state_without_card(stores, newest), raters_missing=missing)
    stored = facts.card_of(card)
    interview = "" if stored is None else stored.interview_id
    missing = facts.missing.get(interview, 0)
    obstacle = card_obstacle(card)
    if obstacle == "consent_withdrawn":
        return StageProgress(rubric, "consent_withdrawn")
    if obstacle is not None:
        return StageProgress(rubric, _reviewed(stores, interview), raters_missing=missing)
    tally = facts.tallies.get(interview) if STAGES[stage].has_insights else None
    known = {criterion.id for criterion in rubric.criteria}
    return StageProgress(
        rubric,
        "published",
        unscored=() if stored is None else tuple(c for c in stored.missing if c in known),
        divergent=tuple(c for c in facts.divergent.get(interview, ()) if c in known),
        shortcoming=_shortcoming(card, rules),
        raters_missing=missing,
        undecided_insights=0 if tally is None else tally.undecided,
        to_ask=0 if tally is None else tally.to_ask,
    )


def _state_without_card(stores: Stores, interview: Interview | None) -> StageState:
    """Where a stage stands that has no published card: nothing held, on its way, stopped, or with a reviewer."""
    if interview is None or interview.status in ("created", "erased"):
        return "missing"
    if interview.status == "review":
        return _reviewed(stores, interview.id)
    return STATE_OF_STATUS.get(interview.status, "under_way")


def _reviewed(stores: Stores, interview_id: str) -> StageState:
    """A card in review waits for a person, or was withheld by one."""
    answer, _, _ = (stores.reviews.newest(interview_id) or "").partition(":")
    return "withheld" if answer == WITHHOLD else "review"


def _shortcoming(card: StageCard, rules: Rules | None) -> Shortcoming | None:
    """Why a card that counts is not compared with the others', by the rules the snapshot was made under."""
    if card.words_only:
        return "words_only"
    if card.status == "complete" and card.sem is None:
        return "error_unknown"
    if rules is None:
        return None
    if card.profile != rules.profile:
        return "other_profile"
    if card.rubric_version != rules.rubric_versions.get(card.stage):
        return "other_rubric"
    # A snapshot of before pipelines were told apart names none.
    version = rules.pipeline_versions.get(card.stage, card.pipeline_version)
    return "other_pipeline" if card.pipeline_version != version else None
