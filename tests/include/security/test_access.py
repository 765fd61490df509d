"""The whole table, action by action and role by role, against what is written down here a second time."""

from __future__ import annotations

from itertools import product

import pytest

from include.security import access
from include.security.access import ACTIONS, INVITED, ROLES, Caller, Owners

pytestmark = pytest.mark.unit

ANY = {
    "hr": {
        "account.create", "account.list", "account.change", "candidate.create", "candidate.list", "candidate.read",
        "opening.list", "opening.read", "opening.public", "opening.write", "consent.grant",
        "invitation.create", "invitation.list", "invitation.read", "invitation.remind", "invitation.revoke",
         "consent.read", "consent.withdraw",
        "upload.create", "upload.write", "upload.read", "interview.list", "interview.read", "interview.start",
        "result.read", "live_result.read", "report.read", "session.create", "session.list", "session.read",
        "decision.record", "answer.search", "answer.read",
        "questions.prepare", "questions.read", "questions.decide", "panel.read", "panel.manage", "panel.lead",
        "rating.read", "rating.analyse", "divergence.read", "divergence.settle", "ranking.report",
        "insight.read", "insight.decide",
        "fairness.read", "decision.read", "application.list", "application.read", "ranking.read", "ranking.start",
        "candidate.erase", "candidate.export", "erasure.read", "recording.play", "webhook.manage",
        "contest.read", "contest.list", "contest.answer",
    },
    "interviewer": {
        "answer.search",
        "candidate.list", "candidate.read", "opening.list", "opening.read", "opening.public", "consent.read",
        "session.create",
    },
    "candidate": set(),
    "invited": set(),
    "reviewer": {
        "candidate.list", "candidate.read", "opening.list", "opening.read", "opening.public", "consent.read",
        "interview.list",
        "interview.read", "result.read", "live_result.read", "report.read", "card.review", "decision.record",
        "answer.search", "answer.read", "rating.read", "divergence.read", "divergence.settle",
        "insight.read", "insight.decide", "decision.read", "application.list", "application.read", "ranking.read",
        "recording.play", "contest.read", "contest.list", "contest.answer",
    },
    "auditor": {
        "opening.list", "opening.read", "opening.public", "consent.read", "interview.list", "interview.read",
        "audit.read",
        "decision.read", "fairness.read", "erasure.read",
    },
    "operator": {"account.list", "opening.list", "opening.read", "opening.public", "operations.read"},
    "service": {
        "opening.list", "opening.read", "opening.public",
        "upload.create", "upload.write", "upload.read", "interview.list",
        "interview.read", "interview.start", "result.read", "live_result.read", "report.read", "operations.read",
        "questions.prepare", "questions.read",
        "ranking.read", "ranking.start",
    },
}  # fmt: skip
OWN = {
    "hr": {"account.own_password", "session.join_interviewer", "rating.write"},
    "interviewer": {
        "account.own_password", "interview.list", "interview.read", "result.read", "live_result.read", "report.read",
        "session.list", "session.read", "session.join_interviewer", "questions.prepare", "questions.read",
        "questions.decide", "panel.read", "panel.manage", "panel.lead", "rating.write", "rating.read",
        "insight.read", "recording.play",
    },
    "candidate": {
        "account.own_password", "candidate.read", "consent.grant", "consent.read", "consent.withdraw",
        "interview.list", "interview.read", "session.list", "opening.public",
        "invitation.list", "invitation.read", "invitation.enter", "session.read", "session.join_candidate",
        "declaration.read", "declaration.write", "candidate.export",
        "contest.open", "contest.withdraw", "contest.read",
    },
    "invited": {"invitation.answer"},
}  # fmt: skip


def caller(role: str) -> Caller:
    by = "invitation-1" if role == INVITED else "account-1"
    return Caller(by, role, "candidate-1" if role == "candidate" else None)  # type: ignore[arg-type]


@pytest.mark.parametrize(("role", "action"), list(product((*ROLES, INVITED), ACTIONS)))
def test_every_role_with_every_action(role: str, action: access.Action) -> None:
    of_all, of_own = action in ANY[role], action in OWN.get(role, {"account.own_password"})
    asks = caller(role)
    theirs = Owners("account-1", "candidate-1", invitation_id="invitation-1")
    others = Owners("account-2", "candidate-2", invitation_id="invitation-2")
    assert access.may(role, action) == (of_all or of_own)
    assert access.allows(asks, action, theirs) == (of_all or of_own)
    assert access.allows(asks, action, others) == of_all
    assert access.allows(asks, action, Owners()) == of_all
    crossed = Owners("candidate-1", "account-1", ("invitation-1",), "account-1")
    assert access.allows(asks, action, crossed) == of_all
    if of_all:
        assert access.share_of(asks, action) == Owners()
    elif of_own:
        own = {"candidate": Owners(candidate_id="candidate-1"), INVITED: Owners(invitation_id="invitation-1")}
        owner = own.get(role, Owners(account_id="account-1"))
        assert access.share_of(asks, action) == owner
    else:
        assert access.share_of(asks, action) is None


def test_owning_is_by_the_right_id() -> None:
    led = Owners(account_id="account-1", candidate_id="candidate-2")
    assert access.may_join(caller("interviewer"), "interviewer", led)
    assert access.may_join(caller("hr"), "interviewer", led)
    assert not access.may_join(caller("interviewer"), "candidate", led)
    assert not access.may_join(caller("candidate"), "candidate", led)
    assert access.may_join(caller("candidate"), "candidate", Owners("account-2", "candidate-1"))
    assert not access.may_join(caller("candidate"), "interviewer", Owners("account-1", "candidate-1"))


def test_a_candidate_without_an_id_owns_nothing() -> None:
    nobody = Caller("account-1", "candidate", None)
    assert not access.owns(nobody, Owners())
    assert access.share_of(nobody, "session.list") is None


def test_roles_that_do_not_exist_may_nothing() -> None:
    assert not any(access.may("root", action) for action in ACTIONS)
    assert set(access.RULES) == set(ACTIONS)
