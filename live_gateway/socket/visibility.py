"""Who may see what: the candidate's share is the own speech, hints on process, and that there is a result."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from include.interview.live import wire
from include.interview.scoring.review import Standing, standing_of

OWN: Final = "candidate"
CANDIDATES_LETTER = OWN[0]
"""Utterance ids begin with the track's first letter."""


class PanelView(msgspec.Struct, frozen=True):
    """What an account of a panel sees of what only some of it may see.

    `blind`: it has yet to rate the interview, and sees no number of the machine before that.
    """

    account: str
    blind: bool


def share_of(
    role: wire.SocketRole, event: wire.Durable, standing: Standing | None = None, panel: PanelView | None = None
) -> wire.Durable | None:
    """`event` as `role` may see it; None when it may not. What is not named here stays with the interviewer.

    Whose an utterance turns out to be changes what the candidate may see of it: `CandidateStream` says how.

    Args:
        standing: whether the card of a session that was concluded before may be shown; None while it is being held.
        panel: which of several interviewers sees it; None where one conducts the interview, and for the candidate.
    """
    if panel is not None:
        if isinstance(event, wire.NoteTaken) and event.author != panel.account:
            return None
        if panel.blind and isinstance(event, wire.ScoreUpdate):
            return None
        if panel.blind and isinstance(event, wire.Result):
            return replace(event, card=None, held="rate_first")
    if isinstance(event, wire.Feedback):
        return event if event.audience in (role, "both") else None
    if isinstance(event, wire.Result):
        return _result(role, event, standing)
    if role == "interviewer":
        hidden = standing is not None and standing.state != "shown" and isinstance(event, wire.ScoreUpdate)
        return None if hidden else event
    return event if _own(event) else None


def _result(role: wire.SocketRole, event: wire.Result, standing: Standing | None) -> wire.Result:
    """The live card for the interviewer when no rule asks for a person; else the notice that it is held."""
    if role == "candidate" or event.card is None:
        return replace(event, card=None)
    found = standing or standing_of("live", event.card.review, None)
    return event if found.state == "shown" else replace(event, card=None, held=found.state)


def _own(event: wire.Durable) -> bool:
    if isinstance(event, wire.SessionEnded):
        return True
    if isinstance(event, wire.TranscriptFinal):
        return event.role == OWN
    if isinstance(event, wire.SpeechStart | wire.SpeechEnd | wire.SpeechDiscarded | wire.AudioGap):
        return event.track == OWN
    return False


def partial_is_for(role: wire.SocketRole, utt: str) -> bool:
    """Whether a partial of this utterance may be shown to `role`: never other people's words to the candidate."""
    return role == "interviewer" or utt.startswith(CANDIDATES_LETTER)
