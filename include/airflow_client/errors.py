"""What a call of Airflow can end with. No text holds a login, a password or a token."""

from __future__ import annotations

from include.interview.errors import BadInput, ServiceFailure


class AirflowFailure(ServiceFailure):
    """Airflow is away, broken, not yet ready, or does not let this login do it: the same call may be tried again.

    `status` is the HTTP status of its answer; None when there was no answer.
    """

    code = "airflow"

    def __init__(self, cause: str, remedy: str, *, status: int | None = None) -> None:
        super().__init__(cause, remedy)
        self.status = status


class AirflowAway(AirflowFailure):
    """Nothing answered."""


class AirflowRefusal(BadInput):
    """Airflow understood the request and refused it (400 or 422): the same request cannot succeed."""

    code = "airflow_refused"

    def __init__(self, cause: str, remedy: str, *, status: int) -> None:
        super().__init__(cause, remedy)
        self.status = status
