"""Binds the steps of a flow to their stores inside an Airflow task. Defines no DAG.

What crosses XCom are ids: artifact refs as plain dictionaries.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow.sdk import get_current_context

if TYPE_CHECKING:
    from include.settings import Settings
    from include.storage import Stores

PROGRESS_KEY = "progress"
STEP_SECONDS_KEY = "step_seconds"
"""`wall`: of the step alone, kept beside the progress: what is left of the task's time is Airflow's own cost.
`processor`: what the task's process used until the step's end, which does not depend on what else the machine does."""
PROGRESS_INTERVAL_S = 2.0
"""Least time between two published progress values: each is one request to the API server."""

GENERATED = "manual__"
"""How the run ids begin that Airflow makes up for a run that a person or a program starts without one."""

Output = Any
"""What a task returns and the next one takes: ids and refs as plain data, or while the graph is built a promise of
them by Airflow."""

log = logging.getLogger(__name__)


class PublishedProgress:
    """Progress of a step: logged in percent and kept in the task state store, where it survives a retry."""

    def __init__(self, state: Any) -> None:
        self._state = state
        self._last = float("-inf")

    def __call__(self, fraction: float, phrase: str = "") -> None:
        """Publish `fraction` (0 to 1) and what is being done; at most one value every PROGRESS_INTERVAL_S seconds."""
        now = time.monotonic()
        if now - self._last < PROGRESS_INTERVAL_S and fraction < 1.0:
            return
        self._last = now
        percent = round(100.0 * min(max(fraction, 0.0), 1.0))
        log.info("%d %% %s", percent, phrase)
        try:
            self._state.set(PROGRESS_KEY, {"percent": percent, "phrase": phrase})
        except Exception as error:  # noqa: BLE001  (a lost progress value must not fail the step it reports on)
            log.warning("Progress could not be published (%s); the step goes on.", type(error).__name__)


def interview_of(context: Any) -> str:
    """The interview id of the run, which is all that `conf` may carry.

    Raises:
        BadInput: `conf` carries something else beside it: Airflow stores `conf` in the clear and shows it to viewers.
            Or (code "run_id_missing") whoever started the run gave no run id, or an empty one: Airflow then makes one
            up, and the same interview would run twice.
    """
    from include.interview.errors import BadInput

    extra = set(context["dag_run"].conf or {}) - {"interview_id"}
    if extra:
        raise BadInput(
            f"conf carries {len(extra)} key(s) beside interview_id.",
            'Delete this run and trigger again with {"interview_id": "…"} only.',
            code="conf_not_ids_only",
        )
    if str(context["dag_run"].run_id).startswith(GENERATED):
        raise BadInput(
            "The run was started without a run id of its own, so that Airflow could not tell that it exists already.",
            "Delete this run and trigger again with a run id, as the DAG's page says: the same one again answers 409.",
            code="run_id_missing",
        )
    return str(context["params"]["interview_id"]).lower()


def from_xcom(value: Any) -> Any:
    """Artifact refs where XCom carries their dictionaries; lists element by element; anything else unchanged."""
    import msgspec

    from include.interview.entities import ArtifactRef

    if isinstance(value, dict) and {"id", "interview_id", "kind"} <= set(value):
        return msgspec.convert(value, ArtifactRef)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [from_xcom(item) for item in value]
    return value


@contextmanager
def _background_stores() -> Iterator[tuple[Stores, Settings]]:
    """Stores that are open meanwhile; the task gives way to live sessions that are heard on this machine."""
    from include.background_work import background_work, lower_priority
    from include.storage.airflow_connection import bound_stores

    lower_priority()
    with bound_stores() as (stores, settings), background_work(settings.live_marker):
        yield stores, settings


@contextmanager
def bound_step(flow: str, name: str, context: Any) -> Iterator[Callable[..., Any]]:
    """The step `name` of the module `flow`, bound to the run's interview and to stores that are open meanwhile."""
    import importlib
    from functools import partial

    from tasks.evaluation.context import StepContext

    function = getattr(importlib.import_module(flow), name)
    with _background_stores() as (stores, settings):
        yield partial(function, StepContext(stores, settings, interview_of(context)))


class Flow:
    """The steps of one module of `tasks/`, callable from Airflow tasks."""

    def __init__(self, module: str) -> None:
        self._module = module

    def run(self, step: str, *inputs: Any, reports_progress: bool = False) -> Any:
        """Run the step called `step` for the run's interview and return its result (ids) as plain data for XCom.

        Args:
            inputs: what earlier tasks returned; dictionaries of artifact refs become refs.
            reports_progress: pass a `progress` callable that publishes to the log and the task state store.

        Raises:
            TriviewError: as the step says; `BadInput` fails the task at once (see `policy.py`).
        """
        import importlib

        import msgspec

        from tasks.evaluation.context import StepContext

        context = get_current_context()
        interview_id = interview_of(context)
        function = getattr(importlib.import_module(self._module), step)
        arguments = [from_xcom(value) for value in inputs]
        state = context["task_state_store"]
        extra = {"progress": PublishedProgress(state)} if reports_progress else {}
        with _background_stores() as (stores, settings):
            started = time.perf_counter()
            result = msgspec.to_builtins(function(StepContext(stores, settings, interview_id), *arguments, **extra))
            spent = {"wall": time.perf_counter() - started, "processor": time.process_time()}
            state.set(STEP_SECONDS_KEY, {name: round(seconds, 3) for name, seconds in spent.items()})
        return result


class StoreFlow:
    """The steps of a flow that is about no single interview: plain functions over open stores, returning ids."""

    def __init__(self, module: str, *, with_settings: bool = False) -> None:
        """Steps of `module`; they get the settings after the stores when `with_settings` says so."""
        self._module = module
        self._with_settings = with_settings

    def run(self, step: str, *inputs: Any) -> Any:
        """Run the step called `step` with `inputs` and return its result as plain data for XCom.

        Raises:
            TriviewError: as the step says; `BadInput` fails the task at once (see `policy.py`).
        """
        import importlib

        import msgspec

        function = getattr(importlib.import_module(self._module), step)
        with _background_stores() as (stores, settings):
            bound = (stores, settings) if self._with_settings else (stores,)
            return msgspec.to_builtins(function(*bound, *inputs))


def opening_of(context: Any) -> str:
    """The opening of the run: its asset partition when a card was published, else the form's field.

    Raises:
        BadInput: `conf` carries something else beside it, or there is neither.
    """
    from include.interview.errors import BadInput

    run = context["dag_run"]
    extra = set(run.conf or {}) - {"opening_id"}
    if extra:
        raise BadInput(
            f"conf carries {len(extra)} key(s) beside opening_id.",
            'Delete this run and trigger again with {"opening_id": "…"} only.',
            code="conf_not_ids_only",
        )
    opening = run.partition_key or context["params"].get("opening_id")
    if not opening:
        raise BadInput("The run names no opening.", 'Trigger it with {"opening_id": "…"}.', code="opening_missing")
    return str(opening)
