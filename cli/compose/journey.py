"""From login to ranking over REST and sockets, as HR's own systems would: through the proxy, nothing else."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import msgspec
import numpy as np

from include.gateway_client.rest import GatewayRest
from include.gateway_client.socket import LiveClient
from include.interview.assessment.openings import general_opening
from include.interview.errors import BadInput, ServiceFailure
from include.interview.live import wire

LOOK_S = 1.0
LONGEST_S = 1500.0
"""From upload to card on a machine that does other things too."""
PURPOSES = ["recording", "ai_evaluation"]
TEXT = "compose-test"
OPENING = ("title", "description", "competencies", "keywords", "questions", "values")
LOGGED_OUT = "not_logged_in"
NOT_YET = frozenset({"not_found", "report_not_ready", "review_not_waiting"})
TAIL_S = 1.0


class LiveFigures(msgspec.Struct, frozen=True):
    """What a live session's client saw."""

    session_id: str
    connections: int
    dropped_samples: int
    words: str
    total: float | None


class Journey:
    """HR and a reviewer of a system behind `url`; an async context manager that logs both in."""

    def __init__(self, url: str, tls: ssl.SSLContext, password: str) -> None:
        self._url, self._tls, self._password = url, tls, password
        self.hr, self.reviewer = GatewayRest(url, tls), GatewayRest(url, tls)
        self.opening = f"compose-{uuid4().hex[:8]}"

    async def __aenter__(self) -> Self:
        await self.hr.__aenter__()
        await self.reviewer.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.reviewer.__aexit__(kind, error, trace)
        await self.hr.__aexit__(kind, error, trace)

    async def login(self) -> None:
        """Log HR in, and make and log in a reviewer."""
        await self.hr.login("admin", self._password)
        made = await self.hr.call("POST", "/accounts", {"login": f"reviewer-{self.opening}", "role": "reviewer"})
        await self.reviewer.login(f"reviewer-{self.opening}", made["password"])

    async def again(self) -> None:
        """Log HR in again: tokens end after a quarter of an hour."""
        await self.hr.login("admin", self._password)

    async def make_opening(self) -> None:
        """An opening that is ranked by recorded interviews."""
        opening = msgspec.to_builtins(general_opening("en"))
        kept = {name: opening[name] for name in OPENING if opening.get(name)}
        await self.hr.call(
            "POST",
            "/openings",
            {**kept, "id": self.opening, "places": 1, "profile": "standard", "stage_weights": {"ai": 1.0}},
        )

    async def candidate(self, name: str) -> str:
        """A new candidate who agreed to what the profile needs; returns the id."""
        made = await self.hr.call("POST", "/candidates", {"name": name})
        await self.hr.call(
            "POST", "/consents", {"candidate_id": made["id"], "purposes": PURPOSES, "text_version": TEXT}
        )
        return str(made["id"])

    async def upload(self, candidate: str, recording: bytes) -> str:
        """Send a recording in one request; returns the interview's id."""
        made = await self.hr.send(
            "/ai-interview/upload",
            recording,
            candidate_id=candidate,
            opening_id=self.opening,
            language="en",
        )
        return str(made["interview_id"])

    async def status(self, interview: str) -> str:
        """Where the interview stands."""
        return str((await self.hr.call("GET", f"/interviews/{interview}"))["status"])

    async def until(self, what: str, reached: Callable[[], Awaitable[Any]], longest_s: float = LONGEST_S) -> Any:
        """The first true answer of `reached`; a system that is away for a while is asked again.

        Raises:
            ServiceFailure: there was none in time; with the last trouble.
        """
        deadline, trouble = time.monotonic() + longest_s, ""
        while time.monotonic() < deadline:
            try:
                if found := await reached():
                    return found
            except ServiceFailure as failure:
                trouble = str(failure)
            except BadInput as refusal:
                if refusal.code == LOGGED_OUT:
                    await self.again()
                elif refusal.code not in NOT_YET:
                    raise
                trouble = str(refusal)
            await asyncio.sleep(LOOK_S)
        raise ServiceFailure(f"{what} did not come within {longest_s:.0f} s.", trouble)

    async def card(self, interview: str, live: bool = False) -> dict[str, Any]:
        """The published card of `interview`; a review on the way is answered.

        Raises:
            ServiceFailure: it failed, or did not come in time.
        """

        async def reached() -> str | None:
            status = await self.status(interview)
            if status == "review":
                await self._review(interview)
            if status == "failed":
                raise BadInput(f"The interview {interview} failed.", "Look at its run in Airflow.")
            return status if status == "published" else None

        await self.until(f"The card of {interview}", reached)
        path = f"/interviews/{interview}/live" if live else f"/interviews/{interview}/result"
        found: dict[str, Any] = await self.hr.call("GET", path)
        return found

    async def _review(self, interview: str) -> None:
        found = await self.reviewer.call("GET", f"/interviews/{interview}/review")
        if not found["waiting"]:
            return
        await self.reviewer.call(
            "POST",
            f"/interviews/{interview}/review",
            {"decision": "publish", "ground": "evidence_supports_card", "evidence": found["criteria"]},
        )

    async def live(
        self,
        candidate: str,
        samples: np.ndarray,
        speed: float,
        midway: Callable[[LiveClient], Awaitable[None]] | None = None,
    ) -> LiveFigures:
        """Hold a practical session from `samples` (n, 2); `midway` is called after a third of it."""
        session = await self.hr.create_session(
            candidate, self.opening, language="en", profile="standard", microphones="separate"
        )

        async def ticket() -> str:
            return await self.hr.ticket(session.session_id)

        tail = np.zeros((round(TAIL_S * wire.SAMPLE_RATE), 2), np.int16)
        pcm = np.concatenate([samples, tail]).astype("<i2").tobytes()
        third = len(pcm) // 12 * 4
        client = LiveClient(session.socket_url, ticket, session.consent_id or "", channels=2, tls=self._tls)
        async with client:
            await client.wait_ready()
            await client.play(pcm[:third], speed)
            if midway is not None:
                await midway(client)
            await client.play(pcm[third:], speed)
            await client.end()
            result = await client.wait_for(wire.Result)
        words = " ".join(event.text for event in client.events if isinstance(event, wire.TranscriptFinal))
        total = None if result.card is None else result.card.total
        figures = client.figures
        return LiveFigures(session.session_id, figures.connections, figures.dropped_samples, words, total)

    async def rank(self) -> dict[str, Any]:
        """The opening's ranking, asked for and made."""
        await self.hr.call("POST", f"/openings/{self.opening}/ranking/runs")
        found: dict[str, Any] = await self.until(
            "The ranking", lambda: self.hr.call("GET", f"/openings/{self.opening}/ranking"), 600.0
        )
        return found

    async def reports(self) -> dict[str, int]:
        """Format -> bytes of the ranking's report."""
        sizes: dict[str, int] = {}
        for form in ("html", "pdf", "xlsx", "csv"):

            async def one(form: str = form) -> int:
                path = f"/openings/{self.opening}/ranking/report"
                return len(await self.hr.download(path, format=form, language="ko"))

            sizes[form] = await self.until(f"The report as {form}", one, 600.0)
        return sizes
