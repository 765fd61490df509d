"""Tables of stage totals, as analysts keep them: one candidate a line, comma, semicolon or tab between columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from include.interview.csv_rows import CsvTable, number, read_csv
from include.interview.errors import BadInput
from include.interview.ranking.records import Apart, Entrant, StageScore
from include.interview.records import Record, Stage
from include.interview.stages import STAGES

NAME_COLUMN = "candidate"
SEM_SUFFIX = "_sem"
_KNOWN = tuple(name for stage in STAGES for name in (stage, stage + SEM_SUFFIX))
COLUMNS = ", ".join((NAME_COLUMN, *_KNOWN))
COLUMNS_RULE = f"The columns are {COLUMNS}; both columns of a stage may be left out."
LARGEST_SEM = 100.0
"""In points: an error as large as the whole scale says that nothing was measured, or the wrong unit."""
SCALE = (0.0, 100.0)
LARGEST_SCORE = 1e6
"""Above, sums of squares lose the digits that tell candidates apart."""


class ScoreTable(Record, frozen=True):
    """A table as read: who may be ranked, who lacks a stage, and the stages there are.

    `off_scale`: how many scores are below 0 or above 100; they are ranked as they are.
    """

    entrants: tuple[Entrant, ...]
    apart: tuple[Apart, ...]
    stages: tuple[Stage, ...]
    off_scale: int = 0


def parse_table(data: bytes, name: str, weights: Mapping[Stage, float]) -> ScoreTable:
    """The table in the bytes of the file `name` (UTF-8 with or without mark, UTF-16 or CP949).

    A candidate without a score in a stage that has a weight and a column is listed apart. With semicolons between the
    columns numbers may have a decimal comma.

    Raises:
        BadInput: names the line and column and what is expected there.
    """
    table = read_csv(data, name, (NAME_COLUMN,), optional=_KNOWN)
    stages = _stages(table)
    _check_candidates(table)
    return _assemble(table, [s for s in stages if weights.get(s, 0.0) > 0.0] or list(stages))


def _stages(table: CsvTable) -> tuple[Stage, ...]:
    unknown = sorted(column for column in table.columns if column not in (NAME_COLUMN, *_KNOWN))
    if unknown:
        raise BadInput(f"{table.name} has the column {unknown[0]!r}, which is not known.", COLUMNS_RULE)
    for stage in STAGES:
        if (stage in table.columns) != (stage + SEM_SUFFIX in table.columns):
            missing = stage if stage + SEM_SUFFIX in table.columns else stage + SEM_SUFFIX
            raise BadInput(
                f"{table.name} has no column {missing!r}.",
                "Every stage needs its score and its standard error (SEM): an unknown error is not an error of 0.",
            )
    stages = tuple(stage for stage in STAGES if stage in table.columns)
    if not stages:
        raise BadInput(f"{table.name} has no stage.", COLUMNS_RULE)
    return stages


def _check_candidates(table: CsvTable) -> None:
    first_seen: dict[str, int] = {}
    for line, row in table.rows:
        identity = row[NAME_COLUMN]
        if not identity:
            raise BadInput(f"{table.name}, line {line}: the candidate has no name or number.", "Fill in the column.")
        if identity in first_seen:
            raise BadInput(
                f"{table.name}, line {line} repeats the candidate of line {first_seen[identity]}.",
                "Keep one line per candidate.",
            )
        first_seen[identity] = line


def _assemble(table: CsvTable, stages: Sequence[Stage]) -> ScoreTable:
    filled = [stage for stage in stages if any(row[stage] or row[stage + SEM_SUFFIX] for _, row in table.rows)]
    if not filled:
        raise BadInput(f"{table.name} has no scores.", "Fill in at least one stage.")
    entrants, apart, off_scale = [], [], 0
    for line, row in table.rows:
        scores = {stage: _score(table, line, row, stage) for stage in filled}
        missing = next((stage for stage, score in scores.items() if score is None), None)
        if missing is not None:
            apart.append(Apart(row[NAME_COLUMN], "stage_missing", missing))
            continue
        present = {stage: score for stage, score in scores.items() if score is not None}
        off_scale += sum(not SCALE[0] <= score.total <= SCALE[1] for score in present.values())
        entrants.append(Entrant(row[NAME_COLUMN], present))
    return ScoreTable(tuple(entrants), tuple(apart), tuple(filled), off_scale)


def _score(table: CsvTable, line: int, row: Mapping[str, str], stage: Stage) -> StageScore | None:
    total, sem, place = row[stage], row[stage + SEM_SUFFIX], f"{table.name}, line {line}"
    if not total and not sem:
        return None
    if not total or not sem:
        empty = stage if not total else stage + SEM_SUFFIX
        raise BadInput(
            f"{place}: {empty} is empty.",
            "Give score and standard error, or neither; an error of 0 means that the score is known exactly.",
        )
    value, error = number(table, line, stage, total), number(table, line, stage + SEM_SUFFIX, sem)
    if abs(value) > LARGEST_SCORE:
        raise BadInput(f"{place}: {stage} is {value:g}.", "Scores are points of 0 to 100.")
    if error < 0.0:
        raise BadInput(f"{place}: {stage}{SEM_SUFFIX} is below 0.", "A standard error is 0 or more, in points.")
    if error > LARGEST_SEM:
        raise BadInput(
            f"{place}: {stage}{SEM_SUFFIX} is {error:g}, larger than the whole scale.",
            "Give the standard error in points of 0 to 100.",
        )
    return StageScore(value, error)
