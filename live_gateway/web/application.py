"""One application on one page with the decision about it, and a page for deciding about several at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from include.interview.applications import ABOUT_EVIDENCE, GROUNDS_OF, NEXT, STATES
from include.interview.assessment.rubric import opening_rubric
from include.interview.errors import BadInput
from include.interview.records import Stage
from include.interview.stages import STAGES
from include.reporting.evidence import Anchors
from include.reporting.strings import Strings
from include.storage import Stores
from live_gateway.problems import reason_text
from live_gateway.request_scope import RequestScope
from live_gateway.web.insights import words_in
from live_gateway.web.page_scope import PageRequest, page_scope
from live_gateway.web.player import Player, player_of
from live_gateway.web.rendering import page
from live_gateway.web.results import NOTHING_SAID, CardView, card_view
from live_gateway.web.texts import PageLanguage, Texts
from tasks.executive.insight_results import InsightLine
from tasks.ranking.application_view import ApplicationView, StageOf, application_view, interview_of
from tasks.ranking.listing import code_of, names_of

MOST_DECIDED = 20
"""Each needs a reason of its own: more at once are not decided but processed."""
Blind = Annotated[bool, QueryParameter(name="blind")]
Who = Annotated[list[str] | None, QueryParameter(name="who", max_items=MOST_DECIDED)]


@dataclass(frozen=True)
class StageView:
    """One stage in words. `criteria`: (id, name); `ratings`: name of the criterion -> (login, level, reason).

    With names hidden, nothing that anybody said or wrote is in it: no quote, rationale, insight, rater's reason or
    recording, all of which may tell who it is. `insights_hidden`: how many insights there are then.
    """

    found: StageOf
    card: CardView | None
    criteria: tuple[tuple[str, str], ...]
    reason: tuple[str, str] | None
    insights: tuple[tuple[str, str, tuple[tuple[str, float | None], ...]], ...]
    ratings: tuple[tuple[str, tuple[tuple[str, int, str], ...]], ...]
    insights_hidden: int = 0
    player: Player | None = None


@dataclass(frozen=True)
class Deciding:
    """One person about whom is decided: the state that was seen, and ids of what may have been looked at."""

    id: str
    name: str
    state: str
    subjects: tuple[str, ...]


@get("/applications/{application_id:str}")
async def application_page(request: PageRequest, application_id: FromPath[str], blind: Blind = False) -> Response[str]:
    """The three stages of an application, what people said and decided, and the form for the next decision."""
    scope = page_scope(request, "application.read")
    scope.require()
    view = await scope.run(
        application_view,
        scope.stores,
        application_id,
        scope.caller.account_id,
        may_decide=scope.may("insight.decide"),
        blind=blind,
    )
    t = Texts(scope.language)
    subjects = tuple(one.interview.id for one in view.stages if one.interview is not None)
    served = await scope.run(scope.stores.rankings.state, view.opening.id)
    if served is not None and served.served_id is not None:
        subjects += (served.served_id,)
    name = view.candidate.name if view.candidate is not None else code_of(application_id)
    players = {} if blind else await scope.run(_players, scope, view)
    return await page(
        request,
        scope,
        "application.html.j2",
        view=view,
        name=name,
        blind=blind,
        stages=[_stage(view, one, scope.language, players.get(one.stage), blind=blind) for one in view.stages],
        one=Deciding(application_id, name, view.application.status, subjects),
        stored=decision_words(t),
        rs=Strings(scope.language),
    )


@get("/openings/{opening_id:str}/decide")
async def decide_page(
    request: PageRequest, opening_id: FromPath[str], who: Who = None, blind: Blind = False
) -> Response[str]:
    """A form for each of several people, so that each decision has its own reason."""
    scope = page_scope(request, "decision.record")
    scope.require()
    opening = await scope.run(scope.stores.openings.get, opening_id)
    chosen = list(dict.fromkeys(who or ()))
    if not chosen:
        raise BadInput("Nobody was chosen.", "Tick one or more people in the ranking first.", code="decide_nobody")
    people = await scope.run(_people, scope, opening_id, chosen, blind)
    return await page(
        request, scope, "decide.html.j2", opening=opening, people=people, blind=blind,
        stored=decision_words(Texts(scope.language)),
    )  # fmt: skip


def decision_words(t: Texts) -> dict[str, Any]:
    """The rules of decisions for the form's script: what may follow a state, on which grounds, and all their names."""
    return {
        "next": {state: list(NEXT[state]) for state in STATES},
        "grounds": {state: list(GROUNDS_OF[state]) for state in STATES},
        "needing": list(ABOUT_EVIDENCE),
        "states": {state: t(f"application_state.{state}") for state in STATES},
        "ground_names": {ground: t(f"ground.{ground}") for grounds in GROUNDS_OF.values() for ground in grounds},
    }


def _people(scope: RequestScope, opening_id: str, chosen: list[str], blind: bool) -> list[Deciding]:
    stores: Stores = scope.stores
    states = stores.applications.states(opening_id, chosen)
    names = names_of(stores, opening_id, chosen, blind=blind)
    served = stores.rankings.state(opening_id)
    ranking = () if served is None or served.served_id is None else (served.served_id,)
    found: dict[str, list[str]] = {}
    applications = {one: stores.applications.get(one) for one in chosen if one in states}
    for identity, application in applications.items():
        interviews = stores.interviews.list(opening_id, application.candidate_id)
        standing = (interview_of(stage, interviews) for stage in STAGES)
        found[identity] = [one.id for one in standing if one is not None]
    return [
        Deciding(identity, names[identity], states[identity], (*found[identity], *ranking))
        for identity in chosen
        if identity in states
    ]


def _players(scope: RequestScope, view: ApplicationView) -> dict[Stage, Player | None]:
    held = [(one.stage, one.interview) for one in view.stages if one.interview is not None]
    return {stage: player_of(scope, interview.id) for stage, interview in held if interview.status != "erased"}


def _stage(
    view: ApplicationView, one: StageOf, language: PageLanguage, player: Player | None = None, *, blind: bool
) -> StageView:
    rs = Strings(language)
    names: Mapping[str, str] = {c.id: c.name.text(language) for c in opening_rubric(one.stage, view.opening).criteria}
    card = None if one.card is None else card_view(one.card, dict(names), Anchors(NOTHING_SAID), rs)
    given: dict[str, list[tuple[str, int, str]]] = {}
    for login, sheet in one.ratings:
        for rating in sheet.ratings:
            given.setdefault(rating.criterion, []).append((login, rating.level, "" if blind else rating.reason))
    insights = tuple((line.kind, words_in(line.text, language)[0], _quotes(line, one.stage)) for line in one.insights)
    if card is not None and blind:
        cells = {key: replace(cell, quotes=(), rationale="") for key, cell in card.cells.items()}
        card = replace(card, cells=cells)
    return StageView(
        found=one,
        card=card,
        criteria=tuple(names.items()),
        reason=None if one.reason is None else reason_text(one.reason, language),
        insights=() if blind else insights,
        insights_hidden=len(insights) if blind else 0,
        player=player,
        ratings=tuple((names.get(criterion, criterion), tuple(rows)) for criterion, rows in given.items()),
    )


def _quotes(line: InsightLine, stage: Stage) -> tuple[tuple[str, float | None], ...]:
    """The words an insight rests on, with their second where they were said in the interview of `stage`."""
    return tuple((quote.text, quote.start_s if quote.stage == stage else None) for quote in line.quotes)
