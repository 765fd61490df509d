"""Who conducts an interview together: whatever is done to a panel, exactly one account leads it."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from include.interview.errors import BadInput
from include.interview.live.panel import Panel, claimed, handed_on, joined, left
from include.interview.records import Stage
from include.interview.stages import STAGES

pytestmark = pytest.mark.unit
ACCOUNTS = [f"account-{n}" for n in range(9)]


def refusal(work: object) -> str:
    with pytest.raises(BadInput) as caught:
        work()  # type: ignore[operator]
    return caught.value.code


def test_a_claim_while_somebody_leads_is_refused_with_a_sentence() -> None:
    panel = Panel("a", ("b",))
    with pytest.raises(BadInput, match="leads this interview already; two cannot") as caught:
        claimed(panel, "b", leader_gone=False)
    assert caught.value.code == "already_led"
    assert claimed(panel, "b", leader_gone=True) == Panel("b", ("a",))
    assert refusal(lambda: claimed(panel, "c", leader_gone=True)) == "not_on_panel"


def test_who_leads_hands_the_lead_on_before_leaving() -> None:
    panel = Panel("a", ("b", "c"))
    assert refusal(lambda: left(panel, "a")) == "leader_leaves"
    assert left(handed_on(panel, "b"), "a") == Panel("b", ("c",))
    assert refusal(lambda: handed_on(panel, "d")) == "not_on_panel"


def test_only_stages_with_a_panel_take_more_than_one() -> None:
    assert refusal(lambda: joined(Panel("a"), "b", "practical")) == "panel_full"
    assert joined(Panel("a"), "b", "executive") == Panel("a", ("b",))


class AnyPanel(RuleBasedStateMachine):
    """People join, leave, come back, hand the lead on and reach for it, in any order."""

    stage: Stage = "executive"

    @initialize(leader=st.sampled_from(ACCOUNTS))
    def begin(self, leader: str) -> None:
        self.panel = Panel(leader)

    def _try(self, work: object) -> None:
        with contextlib.suppress(BadInput):
            self.panel = work()  # type: ignore[operator]

    @rule(account=st.sampled_from(ACCOUNTS))
    def joins(self, account: str) -> None:
        self._try(lambda: joined(self.panel, account, self.stage))

    @rule(account=st.sampled_from(ACCOUNTS))
    def leaves(self, account: str) -> None:
        self._try(lambda: left(self.panel, account))

    @rule(account=st.sampled_from(ACCOUNTS))
    def hands_on(self, account: str) -> None:
        members = set(self.panel.members)
        self._try(lambda: handed_on(self.panel, account))
        assert set(self.panel.members) == members, "nobody joins or leaves by it"

    @rule(account=st.sampled_from(ACCOUNTS))
    def reaches_for_the_lead(self, account: str) -> None:
        leader = self.panel.leader
        self._try(lambda: claimed(self.panel, account, leader_gone=False))
        assert self.panel.leader == leader

    @invariant()
    def one_leads_and_nobody_is_there_twice(self) -> None:
        members = self.panel.members
        assert members.count(self.panel.leader) == 1
        assert len(set(members)) == len(members) <= STAGES[self.stage].interviewers


TestAnyPanel = AnyPanel.TestCase
TestAnyPanel.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
