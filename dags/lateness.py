"""What happens when a run is late or people must be reminded. Defines no DAG; Airflow imports it by its dotted path."""

from __future__ import annotations

import logging
from typing import Any

log = logging.getLogger(__name__)


def report_late(context: dict[str, Any] | None = None, limit: str = "") -> None:
    """Log one warning an operator's log alert can match: ids and the limit, nothing else."""
    run = (context or {}).get("dag_run") or {}
    run_id = run.get("dag_run_id") or run.get("run_id") if isinstance(run, dict) else getattr(run, "run_id", None)
    log.warning(
        "LATE run=%s limit=%s: open the run in Airflow; a task in awaiting_input waits for a reviewer, "
        "a queued one for a pool slot.",
        run_id,
        limit,
    )


def remind(run_id: str, waiting: int, due_at: str) -> None:
    """Log one warning an operator's log alert can match: how many insights still wait in a run, and until when."""
    log.warning(
        "REMIND run=%s insights=%d due=%s: half of the time to decide has passed; what nobody decides is rejected.",
        run_id,
        waiting,
        due_at,
    )
