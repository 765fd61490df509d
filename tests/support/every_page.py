"""One record of everything that a page of the gateway shows, and the addresses of all pages made of them."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
from litestar.routes import HTTPRoute

from include.interview.assessment.rubric import load_rubric
from include.interview.preparation.records import WriterIdentity, WrittenQuestions
from include.interview.scoring.ratings import Rating
from live_gateway import web
from live_gateway.web.page_scope import PUBLIC
from tests.support.contested_results import contested, published
from tests.support.executive_sessions import application
from tests.support.insight_sessions import awaiting
from tests.support.ranked_openings import OPENING, Ranked, ranked_opening
from tests.support.recorded_channels import recorded_session
from tests.support.spoken_executive import prepared
from tests.support.spoken_sessions import opening
from tests.support.web_site import PASSWORD, Person, Site

PEOPLE = 4
"""Applicants of the ranked opening."""
NO_PAGES = {"/", "/language/{code}", "/static/{release}/{name}"}
"""Routes that answer no page: two lead elsewhere, one serves files."""
NOT_FOUND = "/openings/no-such-opening"
"""Answers the page that tells a failure."""
BY_LINK = "/invitation"
"""A page that knows its reader by a link and not by a login."""
NOBODY = "nobody"
READERS = (NOBODY, "hr", "reviewer", "interviewer", "operator", "auditor", "candidate")


@dataclass(frozen=True)
class Visit:
    """Somebody opens a page.

    `route`: the page as the application lists it; `path`: its address with one record; `again`: another reader before
    opens the same address and is shown something else.
    """

    reader: str
    route: str
    path: str
    again: bool = False


def page_routes() -> set[str]:
    """The routes of all pages, from the application's own list."""
    return set(_pages())


def _pages() -> dict[str, bool]:
    """Route of a page -> whether it is the same for everybody."""
    return {
        route.path_format: bool(handler.opt.get(PUBLIC))
        for router in web.routes()
        for route in router.routes  # type: ignore[union-attr]
        if isinstance(route, HTTPRoute) and route.path_format not in NO_PAGES
        for handler in route.route_handlers
        if "GET" in handler.http_methods
    }


def addresses(site: Site, recorded_card: str) -> dict[str, tuple[str, ...]]:
    """Route -> addresses with a record each, for which everything that they show is stored.

    Args:
        site: gets the records.
        recorded_card: id of a recorded interview whose card waits for a reviewer.
    """
    stores, people = site.world.stores, site.people
    people["auditor"] = Person("auditor", stores.accounts.create("auditor", PASSWORD, "auditor").id)
    ranked = ranked_opening(stores, PEOPLE)
    _apart(site, ranked[1])
    first, second = ranked[0].application_id, ranked[1].application_id
    of_opening, pair = f"/openings/{OPENING.id}", f"who={first}&who={second}"
    planned, insights = _executive(site)
    stores.webhooks.add("https://93.184.215.14/triview", ["ranking.served"])
    candidate = people["candidate"].candidate_id or ""
    stores.openings.put(opening("en"))
    heard = recorded_session(stores, people["interviewer"].account_id, candidate, opening("en").id)
    session = site.session()
    result = published(site, "ko")
    contest = contested(site, result)
    own = {
        "/openings/{opening_id}": (of_opening, NOT_FOUND),
        "/openings/{opening_id}/ratings": (f"{of_opening}/ratings",),
        "/openings/{opening_id}/ranking": (f"{of_opening}/ranking", f"{of_opening}/ranking?show=apart"),
        "/openings/{opening_id}/compare": (f"{of_opening}/compare?{pair}",),
        "/openings/{opening_id}/decide": (f"{of_opening}/decide?{pair}",),
        "/openings/{opening_id}/invitations": (f"{of_opening}/invitations",),
        "/applications/{application_id}": (f"/applications/{first}", f"/applications/{first}?blind=1"),
        "/sessions/{session_id}": (f"/sessions/{session}", f"/sessions/{planned}"),
        "/join/{session_id}": (f"/join/{session}",),
        "/sessions/{session_id}/result": (f"/sessions/{heard}/result", f"/sessions/{insights}/result"),
        "/sessions/{session_id}/questions": (f"/sessions/{planned}/questions",),
        "/reviews/{interview_id}": (f"/reviews/{recorded_card}",),
        "/me/interviews/{interview_id}": (f"/me/interviews/{result}", f"/me/interviews/{published(site, 'en')}"),
        "/contests/{contest_id}": (f"/contests/{contest}",),
        "/audit": ("/audit", f"/audit?about={first}&question=seen&verify=1"),
    }
    plain = {route: (route,) for route in page_routes() if "{" not in route}
    return plain | own


def _executive(site: Site) -> tuple[str, str]:
    """Ids of a planned executive session with written questions, and of one whose insights wait for people."""
    stores, settings, people = site.world.stores, site.world.settings, site.people
    leader, candidate = people["interviewer"].account_id, people["candidate"].candidate_id
    made = application(stores, "en", leader_id=leader, candidate_id=candidate)
    written = WrittenQuestions("en", WriterIdentity("t", "offline", "", "1"), prepared("en"))
    stores.prepared_questions.put(made.session.id, written, "a" * 64)
    held = awaiting(stores, settings, "en", leader_id=leader, candidate_id=candidate)
    return made.session.id, held.session.id


def _apart(site: Site, one: Ranked) -> None:
    """Two people rate the applicant's executive interview far apart."""
    for role, level in (("interviewer", 2), ("hr", 5)):
        given = [Rating(c.id, level, "근거") for c in load_rubric("executive", "1").criteria]
        site.world.stores.ratings.submit(one.interviews["executive"], site.people[role].account_id, given)


def visits(site: Site, found: dict[str, tuple[str, ...]], tokens: dict[str, str]) -> list[Visit]:
    """Who sees which page: each reader asks for each, and what answers as a page is to be looked at.

    What another reader was shown word for word is left out.
    """
    made: list[Visit] = []
    known: dict[str, set[str]] = {path: set() for paths in found.values() for path in paths}
    public = {route for route, same in _pages().items() if same} | {BY_LINK}
    with httpx.Client(base_url=site.gateway.url, trust_env=False, timeout=60.0) as client:
        for reader in READERS:
            headers = {"Cookie": f"triview_token={tokens[reader]}"} if reader in tokens else {}
            for route in sorted(found if reader == NOBODY else found.keys() - public):
                for path in found[route]:
                    answer = client.get(path, headers=headers)
                    if answer.status_code != 200 and path != NOT_FOUND:
                        continue
                    shown = answer.text.partition("<main")[2]
                    if shown and shown not in known[path]:
                        made.append(Visit(reader, route, path, again=bool(known[path])))
                        known[path].add(shown)
    return made
