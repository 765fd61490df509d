"""Who conducts a live interview together: several interviewers, of whom exactly one leads. Pure.

Who leads ends the interview, puts questions away, and is heard on the interviewers' microphone unless another socket
holds it already. There is always one leader: the lead is handed on, never given up.
"""

from __future__ import annotations

from msgspec.structs import replace

from include.interview.errors import BadInput
from include.interview.records import Record, Stage
from include.interview.stages import STAGES

ALREADY_LED = "already_led"


class Panel(Record, frozen=True):
    """Account ids of who conducts the interview: `others` in the order in which they were added, without the leader."""

    leader: str
    others: tuple[str, ...] = ()

    @property
    def members(self) -> tuple[str, ...]:
        """Everybody on it, the leader first."""
        return (self.leader, *self.others)

    def includes(self, account: str) -> bool:
        """Whether this account is on it."""
        return account in self.members


def joined(panel: Panel, account: str, stage: Stage) -> Panel:
    """The panel with `account`; unchanged when it is on it.

    Raises:
        BadInput: code "panel_full": the stage allows no more.
    """
    most = STAGES[stage].interviewers
    if panel.includes(account):
        return panel
    if len(panel.members) >= most:
        remedy = "Take somebody off the panel first." if most > 1 else "Several interviewers conduct an executive one."
        raise BadInput(f"At most {most} may conduct an interview of this stage.", remedy, code="panel_full")
    return replace(panel, others=(*panel.others, account))


def left(panel: Panel, account: str) -> Panel:
    """The panel without `account`; unchanged when it is not on it.

    Raises:
        BadInput: code "leader_leaves": the account leads.
    """
    if account == panel.leader:
        raise BadInput(
            "Who leads the interview cannot be taken off the panel.", "Hand the lead on first.", code="leader_leaves"
        )
    return replace(panel, others=tuple(other for other in panel.others if other != account))


def handed_on(panel: Panel, account: str) -> Panel:
    """The panel that `account` leads from now on; who led before stays on it.

    Raises:
        BadInput: code "not_on_panel".
    """
    if not panel.includes(account):
        raise BadInput(
            "Only somebody on the panel can lead the interview.", "Add the account first.", code="not_on_panel"
        )
    if account == panel.leader:
        return panel
    return Panel(account, (*(other for other in panel.others if other != account), panel.leader))


def claimed(panel: Panel, account: str, *, leader_gone: bool) -> Panel:
    """The panel once `account` has taken the lead by itself, which it may only when the leader's account is closed.

    Raises:
        BadInput: code "already_led": somebody leads; code "not_on_panel".
    """
    if account != panel.leader and not leader_gone and panel.includes(account):
        raise BadInput(
            "Somebody leads this interview already; two cannot.",
            "Ask who leads, or HR, to hand the lead on.",
            code=ALREADY_LED,
        )
    return handed_on(panel, account)
