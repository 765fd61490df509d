"""What every DAG shares: how tasks are retried, how long they may take, where heavy ones run.

Defines no DAG. tests/dags/test_policy.py holds every DAG to it.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

OWNER = "hr-operations"
MEDIA_POOL = "media"
"""Slots = cores that may decode and run perception at a time."""
JUDGE_POOL = "judge"
"""Slots = calls the judge's provider takes at a time."""

RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        RetryRule(
            exception=["include.interview.errors.BadInput", "include.settings.SettingsError"],
            action=RetryAction.FAIL,
            reason="The input or a setting is at fault: trying again cannot help.",
        ),
        RetryRule(
            exception=["include.interview.errors.ServiceFailure", "builtins.ConnectionError", "builtins.TimeoutError"],
            action=RetryAction.RETRY,
            reason="Something outside failed: trying again may help.",
        ),
    ]
)

DEFAULT_ARGS: dict[str, Any] = {
    "owner": OWNER,
    "retries": 3,
    "retry_delay": timedelta(seconds=10),
    "retry_exponential_backoff": 3.0,
    "max_retry_delay": timedelta(minutes=10),
    "retry_policy": RETRY_POLICY,
    "execution_timeout": timedelta(minutes=10),
}


def heavy(minutes: int) -> dict[str, Any]:
    """Arguments of a task that decodes or runs models: the media pool, and the Celery queue when one is configured."""
    placed: dict[str, Any] = {"pool": MEDIA_POOL, "execution_timeout": timedelta(minutes=minutes)}
    if queue := os.environ.get("TRIVIEW_MEDIA_QUEUE"):
        placed |= {"queue": queue, "executor": "CeleryExecutor"}
    return placed
