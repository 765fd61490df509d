"""Airflow's REST interface, as far as the gateway needs it: starting a DAG run under an id of our own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

import httpx
import msgspec

from include.interview.errors import BadInput, ServiceFailure
from live_gateway import metrics
from live_gateway.settings import AirflowSettings

TIMEOUT = httpx.Timeout(15.0, connect=2.0)
CODE = "airflow"
REMEDY = "It is tried again by itself; see that Airflow runs and that TRIVIEW_AIRFLOW_URL is its address."


class _Token(msgspec.Struct):
    access_token: str


class _Refusal(msgspec.Struct):
    detail: object = None


class AirflowClient:
    """A client of one Airflow. Logs in when first needed and again when its token has run out."""

    def __init__(self, settings: AirflowSettings) -> None:
        self._settings = settings
        self._client = httpx.AsyncClient(base_url=settings.url, timeout=TIMEOUT, trust_env=False)
        self._token: str | None = None
        self._login = asyncio.Lock()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def trigger(self, dag_id: str, run_id: str, conf: Mapping[str, str]) -> bool:
        """Start the run `run_id`; True when it is new, False when it existed already, which is as good.

        Raises:
            ServiceFailure: code "airflow": away, broken, or it does not accept our login; try again later.
            BadInput: code "airflow_refused": it understood and refused (conf against the DAG's schema).
        """
        body = {"dag_run_id": run_id, "logical_date": None, "conf": dict(conf)}
        try:
            response = await self._authenticated(f"/api/v2/dags/{quote(dag_id)}/dagRuns", body)
            new = _outcome(response, dag_id)
        except (ServiceFailure, BadInput):
            metrics.triggers.labels(dag_id, "failed").inc()
            raise
        metrics.triggers.labels(dag_id, "new" if new else "present").inc()
        return new

    async def _authenticated(self, path: str, body: Mapping[str, object]) -> httpx.Response:
        token = self._token or await self._new_token(None)
        response = await self._post(path, body, token)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            response = await self._post(path, body, await self._new_token(token))
        return response

    async def _new_token(self, spent: str | None) -> str:
        """A token other than `spent`; of callers at the same time one logs in."""
        async with self._login:
            if self._token is not None and self._token != spent:
                return self._token
            login = {"username": self._settings.user, "password": self._settings.password}
            response = await self._post("/auth/token", login, None)
            if response.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
                raise ServiceFailure(
                    "Airflow does not accept the gateway's login.",
                    "Check TRIVIEW_AIRFLOW_USER and TRIVIEW_AIRFLOW_PASSWORD.",
                    code=CODE,
                )
            if response.status_code not in (HTTPStatus.OK, HTTPStatus.CREATED):
                raise ServiceFailure(
                    f"Airflow answered the login with status {response.status_code}.", REMEDY, code=CODE
                )
            try:
                self._token = msgspec.json.decode(response.content, type=_Token).access_token
            except msgspec.DecodeError:
                raise ServiceFailure("What answers there is not Airflow.", REMEDY, code=CODE) from None
            return self._token

    async def _post(self, path: str, body: Mapping[str, object], token: str | None) -> httpx.Response:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        try:
            return await self._client.post(path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise ServiceFailure(f"Airflow cannot be reached ({type(error).__name__}).", REMEDY, code=CODE) from None


def _outcome(response: httpx.Response, dag_id: str) -> bool:
    status = response.status_code
    if status == HTTPStatus.CONFLICT:
        return False
    if response.is_success:
        return True
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise ServiceFailure(
            f"Airflow does not let the gateway start {dag_id}.",
            "Give TRIVIEW_AIRFLOW_USER the right to trigger DAG runs.",
            code=CODE,
        )
    if status == HTTPStatus.NOT_FOUND:  # also while a fresh Airflow has not parsed its DAGs yet
        raise ServiceFailure(f"Airflow does not know the DAG {dag_id}.", REMEDY, code=CODE)
    if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY):
        raise BadInput(
            f"Airflow refused to start {dag_id} (status {status}): {_sentence(response)}",
            "See that Airflow has this DAG and reads the same version of the project.",
            code="airflow_refused",
        )
    raise ServiceFailure(f"Airflow answered with status {status}.", REMEDY, code=CODE)


def _sentence(response: httpx.Response) -> str:
    """Airflow's own sentence: about DAG and parameters, which are ids."""
    try:
        detail = msgspec.json.decode(response.content, type=_Refusal).detail
    except msgspec.DecodeError:
        return "no reason given"
    return detail if isinstance(detail, str) else msgspec.json.encode(detail).decode()
