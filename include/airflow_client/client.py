"""Airflow's REST interface: logging in, starting DAG runs under ids of our own, and any other authenticated call.

Source: Airflow 3's REST API v2 (`/api/v2`) and the token endpoint of its auth manager (`/auth/token`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from include.airflow_client.errors import AirflowAway, AirflowFailure, AirflowRefusal

TIMEOUT_S = 15.0
"""Longest wait for an answer."""
CONNECT_TIMEOUT_S = 2.0
TOKEN_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
"""Airflow's answers to a token that has run out, and to one that it did not sign (or whose user may not)."""
REMEDY = "Try again; see that Airflow runs and that its address is right (for the gateway: TRIVIEW_AIRFLOW_URL)."


class _Token(msgspec.Struct):
    access_token: str


class _Detail(msgspec.Struct):
    detail: object = None


class AirflowClient:
    """One login at one Airflow. Logs in when first needed and again when its token is refused."""

    def __init__(self, url: str, user: str, password: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._user, self._password = user, password
        timeout = httpx.Timeout(timeout_s, connect=CONNECT_TIMEOUT_S)
        self._client = httpx.AsyncClient(base_url=url, timeout=timeout, trust_env=False)
        self._token: str | None = None
        self._login = asyncio.Lock()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def login(self) -> None:
        """Get a new token.

        Raises:
            AirflowFailure: Airflow is away or broken, or does not accept the login.
        """
        await self._new_token(self._token)

    async def request(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """The answer to one authenticated request, whatever its status; `body` is sent as JSON.

        Raises:
            AirflowFailure: no answer (AirflowAway), or the login is not accepted.
        """
        token = self._token or await self._new_token(None)
        answer = await self._send(method, path, token, body, params, headers)
        if answer.status_code in TOKEN_REFUSED:
            token = await self._new_token(token)
            answer = await self._send(method, path, token, body, params, headers)
        return answer

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, str | int] | None = None,
    ) -> Any:
        """The decoded JSON answer to a request that succeeded; None when the answer is empty.

        Raises:
            AirflowFailure: no answer, or one that says that it may be tried again. AirflowRefusal: 400 or 422.
        """
        answer = await self.request(method, path, body=body, params=params)
        if not answer.is_success:
            raise _error(answer, f"{method} {path}")
        return msgspec.json.decode(answer.content) if answer.content else None

    async def trigger(self, dag_id: str, run_id: str, conf: Mapping[str, str]) -> bool:
        """Start the run `run_id`; True when it is new, False when it existed already (409), which is as good.

        Raises:
            AirflowFailure: Airflow is away or broken, does not know the DAG, or does not accept us; try again later.
            AirflowRefusal: it understood and refused, as `conf` against the DAG's schema.
        """
        body = {"dag_run_id": run_id, "logical_date": None, "conf": dict(conf)}
        answer = await self.request("POST", f"/api/v2/dags/{quote(dag_id)}/dagRuns", body=body)
        if answer.status_code == HTTPStatus.CONFLICT:
            return False
        if not answer.is_success:
            raise _error(answer, f"start {dag_id}")
        return True

    async def _new_token(self, spent: str | None) -> str:
        """A token other than `spent`; of callers at the same time one logs in."""
        async with self._login:
            if self._token is not None and self._token != spent:
                return self._token
            answer = await self._send("POST", "/auth/token", None, {"username": self._user, "password": self._password})
            status = answer.status_code
            if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
                raise AirflowFailure(
                    "Airflow does not accept this login.",
                    "Check user and password (for the gateway: TRIVIEW_AIRFLOW_USER, TRIVIEW_AIRFLOW_PASSWORD).",
                    status=status,
                )
            if status not in (HTTPStatus.OK, HTTPStatus.CREATED):  # its text may repeat what was sent: not shown
                raise AirflowFailure(f"Airflow answered the login with status {status}.", REMEDY, status=status)
            try:
                self._token = msgspec.json.decode(answer.content, type=_Token).access_token
            except msgspec.DecodeError:
                raise AirflowFailure("What answers there is not Airflow.", REMEDY, status=status) from None
            return self._token

    async def _send(
        self,
        method: str,
        path: str,
        token: str | None,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One answer. A kept-alive connection may close just as a request arrives on it: reading is tried twice."""
        sent = {**({} if token is None else {"Authorization": f"Bearer {token}"}), **(headers or {})}
        tries = 2 if method == "GET" else 1
        while True:
            tries -= 1
            try:
                return await self._client.request(method, path, json=body, params=params, headers=sent)
            except httpx.HTTPError as error:
                if tries and isinstance(error, httpx.ReadError | httpx.RemoteProtocolError):
                    continue
                raise AirflowAway(f"Airflow cannot be reached ({type(error).__name__}).", REMEDY) from None


def _error(answer: httpx.Response, what: str) -> AirflowFailure | AirflowRefusal:
    """What an answer that is no success means for whoever wanted to do `what`."""
    status = answer.status_code
    if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY):
        return AirflowRefusal(
            f"Airflow refused: {what} (status {status}): {_sentence(answer)}",
            "See that Airflow has this DAG and reads the same version of the project.",
            status=status,
        )
    if status in TOKEN_REFUSED:
        return AirflowFailure(
            f"Airflow does not allow this login: {what}.",
            "Give it the right (for the gateway's TRIVIEW_AIRFLOW_USER: to trigger DAG runs).",
            status=status,
        )
    if status == HTTPStatus.NOT_FOUND:  # also while a fresh Airflow has not parsed its DAGs yet
        return AirflowFailure(f"Airflow does not know what is meant: {what}.", REMEDY, status=status)
    return AirflowFailure(f"Airflow answered with status {status}: {what}.", REMEDY, status=status)


def _sentence(answer: httpx.Response) -> str:
    """Airflow's own sentence: about DAG and parameters, which are ids."""
    try:
        detail = msgspec.json.decode(answer.content, type=_Detail).detail
    except msgspec.DecodeError:
        return "no reason given"
    return detail if isinstance(detail, str) else msgspec.json.encode(detail).decode()
