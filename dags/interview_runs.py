"""What the DAGs of one interview share: the form, the lateness alarm, the asset, how they judge. Defines no DAG."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, Metadata, Param
from airflow.sdk.definitions.callback import SyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

from dags.policy import DEFAULT_ARGS, JUDGE_POOL
from include.interview.records import Stage

UUID_PATTERN = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
LATE_AFTER_H = 3
CARDS_OF_OPENINGS = Asset(name="cards_of_openings", uri="triview://cards-of-openings")
"""Partitioned by opening: an event says that a card of this opening was published."""
RANKINGS = Asset(name="rankings", uri="triview://rankings")
"""An event says that rankings were looked at anew; its extra names openings and results. One partition for all."""
ALL_OPENINGS = "openings"
"""The partition of `RANKINGS`: Airflow wakes no DAG without partitions by an event that has one, and a ranking of one
opening has one, its opening's. Whoever follows is woken once for many events and looks for itself what changed."""
SCORECARDS = Asset(name="scorecards", uri="triview://scorecards")
JUDGING: dict[str, Any] = {
    "pool": JUDGE_POOL,
    "execution_timeout": timedelta(minutes=60),
    "map_index_template": "{{ task.op_kwargs['group'] }}",
}
"""Arguments of the mapped task that judges."""


def one_interview(stage: Stage) -> dict[str, Any]:
    """Arguments of a DAG that is triggered once per interview of `stage`, by its id."""
    return {
        "schedule": None,
        "catchup": False,
        "max_active_runs": 16,
        "default_args": DEFAULT_ARGS,
        "tags": ["interview", f"stage:{stage}"],
        "params": {
            "interview_id": Param(
                type="string",
                pattern=UUID_PATTERN,
                title="면접 id · Interview id",
                description="The interview's UUID; nothing else belongs into this form.",
            )
        },
        "deadline": _late(LATE_AFTER_H),
    }


def announce(published: dict[str, Any], outlet_events: Any) -> Metadata:
    """Tell the ranking of the card's opening that there is something new; returns the event of the card itself."""
    outlet_events[CARDS_OF_OPENINGS].add_partitions(published["opening_id"])
    return Metadata(SCORECARDS, published)


def announce_rankings(outcomes: Any, outlet_events: Any) -> Metadata:
    """Tell whoever follows on rankings that openings were looked at anew; `outcomes`: ids and results."""
    tell_reports(outlet_events)
    return Metadata(RANKINGS, {"outcomes": outcomes})


def tell_reports(outlet_events: Any) -> None:
    """Have the reports of rankings looked at: something that they show may have changed."""
    outlet_events[RANKINGS].add_partitions(ALL_OPENINGS)


def any_run(schedule: Any, tag: str, *, runs: int, late_after_h: int = LATE_AFTER_H) -> dict[str, Any]:
    """Arguments of a DAG that is about no single interview.

    `runs`: how many may be active at a time; `late_after_h`: hours after which a run that has not ended is warned of.
    """
    return {
        "schedule": schedule,
        "catchup": False,
        "max_active_runs": runs,
        "default_args": DEFAULT_ARGS,
        "tags": [tag],
        "deadline": _late(late_after_h),
    }


def _late(hours: int) -> DeadlineAlert:
    """The warning in the log about a run that has not ended so many hours after it was queued."""
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(hours=hours),
        callback=SyncCallback("dags.lateness.report_late", {"limit": f"{hours} h"}),
    )
