"""Tables of stage totals, as analysts keep them: one candidate a line, comma, semicolon or tab between columns."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence

from include.interview.errors import BadInput
from include.interview.intake.decoding import decode_text
from include.interview.ranking.records import Apart, Entrant, StageScore
from include.interview.records import Record, Stage
from include.interview.stages import STAGES

NAME_COLUMN = "candidate"
SEM_SUFFIX = "_sem"
DELIMITERS = (",", ";", "\t")
COLUMNS = ", ".join((NAME_COLUMN, *(name for stage in STAGES for name in (stage, stage + SEM_SUFFIX))))
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
    text = decode_text(data, name)
    if not text.strip():
        raise BadInput(f"{name} is empty.", COLUMNS_RULE)
    delimiter = _delimiter(text.lstrip().splitlines()[0])
    reader = csv.reader(io.StringIO(text.lstrip(), newline=""), delimiter=delimiter)
    try:
        lines = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise BadInput(f"{name} cannot be read as a table: {error}.", COLUMNS_RULE) from None
    header = [cell.strip().lower() for cell in lines[0][1]]
    stages = _stages(header, name)
    rows = _rows(lines[1:], header, name)
    return _assemble(rows, [s for s in stages if weights.get(s, 0.0) > 0.0] or list(stages), name, delimiter)


def _delimiter(header: str) -> str:
    return max(DELIMITERS, key=header.count)


def _stages(header: Sequence[str], name: str) -> tuple[Stage, ...]:
    known = {NAME_COLUMN, *STAGES, *(stage + SEM_SUFFIX for stage in STAGES)}
    repeated = sorted({column for column in header if column and header.count(column) > 1})
    unknown = sorted({column for column in header if column not in known})
    if NAME_COLUMN not in header:
        raise BadInput(f"{name} has no column {NAME_COLUMN!r} in its first line.", COLUMNS_RULE)
    if repeated:
        raise BadInput(f"{name} has the column {repeated[0]!r} twice.", COLUMNS_RULE)
    if unknown:
        raise BadInput(f"{name} has the column {unknown[0]!r}, which is not known.", COLUMNS_RULE)
    for stage in STAGES:
        if (stage in header) != (stage + SEM_SUFFIX in header):
            missing = stage if stage + SEM_SUFFIX in header else stage + SEM_SUFFIX
            raise BadInput(
                f"{name} has no column {missing!r}.",
                "Every stage needs its score and its standard error (SEM): an unknown error is not an error of 0.",
            )
    stages = tuple(stage for stage in STAGES if stage in header)
    if not stages:
        raise BadInput(f"{name} has no stage.", COLUMNS_RULE)
    return stages


def _rows(lines: Sequence[tuple[int, list[str]]], header: Sequence[str], name: str) -> list[tuple[int, dict[str, str]]]:
    if not lines:
        raise BadInput(f"{name} has a first line but no candidates.", "Add one line per candidate.")
    found, first_seen = [], dict[str, int]()
    for number, cells in lines:
        if len(cells) != len(header):
            raise BadInput(f"{name}, line {number}: {len(cells)} cells for {len(header)} columns.", COLUMNS_RULE)
        row = {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
        identity = row[NAME_COLUMN]
        if not identity:
            raise BadInput(f"{name}, line {number}: the candidate has no name or number.", "Fill in the column.")
        if identity in first_seen:
            raise BadInput(
                f"{name}, line {number} repeats the candidate of line {first_seen[identity]}.",
                "Keep one line per candidate.",
            )
        first_seen[identity] = number
        found.append((number, row))
    return found


def _assemble(
    rows: Sequence[tuple[int, Mapping[str, str]]], stages: Sequence[Stage], name: str, delimiter: str
) -> ScoreTable:
    filled = [stage for stage in stages if any(row[stage] or row[stage + SEM_SUFFIX] for _, row in rows)]
    if not filled:
        raise BadInput(f"{name} has no scores.", "Fill in at least one stage.")
    entrants, apart, off_scale = [], [], 0
    for number, row in rows:
        scores = {stage: _score(row, stage, f"{name}, line {number}", delimiter) for stage in filled}
        missing = next((stage for stage, score in scores.items() if score is None), None)
        if missing is not None:
            apart.append(Apart(row[NAME_COLUMN], "stage_missing", missing))
            continue
        present = {stage: score for stage, score in scores.items() if score is not None}
        off_scale += sum(not SCALE[0] <= score.total <= SCALE[1] for score in present.values())
        entrants.append(Entrant(row[NAME_COLUMN], present))
    return ScoreTable(tuple(entrants), tuple(apart), tuple(filled), off_scale)


def _score(row: Mapping[str, str], stage: Stage, place: str, delimiter: str) -> StageScore | None:
    total, sem = row[stage], row[stage + SEM_SUFFIX]
    if not total and not sem:
        return None
    if not total or not sem:
        empty = stage if not total else stage + SEM_SUFFIX
        raise BadInput(
            f"{place}: {empty} is empty.",
            "Give score and standard error, or neither; an error of 0 means that the score is known exactly.",
        )
    value = _number(total, stage, place, delimiter)
    error = _number(sem, stage + SEM_SUFFIX, place, delimiter)
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


def _number(cell: str, column: str, place: str, delimiter: str) -> float:
    plain = cell.replace(",", ".") if delimiter == ";" else cell
    try:
        value = float(plain)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadInput(f"{place}: {column} is no number.", "Write it like 72.5, without a unit.")
    return value
