"""A client of the gateway's REST interface, for `./triview live`, the demo and the benchmarks."""

from __future__ import annotations

import asyncio
import ssl
from types import TracebackType
from typing import Any, Self

import httpx

from include.interview.errors import BadInput, ServiceFailure
from include.interview.records import Record

TIMEOUT_S = 30.0
PATIENCE = 8
LONGEST_WAIT_S = 10
NO_TOKEN = ("/auth/login", "/auth/refresh")
"""Calls whose 401 is no token's that ran out."""


class NewSession(Record, frozen=True):
    """A created session as the gateway returns it; `GatewayRest.ticket` asks for tickets for its socket."""

    session_id: str
    socket_url: str
    consent_id: str | None


class GatewayRest:
    """A client of one gateway's REST interface; an async context manager.

    Args:
        url: http(s)://host:port.
        tls: what an https address is trusted by; None: the usual authorities.

    Raises, on every call:
        BadInput: the gateway refused, with its sentence and code.
        ServiceFailure: it does not answer or failed.
    """

    def __init__(self, url: str, tls: ssl.SSLContext | None = None) -> None:
        self.url = url
        self._client = httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S, trust_env=False, verify=tls or True)
        self._refresh_token = ""
        self._renewing = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON answer to a request below /api/v1, or None for an empty one.

        A request that is answered with 429 and `Retry-After` is repeated up to `PATIENCE` times. When the access token
        has run out, the login is refreshed and the request sent again.

        Raises:
            BadInput: the gateway refused (4xx), with its sentence and code.
            ServiceFailure: it does not answer or failed (5xx).
        """
        answer = await self._answer(method, path, json=body)
        return answer.json() if answer.content else None

    async def send(self, path: str, content: bytes, **parameters: str) -> Any:
        """The JSON answer to `content` sent as it is, by POST. Raises as `call`."""
        headers = {"Content-Type": "application/octet-stream"}
        answer = await self._answer("POST", path, content=content, params=parameters, headers=headers)
        return answer.json()

    async def download(self, path: str, **parameters: str) -> bytes:
        """The bytes answered to a GET. Raises as `call`."""
        return (await self._answer("GET", path, params=parameters)).content

    async def _answer(self, method: str, path: str, **request: Any) -> httpx.Response:
        renewed = False
        for attempt in range(PATIENCE + 1):
            try:
                answer = await self._client.request(method, f"/api/v1{path}", **request)
            except httpx.HTTPError as error:
                raise ServiceFailure(
                    f"The gateway at {self.url} does not answer ({type(error).__name__}).", "Look at its log."
                ) from None
            if answer.status_code == httpx.codes.UNAUTHORIZED and not renewed and path not in NO_TOKEN:
                renewed = await self._renew(answer.request.headers.get("Authorization"))
                if renewed:
                    continue
            later = answer.headers.get("Retry-After", "")
            if answer.status_code != httpx.codes.TOO_MANY_REQUESTS or attempt == PATIENCE or not later.isdigit():
                break
            await asyncio.sleep(min(int(later), LONGEST_WAIT_S))
        if answer.is_success:
            return answer
        try:
            problem = answer.json()
        except ValueError:
            problem = {}
        cause = str(problem.get("detail") or f"The gateway answered {answer.status_code} to {method} {path}.")
        kind = BadInput if answer.is_client_error else ServiceFailure
        raise kind(cause, str(problem.get("remedy") or ""), code=str(problem.get("code") or "refused"))

    async def login(self, login: str, password: str) -> None:
        """Log in as the account `login`; later calls are made as this account.

        Raises:
            BadInput: no such login or password.
            ServiceFailure: the gateway does not answer or failed.
        """
        answer = await self.call("POST", "/auth/login", {"login": login, "password": password})
        self._keep(answer)

    async def _renew(self, used: str | None) -> bool:
        """Whether there is another token than `used` now; several calls that find it run out renew it once."""
        async with self._renewing:
            if self._client.headers.get("Authorization") != used:
                return True
            if not self._refresh_token:
                return False
            token, self._refresh_token = self._refresh_token, ""
            self._keep(await self.call("POST", "/auth/refresh", {"refresh_token": token}))
            return True

    def _keep(self, answer: Any) -> None:
        self._client.headers["Authorization"] = f"Bearer {answer['access_token']}"
        self._refresh_token = str(answer["refresh_token"])

    async def create_session(
        self,
        candidate_id: str,
        opening_id: str,
        *,
        language: str,
        profile: str,
        microphones: str,
        stage: str = "practical",
    ) -> NewSession:
        """Create a live session of `stage` with this account as its interviewer, and return it.

        Raises:
            BadInput: an id, stage, language, profile or kind of microphones that does not exist, or not allowed.
            ServiceFailure: the gateway does not answer or failed.
        """
        answer = await self.call(
            "POST",
            "/sessions",
            {
                "candidate_id": candidate_id,
                "opening_id": opening_id,
                "language": language,
                "profile": profile,
                "microphones": microphones,
                "stage": stage,
            },
        )
        return NewSession(answer["session_id"], answer["socket_url"], answer.get("consent_id"))

    async def ticket(self, session_id: str) -> str:
        """A fresh single-use socket ticket of session `session_id`, for this account's role.

        Raises:
            BadInput: no such session, or not this account's.
            ServiceFailure: the gateway does not answer or failed.
        """
        return str((await self.call("POST", f"/sessions/{session_id}/tickets"))["ticket"])
