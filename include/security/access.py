"""Access rules: the one table of which role may do which action, and the checks that read it.

A role may do an action on "any" object or on its "own" only: a candidate's own is what belongs to that candidate,
everybody else's own is what their account holds (an interviewer's sessions). Whoever came by the link of an invitation
has no account: their own is that one invitation. What is not in the table is forbidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

import msgspec

AccountRole = Literal["hr", "interviewer", "candidate", "reviewer", "auditor", "operator", "service"]
"""The roles that an account may have."""
Role = Literal[AccountRole, "invited"]
"""`invited`: whoever came by the link of an invitation."""
Scope = Literal["any", "own"]
Action = Literal[
    "account.create",
    "account.list",
    "account.change",
    "account.own_password",
    "candidate.create",
    "candidate.list",
    "candidate.read",
    "candidate.erase",
    "candidate.export",
    "erasure.read",
    "opening.list",
    "opening.read",
    "opening.public",
    "opening.write",
    "invitation.create",
    "invitation.list",
    "invitation.read",
    "invitation.remind",
    "invitation.revoke",
    "invitation.enter",
    "invitation.answer",
    "consent.grant",
    "consent.read",
    "consent.withdraw",
    "declaration.read",
    "declaration.write",
    "fairness.read",
    "upload.create",
    "upload.write",
    "upload.read",
    "interview.list",
    "interview.read",
    "interview.start",
    "result.read",
    "live_result.read",
    "report.read",
    "recording.play",
    "card.review",
    "contest.open",
    "contest.withdraw",
    "contest.read",
    "contest.list",
    "contest.answer",
    "insight.read",
    "insight.decide",
    "answer.search",
    "answer.read",
    "session.create",
    "session.list",
    "session.read",
    "session.join_interviewer",
    "session.join_candidate",
    "panel.read",
    "panel.manage",
    "panel.lead",
    "rating.write",
    "rating.read",
    "rating.analyse",
    "divergence.read",
    "divergence.settle",
    "questions.prepare",
    "questions.read",
    "questions.decide",
    "ranking.read",
    "ranking.start",
    "ranking.report",
    "application.list",
    "application.read",
    "webhook.manage",
    "decision.record",
    "decision.read",
    "audit.read",
    "operations.read",
]
INVITED: Role = "invited"
ROLES: tuple[AccountRole, ...] = get_args(AccountRole)
ACTIONS: tuple[Action, ...] = get_args(Action)

SECOND_PERSON: frozenset[Role] = frozenset({"hr", "auditor", "operator", "service"})
"""Roles whose accounts one person cannot make alone. HR is among them: who could make a second HR account alone would
be the second person for everything."""

_STAFF: dict[Role, Scope] = {role: "any" for role in ROLES if role != "candidate"}
_OWN_BY_ALL: dict[Role, Scope] = dict.fromkeys(ROLES, "own")

_RULES: dict[Action, dict[Role, Scope]] = {
    # logins
    "account.create": {"hr": "any"},
    "account.list": {"hr": "any", "operator": "any"},
    "account.change": {"hr": "any"},
    "account.own_password": _OWN_BY_ALL,
    # people and what they apply for; an interviewer meets a candidate through a session of theirs
    "candidate.create": {"hr": "any"},
    "candidate.list": {"hr": "any", "interviewer": "any", "reviewer": "any"},
    "candidate.read": {"hr": "any", "interviewer": "any", "reviewer": "any", "candidate": "own"},
    # erasing cannot be undone; its receipt names nobody
    "candidate.erase": {"hr": "any"},
    # what is stored of a person is theirs to have; HR hands it out for those without a login
    "candidate.export": {"candidate": "own", "hr": "any"},
    "erasure.read": {"hr": "any", "auditor": "any"},
    # questions, key concepts, weights and places are never a candidate's to read: they have the public view
    "opening.list": _STAFF,
    "opening.read": _STAFF,
    "opening.public": {**_STAFF, "candidate": "own"},
    "opening.write": {"hr": "any"},
    # HR invites; profile, attempts and deadline are not the candidate's to choose. Who enters by the link, or from
    # their own page, answers this one invitation and reaches nothing else
    "invitation.create": {"hr": "any"},
    "invitation.list": {"hr": "any", "candidate": "own"},
    "invitation.read": {"hr": "any", "candidate": "own"},
    "invitation.remind": {"hr": "any"},
    "invitation.revoke": {"hr": "any"},
    "invitation.enter": {"candidate": "own"},
    "invitation.answer": {"invited": "own"},
    # a consent is the candidate's; HR records what was signed on paper
    "consent.grant": {"candidate": "own", "hr": "any"},
    "consent.read": {"candidate": "own", "hr": "any", "interviewer": "any", "reviewer": "any", "auditor": "any"},
    "consent.withdraw": {"candidate": "own", "hr": "any"},
    # what candidates declare about themselves nobody else reads; the report of it counts, and names nobody
    "declaration.read": {"candidate": "own"},
    "declaration.write": {"candidate": "own"},
    "fairness.read": {"hr": "any", "auditor": "any"},
    # recordings that HR or a program has; a candidate's own go into an invitation
    "upload.create": {"hr": "any", "service": "any"},
    "upload.write": {"hr": "any", "service": "any"},
    "upload.read": {"hr": "any", "service": "any"},
    # interviews and what came of them; cards are never shown to candidates here: they have the explanation page
    "interview.list": {
        "hr": "any", "interviewer": "own", "reviewer": "any", "auditor": "any", "service": "any", "candidate": "own",
    },
    "interview.read": {
        "hr": "any", "interviewer": "own", "reviewer": "any", "auditor": "any", "service": "any", "candidate": "own",
    },
    "interview.start": {"hr": "any", "service": "any"},
    "result.read": {"hr": "any", "interviewer": "own", "reviewer": "any", "service": "any"},
    "live_result.read": {"hr": "any", "interviewer": "own", "reviewer": "any", "service": "any"},
    "report.read": {"hr": "any", "interviewer": "own", "reviewer": "any", "service": "any"},
    # what was recorded, as it was said; candidates have theirs by the export
    "recording.play": {"hr": "any", "interviewer": "own", "reviewer": "any"},
    # a card that waits for a person is seen by who may answer its review
    "card.review": {"reviewer": "any"},
    # a candidate contests what was published about them; a person answers who had no part in it, which the store checks
    "contest.open": {"candidate": "own"},
    "contest.withdraw": {"candidate": "own"},
    "contest.read": {"candidate": "own", "hr": "any", "reviewer": "any"},
    "contest.list": {"hr": "any", "reviewer": "any"},
    "contest.answer": {"hr": "any", "reviewer": "any"},
    # insights: who decides about them reads all, and never conducted the interview; others read what was approved
    "insight.read": {"hr": "any", "interviewer": "own", "reviewer": "any"},
    "insight.decide": {"hr": "any", "reviewer": "any"},
    # past answers: numbers for those who interview, the words of others only for those who decide
    "answer.search": {"hr": "any", "interviewer": "any", "reviewer": "any"},
    "answer.read": {"hr": "any", "reviewer": "any"},
    # live sessions: whoever creates one leads it; nobody joins in another's place; a panel's are all its members' own
    "session.create": {"hr": "any", "interviewer": "any"},
    "session.list": {"hr": "any", "interviewer": "own", "candidate": "own"},
    "session.read": {"hr": "any", "interviewer": "own", "candidate": "own"},
    "session.join_interviewer": {"hr": "own", "interviewer": "own"},
    "session.join_candidate": {"candidate": "own"},
    # who conducts an executive interview: HR and who leads it decide, so that "own" of panel.manage is the leader's
    "panel.read": {"hr": "any", "interviewer": "own"},
    "panel.manage": {"hr": "any", "interviewer": "own"},
    "panel.lead": {"hr": "any", "interviewer": "own"},
    # everybody rates for themselves, what they conducted
    "rating.write": {"hr": "own", "interviewer": "own"},
    "rating.read": {"hr": "any", "interviewer": "own", "reviewer": "any"},
    # how raters of an opening agree and how strict each is; where they are apart, for whoever looks at it
    "rating.analyse": {"hr": "any"},
    "divergence.read": {"hr": "any", "reviewer": "any"},
    "divergence.settle": {"hr": "any", "reviewer": "any"},
    # questions prepared for an executive interview: never the candidate's to see
    "questions.prepare": {"hr": "any", "interviewer": "own", "service": "any"},
    "questions.read": {"hr": "any", "interviewer": "own", "service": "any"},
    "questions.decide": {"hr": "any", "interviewer": "own"},
    # oversight
    # orders of candidates, and where their applications stand: never for the candidates' own pages
    "ranking.read": {"hr": "any", "reviewer": "any", "service": "any"},
    "ranking.start": {"hr": "any", "service": "any"},
    "ranking.report": {"hr": "any"},
    "application.list": {"hr": "any", "reviewer": "any"},
    "application.read": {"hr": "any", "reviewer": "any"},
    # which systems are told that something happened: ids only
    "webhook.manage": {"hr": "any"},
    "decision.record": {"hr": "any", "reviewer": "any"},
    "decision.read": {"hr": "any", "reviewer": "any", "auditor": "any"},
    "audit.read": {"auditor": "any"},
    "operations.read": {"operator": "any", "service": "any"},
}  # fmt: skip
RULES: Mapping[Action, Mapping[Role, Scope]] = MappingProxyType(
    {action: MappingProxyType(rule) for action, rule in _RULES.items()}
)
"""action -> role -> scope."""


class Caller(msgspec.Struct, frozen=True):
    """An account that asks for something; `candidate_id` is set for role "candidate" only.

    For role "invited", `account_id` is the invitation's id.
    `login_id`: the login by which it asks; empty where nobody logged in.
    """

    account_id: str
    role: Role
    candidate_id: str | None = None
    login_id: str = ""


class Owners(msgspec.Struct, frozen=True):
    """The owners of an object: the account that leads it and the candidate it is about; None where there is none.

    `others`: further accounts to which it belongs as much, such as those on the panel of a session. `invitation_id`:
    the invitation that it belongs to.
    """

    account_id: str | None = None
    candidate_id: str | None = None
    others: tuple[str, ...] = ()
    invitation_id: str | None = None


def scope_of(role: str, action: Action) -> Scope | None:
    """The scope in which `role` may do `action`, "any" or "own"; None when it may not at all."""
    rules: Mapping[str, Scope] = RULES[action]  # type: ignore[assignment]  # a role nobody declared is in no rule
    return rules.get(role)


def may(role: str, action: Action) -> bool:
    """True when `role` may do `action` to anything at all: the check of a route. Objects are checked by `allows`."""
    return scope_of(role, action) is not None


def owns(caller: Caller, owners: Owners) -> bool:
    """True when an object of `owners` is the caller's own."""
    if caller.role == INVITED:
        return caller.account_id == owners.invitation_id
    if caller.role == "candidate":
        return caller.candidate_id is not None and caller.candidate_id == owners.candidate_id
    return caller.account_id == owners.account_id or caller.account_id in owners.others


def allows(caller: Caller, action: Action, owners: Owners) -> bool:
    """True when `caller` may do `action` to an object of `owners`."""
    scope = scope_of(caller.role, action)
    return scope == "any" or (scope == "own" and owns(caller, owners))


def share_of(caller: Caller, action: Action) -> Owners | None:
    """The owner by which a list must be filtered for `caller`.

    `Owners()` means no filter, None that there is nothing to see.
    """
    scope = scope_of(caller.role, action)
    if scope is None or (scope == "own" and caller.role == "candidate" and caller.candidate_id is None):
        return None
    if scope == "any":
        return Owners()
    if caller.role == "candidate":
        return Owners(candidate_id=caller.candidate_id)
    if caller.role == INVITED:
        return Owners(invitation_id=caller.account_id)
    return Owners(account_id=caller.account_id)


def may_join(caller: Caller, socket_role: Literal["interviewer", "candidate"], owners: Owners) -> bool:
    """True when `caller` may open the socket of `socket_role` in the session of `owners`."""
    action: Action = "session.join_interviewer" if socket_role == "interviewer" else "session.join_candidate"
    return allows(caller, action, owners)
