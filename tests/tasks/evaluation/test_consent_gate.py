"""Consents before every step: what lacks one fails where people see it, several records count together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from include.interview.assessment.policy import load_profile
from include.interview.entities import Interview
from include.interview.errors import ConsentMissing, NotFound
from include.storage import Stores
from tasks.evaluation.consent_gate import consented, covering_consent
from tasks.evaluation.context import StepContext
from tests.support.installation import CONSENT, NAME, installed
from tests.support.reviewed_sessions import SETTINGS
from tests.support.spoken_sessions import opening

pytestmark = pytest.mark.unit
PROFILE = load_profile("standard")


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    with installed(tmp_path_factory.mktemp("gate") / "home").stores() as opened:
        opened.openings.put(opening("en"))
        yield opened


@pytest.fixture
def interview(stores: Stores) -> Interview:
    person = stores.candidates.create(NAME).id
    return stores.interviews.create(stores.applications.ensure(person, opening("en").id), "ai", "standard", "en")


@pytest.mark.parametrize(
    ("before", "after"),
    [("uploaded", "failed"), ("processing", "failed"), ("review", "failed"), ("published", "published")],
)
def test_a_step_without_its_consent_fails_the_interview_once(
    stores: Stores, interview: Interview, before: str, after: str
) -> None:
    given = stores.consents.grant(interview.candidate_id, None, PROFILE.consents, CONSENT)
    context = StepContext(stores, SETTINGS, interview.id)
    stores.interviews.set_status(interview.id, before)
    assert consented(context)[0].id == interview.id
    assert stores.interviews.get(interview.id).status == before
    stores.consents.withdraw(given.id)
    for _ in range(2):  # a task is tried again
        with pytest.raises(ConsentMissing):
            consented(context)
        assert stores.interviews.get(interview.id).status == after
    assert stores.interviews.reason(interview.id) == ("consent_missing" if after == "failed" else None)


def test_records_count_together_and_the_newest_is_named(stores: Stores, interview: Interview) -> None:
    person = interview.candidate_id

    def covering() -> str | None:
        found = covering_consent(stores, person, interview.id, PROFILE)
        return None if found is None else found.id

    recording, evaluation = PROFILE.consents
    first = stores.consents.grant(person, None, [recording], CONSENT)
    assert covering() is None
    second = stores.consents.grant(person, interview.id, [evaluation], CONSENT)
    assert covering() == second.id
    other = stores.interviews.create(interview.application_id, "practical", "standard", "en")
    assert covering_consent(stores, person, other.id, PROFILE) is None, "given for one interview alone"
    stores.consents.withdraw(first.id)
    assert covering() is None


def test_nobody_consents_for_who_is_absent_or_was_erased(stores: Stores, interview: Interview) -> None:
    with pytest.raises(NotFound, match="There is no candidate"):
        stores.consents.grant("00000000-0000-4000-8000-000000000000", None, ["recording"], CONSENT)
    stores.candidates.destroy_key(interview.candidate_id)
    with pytest.raises(NotFound) as refused:
        stores.consents.grant(interview.candidate_id, None, ["recording"], CONSENT)
    assert refused.value.code == "erased"
