"""The weekly fairness report: per opening and over all of them, published so that no few people are counted."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from include.interview.entities import Interview
from include.interview.errors import ConsentMissing, NotFound
from include.interview.fairness.declarations import categories_of
from include.interview.fairness.records import FairnessReport, Sample
from include.interview.fairness.subjects import (
    RECOGNITION,
    ApplicantOutcome,
    recognition_warnings,
    samples,
    word_confidence,
)
from include.interview.fairness.succession import may_follow, may_follow_pool, may_pool, may_stand_beside
from include.interview.ranking.counting import counting_cards
from include.interview.records import Record, Scorecard
from include.storage import Stores
from tasks.evaluation.outputs import PreparedCase, load
from tasks.ranking.mapping import mapped_groups

log = logging.getLogger(__name__)
GOING_ON = frozenset({"in_process", "on_hold"})
"""States without an end: whoever has a second stage in them was advanced by a person before."""


class FairnessRun(Record, frozen=True):
    """How a report went, in counts: subjects published anew, the same as before, held, flags, recognition warnings."""

    published: int
    unchanged: int
    held: int
    flags: int
    recognition_warnings: int


def openings_with_people(stores: Stores) -> list[str]:
    """The ids of openings somebody applied to, in order."""
    return sorted({application.opening_id for application in stores.applications.list()})


def openings_in_groups(stores: Stores) -> list[list[str]]:
    """The same, each alone as long as Airflow can map so many."""
    return mapped_groups(openings_with_people(stores))


def report_openings(stores: Stores, opening_ids: list[str]) -> tuple[FairnessRun, ...]:
    """`report_opening` of these openings, one after the other.

    Raises:
        NotFound: no such opening. WrongKey: another master key.
    """
    return tuple(report_opening(stores, opening) for opening in opening_ids)


def report_opening(stores: Stores, opening_id: str) -> FairnessRun:
    """Publish what may be published anew about one opening.

    Raises:
        NotFound: no such opening. WrongKey: another master key.
    """
    attributes = [category.id for category in categories_of([stores.openings.get(opening_id).profile])]
    return _publish(stores, opening_id, samples(list(_outcomes(stores, opening_id)), attributes))


def report_all(stores: Stores) -> FairnessRun:
    """Publish what may be published anew over all openings together; with one opening there is nothing to pool.

    Raises:
        WrongKey: another master key.
    """
    openings = openings_with_people(stores)
    if len(openings) < 2:
        return FairnessRun(0, 0, 0, 0, 0)
    profiles = [stores.openings.get(opening).profile for opening in openings]
    attributes = [category.id for category in categories_of(profiles)]
    outcomes = [one for opening in openings for one in _outcomes(stores, opening)]
    return _publish(stores, None, samples(outcomes, attributes))


def stages_recognised_worse(stores: Stores, opening_id: str) -> tuple[str, ...]:
    """Stages in which the opening's published report flags a group whose speech was recognised worse than others'.

    Scores of these stages are not to be read before recordings and transcripts were looked at. Of the report only what
    was published is read; no declaration is.
    """
    return tuple(
        one.subject.removesuffix(f"/{RECOGNITION}")
        for one in stores.fairness_reports.newest(opening_id)
        if one.subject.endswith(f"/{RECOGNITION}") and recognition_warnings(one.report)
    )


def _publish(stores: Stores, opening_id: str | None, found: dict[str, Sample]) -> FairnessRun:
    from include.statistics.fairness import fairness_report

    run = {"published": 0, "unchanged": 0, "held": 0, "flags": 0, "recognition_warnings": 0}
    for subject, sample in found.items():
        new = fairness_report(sample)
        state = _standing(stores, opening_id, subject, new)
        run[state] += 1
        if state == "published":
            stores.fairness_reports.publish(opening_id, subject, new)
        served = stores.fairness_reports.list(opening_id, subject)
        if served:
            _count_flags(run, subject, served[-1].report)
    done = FairnessRun(**run)
    log.info("fairness of %s: %s", opening_id or "all openings", run)
    if done.recognition_warnings:
        log.warning("%d group(s) are recognised worse than others; the report names them.", done.recognition_warnings)
    return done


def _standing(stores: Stores, opening_id: str | None, subject: str, new: FairnessReport) -> str:
    """Whether `new` is "published", is "unchanged", or is "held" because two reports would count a few people."""
    earlier = _published(stores, opening_id, subject)
    if earlier and earlier[-1] == new:
        return "unchanged"
    siblings = [one.report for one in stores.fairness_reports.newest(opening_id) if one.subject != subject]
    if not (may_follow(new, earlier) and may_stand_beside(new, siblings)):
        return "held"
    others = [
        report
        for opening in openings_with_people(stores)
        if opening != opening_id
        for report in _published(stores, opening, subject)[-1:]
    ]
    if opening_id is None:
        return "published" if may_pool(new, others) else "held"
    return "published" if may_follow_pool(new, _published(stores, None, subject), others) else "held"


def _published(stores: Stores, opening_id: str | None, subject: str) -> list[FairnessReport]:
    """Reports about the subject, oldest first."""
    return [one.report for one in stores.fairness_reports.list(opening_id, subject)]


def _count_flags(run: dict[str, int], subject: str, report: FairnessReport) -> None:
    outcomes = [
        o
        for g in (*report.groupings, *report.intersections)
        for line in g.groups
        for o in (line.selection, line.scoring)
    ]
    run["flags"] += sum(outcome is not None and outcome.flag for outcome in outcomes)
    if subject.endswith(RECOGNITION):
        run["recognition_warnings"] += len(recognition_warnings(report))


def _outcomes(stores: Stores, opening_id: str) -> Iterator[ApplicantOutcome]:
    """What came of every application of the opening, without its id: decision, and each stage's card that counts."""
    applications = stores.applications.list(opening_id=opening_id)
    declared = stores.declarations.for_report([application.candidate_id for application in applications])
    of_application = {application.id: application.candidate_id for application in applications}
    interviews = stores.interviews.list(opening_id=opening_id)
    for application in applications:
        stages = {one.stage for one in interviews if one.application_id == application.id}
        status = "advanced" if application.status in GOING_ON and len(stages) > 1 else application.status
        yield ApplicantOutcome(declared.get(application.candidate_id, {}), status=status)
    by_id = {one.id: one for one in interviews}
    for card in _counting(stores, opening_id):
        interview = by_id[card.interview_id]
        answers = declared.get(of_application[interview.application_id], {})
        yield ApplicantOutcome(answers, None, card, _confidence(stores, interview))


def _counting(stores: Stores, opening_id: str) -> list[Scorecard]:
    """The cards that count, by the rule that rankings have as well."""
    gathered = stores.ranking_inputs.gather([opening_id])
    _, applicants = gathered.get(opening_id, ("", ()))
    counted = [card.card_id for applicant in applicants for card in counting_cards(applicant)]
    cards = stores.scorecards.some(counted)
    return [cards[identity] for identity in counted if identity in cards]


def _confidence(stores: Stores, interview: Interview) -> float | None:
    """How well the candidate's speech was recognised; None where it was typed, is gone, or may no longer be read."""
    refs = stores.artifacts.list(interview.id, "case")
    if not refs:
        return None
    try:
        stores.consents.require(interview, ["ai_evaluation"])
        return word_confidence(load(stores, refs[-1], PreparedCase).case.transcript)
    except (ConsentMissing, NotFound):
        return None
