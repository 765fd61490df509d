"""The recordings of an interview as its pages play them: what to choose from, and where each begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from include.interview.errors import ConsentMissing
from live_gateway.request_scope import RequestScope
from live_gateway.web.texts import Texts
from tasks.evaluation.recordings import PlayableRecording, recordings_of


@dataclass(frozen=True)
class Player:
    """One interview's player.

    `id`: of its element. `items`: what its script needs of each recording, the candidate's first. `picture`: whether
    there is anything to see. `refused`: nothing is played because a consent is missing.
    """

    id: str
    items: tuple[dict[str, Any], ...]
    picture: bool = False
    refused: bool = False


def player_of(scope: RequestScope, interview_id: str) -> Player | None:
    """The player of an interview the reader may see; None without recordings, or for who may not play them."""
    if not scope.may("recording.play"):
        return None
    identity = f"player-{interview_id}"
    try:
        found = recordings_of(scope.stores, interview_id)
    except ConsentMissing:
        return Player(identity, (), refused=True)
    if not found:
        return None
    t = Texts(scope.language)
    heard_first = sorted(found, key=lambda one: bool(one.tracks) and "interviewer" in one.tracks)
    items = tuple(_item(one, interview_id, len(found), t) for one in heard_first)
    return Player(identity, items, any(one.kind == "video" for one in found))


def _item(one: PlayableRecording, interview_id: str, count: int, t: Texts) -> dict[str, Any]:
    if one.tracks:
        label = " · ".join(t(f"player.track.{track}") for track in one.tracks)
    else:
        label = t("player.whole") if count == 1 else t("player.part", n=one.index + 1)
    return {
        "src": f"/api/v1/interviews/{interview_id}/recordings/{one.id}",
        "label": label,
        "start_s": one.start_s,
        "duration_s": one.duration_s,
    }
