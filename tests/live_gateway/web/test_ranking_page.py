"""The page of a ranking without a browser: what it shows, to whom, and what it hides."""

from __future__ import annotations

import re
from typing import Any

import httpx
import msgspec
import pytest

from include.interview.ranking.comparing import Difference
from live_gateway.web.comparing import lead_of
from live_gateway.web.texts import Texts
from tasks.ranking.flow import rank_openings
from tests.support.page_reader import read_page
from tests.support.ranked_openings import OPENING, Ranked, ranked_opening
from tests.support.web_site import PASSWORD, Person, Site, searched

pytestmark = pytest.mark.services
ADDRESS = f"/openings/{OPENING.id}/ranking"


@pytest.fixture(scope="module")
def people(site: Site) -> list[Ranked]:
    return ranked_opening(site.world.stores)


@pytest.fixture(scope="module")
def tokens(site: Site) -> dict[str, str]:
    return {role: site.token(role) for role in ("hr", "reviewer", "interviewer", "operator", "candidate")}


def get(site: Site, token: str, path: str, language: str = "en", **params: Any) -> httpx.Response:
    return httpx.get(
        site.url + path, params=params, cookies={"triview_token": token, "triview_language": language},
        trust_env=False, timeout=60.0,
    )  # fmt: skip


def shown(page: str) -> list[str]:
    """The ids of the applications in the table, in its order."""
    return re.findall(r'<tr data-application="([^"]+)"', page)


def test_rank_sets_names_and_reasons_are_shown_in_order(
    site: Site, people: list[Ranked], tokens: dict[str, str]
) -> None:
    served = site.world.stores.rankings.served(OPENING.id)
    page = get(site, tokens["hr"], ADDRESS).text
    assert shown(page) == [one.id for one in served.ranking.candidates]
    assert read_page(page).problems == []
    text = read_page(page).text
    for one in served.ranking.candidates:
        ranks = str(one.best) if one.best == one.worst else f"{one.best}–{one.worst}"
        assert f"rank set {ranks}" in text
    assert "Ann <b>O'Neil</b>" in text, "a name is text"
    assert page.count('<svg class="chart"') == len(people) + 1, "one interval a person, and their axis"
    assert "new card" in text or "scored anew" in text
    assert "서류만 낸 사람" not in text
    apart = read_page(get(site, tokens["hr"], ADDRESS, show="apart").text).text
    assert "서류만 낸 사람 no published card of this stage (AI" in apart


def test_search_filters_and_hidden_names(site: Site, people: list[Ranked], tokens: dict[str, str]) -> None:
    hr = tokens["hr"]
    assert shown(searched(site, hr, ADDRESS, q="박지").text) == [people[2].application_id]
    assert shown(searched(site, hr, ADDRESS, q="o'neil").text) == [people[11].application_id]
    assert shown(searched(site, hr, ADDRESS, q="nobody at all").text) == []
    assert shown(get(site, hr, ADDRESS, state="rejected").text) == []
    assert len(shown(get(site, hr, ADDRESS, state="invited").text)) == len(people)
    served = site.world.stores.rankings.served(OPENING.id)
    possible = [one.id for one in served.ranking.candidates if one.best <= OPENING.places]
    assert 0 < len(possible) < len(people)
    assert shown(get(site, hr, ADDRESS, possible=1).text) == possible
    blind = get(site, hr, ADDRESS, blind=1).text
    assert not [one.name for one in people if one.name in read_page(blind).text]
    code = people[0].application_id[:8].upper()
    assert shown(searched(site, hr, ADDRESS, blind=True, q=code.lower()).text) == [people[0].application_id]
    assert shown(searched(site, hr, ADDRESS, blind=True, q="김하늘").text) == [], (
        "a name finds nobody while names are hidden"
    )


def test_names_are_read_for_the_shown_by_one_query_and_the_read_is_audited(
    site: Site, people: list[Ranked], tokens: dict[str, str]
) -> None:
    def read() -> list[str]:
        return [one.detail for one in site.world.stores.audit.entries(f"opening:{OPENING.id}")
                if one.action == "candidate.listed"]  # fmt: skip

    before = read()
    get(site, tokens["hr"], ADDRESS)
    after = read()
    assert len(after) == len(before) + 1
    assert people[0].application_id in after[-1]
    get(site, tokens["hr"], ADDRESS, blind=1)
    assert read() == after, "while names are hidden none is read"


def test_the_comparison_says_why_with_errors(site: Site, people: list[Ranked], tokens: dict[str, str]) -> None:
    first, last = people[0], people[-1]
    chosen = {"who": [last.application_id, first.application_id]}
    page = get(site, tokens["hr"], f"/openings/{OPENING.id}/compare", **chosen).text
    text = read_page(page).text
    # 0.9 - 0.68 = 0.22 of 100 points, and 2.5 points of error in three stages of weights 40, 30, 30.
    assert "+22.0 ± 2.1" in text
    assert "Why 김하늘 is above Ann <b>O'Neil</b>" in text
    assert "stands beyond the error" in text
    for count in ([first.application_id], [one.application_id for one in people[:5]]):
        answer = get(site, tokens["hr"], f"/openings/{OPENING.id}/compare", who=count)
        assert answer.status_code == 400
    neighbours = get(site, tokens["hr"], f"/openings/{OPENING.id}/compare", who=[
        people[0].application_id, people[1].application_id]).text  # fmt: skip
    assert "may be the other way round" in neighbours


def test_a_difference_within_its_error_names_nobody(site: Site, people: list[Ranked], tokens: dict[str, str]) -> None:
    chosen = {"who": [people[0].application_id, people[2].application_id]}
    text = read_page(get(site, tokens["hr"], f"/openings/{OPENING.id}/compare", **chosen).text).text
    # 0.04 of 30 points, and 2.5 points of error in each of two stages of weight 30: 1.13 standard errors.
    assert "+1.2 ± 1.1 within the error" in text
    assert "is higher" not in text


@pytest.mark.parametrize(
    ("points", "sem", "lead"), [(1.65, 1.0, "first"), (-1.65, 1.0, "second"), (1.6, 1.0, ""), (9.0, None, None)]
)
def test_who_leads_needs_an_error(points: float, sem: float | None, lead: str | None) -> None:
    assert lead_of(Difference("ai", None, points, sem)) == lead


def test_who_may_not_read_candidates_gets_codes(site: Site, people: list[Ranked]) -> None:
    account = site.world.stores.accounts.create("machine", PASSWORD, "service")
    site.people["machine"] = Person("machine", account.id)
    token = site.token("machine")
    chosen = {"who": [people[0].application_id, people[2].application_id]}
    for page in (get(site, token, ADDRESS), get(site, token, f"/openings/{OPENING.id}/compare", **chosen)):
        assert page.status_code == 200
        text = read_page(page.text).text
        assert people[0].application_id[:8].upper() in text
        assert not [one.name for one in people if one.name in text]


def test_a_served_ranking_states_what_it_rests_on_itself(
    site: Site, people: list[Ranked], tokens: dict[str, str]
) -> None:
    note = Texts("en")("ranking.old_rules")
    facts = "AI interview 40 · Practical interview 30 · Executive interview 30"
    before = read_page(get(site, tokens["hr"], ADDRESS).text).text
    assert facts in before
    assert note not in before
    weights = {"ai": 10.0, "practical": 60.0, "executive": 30.0}
    stores = site.world.stores
    for changed in ({"stage_weights": weights}, {"places": 7}, {"profile": "kr"}):
        stores.openings.put(msgspec.structs.replace(OPENING, **changed))
        after = read_page(get(site, tokens["hr"], ADDRESS).text).text
        assert note in after
        assert facts in after
        assert f"{Texts('en')('ranking.k')} 3 " in after
    stores.openings.put(OPENING)


@pytest.mark.parametrize("role", ["interviewer", "operator", "candidate"])
def test_nobody_else_sees_it(site: Site, people: list[Ranked], tokens: dict[str, str], role: str) -> None:
    assert get(site, tokens[role], ADDRESS).status_code == 403
    assert get(site, tokens["reviewer"], ADDRESS).status_code == 200


def test_a_failed_gate_is_told_and_the_last_ranking_stays(
    site: Site, people: list[Ranked], tokens: dict[str, str]
) -> None:
    stores = site.world.stores
    state = stores.rankings.state(OPENING.id)
    assert state is not None
    stores.rankings.failed(OPENING.id, "stamp", {"total_equals_recomputed": 2})
    for language, said in (("en", "was stopped by a check"), ("ko", "검사에서 멈추었습니다")):
        page = get(site, tokens["hr"], ADDRESS, language).text
        assert said in page
        assert "total_equals_recomputed" not in page, "a code is no sentence"
        assert len(shown(page)) == len(people)
    assert rank_openings(stores, [OPENING.id])[0].result == "unchanged"
    assert "was stopped by a check" not in get(site, tokens["hr"], ADDRESS).text
