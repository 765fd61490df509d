"""Checks a suite against columns, so that no value leaves the check.

Great Expectations is imported on use: that alone takes seconds.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from include.interview.errors import ServiceFailure
from include.interview.ranking.records import GateResult

LIBRARY = "great_expectations"
COUNT_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
"""How many rows fail, without a single one of their values."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expectation of a suite.

    `kind`: the class of Great Expectations without its prefix `ExpectColumn`; `arguments`: that class's own.
    """

    name: str
    kind: str
    severity: Literal["critical", "warning"] = "critical"
    arguments: Mapping[str, Any] = field(default_factory=dict)


def check(suite: Sequence[Expectation], columns: Mapping[str, Sequence[Any]]) -> GateResult:
    """What of `suite` the rows of `columns` (equally long) do not meet; everything is met where there are no rows.

    Raises:
        ServiceFailure: the library cannot be loaded, or an expectation could not be computed (code "gate").
    """
    if not any(len(column) for column in columns.values()):
        return GateResult()
    batch, build = _batch(columns)
    from great_expectations import ExpectationSuite

    checked = batch.validate(
        ExpectationSuite(name="gate", expectations=[build(one) for one in suite]), result_format="BOOLEAN_ONLY"
    )
    met = {result.expectation_config.meta["name"]: _met(result) for result in checked.results}
    failed = [one for one in suite if not met[one.name]]
    counts = {one.name: _count(batch.validate(build(one), result_format=COUNT_ONLY)) for one in failed}
    return GateResult(
        critical={one.name: counts[one.name] for one in failed if one.severity == "critical"},
        warning={one.name: counts[one.name] for one in failed if one.severity == "warning"},
    )


def _batch(columns: Mapping[str, Sequence[Any]]) -> tuple[Any, Any]:
    """A batch over the columns in a context that leaves nothing behind, and what builds an expectation."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger(LIBRARY).setLevel(logging.WARNING)
    try:
        import great_expectations
        import great_expectations.expectations as kinds
        import pandas
        from great_expectations.data_context.types.base import (
            DataContextConfig,
            InMemoryStoreBackendDefaults,
            ProgressBarsConfig,
        )
    except ImportError as error:
        raise ServiceFailure(
            f"The library of the gates could not be loaded ({error.name or type(error).__name__}).",
            "Install what requirements.txt names, then clear the task; until then the last ranking is served.",
            code="gate",
        ) from error
    # Without pages of its own, for which it would make folders.
    nothing_kept = DataContextConfig(store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False))
    context = great_expectations.get_context(mode="ephemeral", project_config=nothing_kept)
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    frame = pandas.DataFrame({name: pandas.Series(column) for name, column in columns.items()})
    asset = context.data_sources.add_pandas("columns").add_dataframe_asset("rows")
    whole = asset.add_batch_definition_whole_dataframe("all")

    def build(one: Expectation) -> Any:
        kind = getattr(kinds, f"ExpectColumn{one.kind}")
        return kind(severity=one.severity, meta={"name": one.name}, **one.arguments)

    return whole.get_batch(batch_parameters={"dataframe": frame}), build


def _met(result: Any) -> bool:
    """Whether the expectation holds.

    Raises:
        ServiceFailure: it could not be computed. Its text holds no value.
    """
    if any(problem.get("raised_exception") for problem in _problems(result.exception_info)):
        name = result.expectation_config.meta["name"]
        raise ServiceFailure(
            f"The expectation {name} could not be computed.", "See the operator's manual.", code="gate"
        )
    return bool(result.success)


def _problems(info: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """Exception records of a result, which has one, or one per metric."""
    given = info or {}
    return [given] if "raised_exception" in given else [value for value in given.values() if isinstance(value, Mapping)]


def _count(result: Any) -> int:
    return int(result.result.get("unexpected_count") or 1)
