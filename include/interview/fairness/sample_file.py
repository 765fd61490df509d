"""A fairness sample from a CSV file: group columns, and `selected` or `score` or both."""

from __future__ import annotations

from include.interview.csv_rows import CsvTable, number, read_csv
from include.interview.errors import BadInput
from include.interview.fairness.records import Person, Sample

SELECTED, SCORE = "selected", "score"
NOT_GROUPS = frozenset({"candidate", "candidate_id", "id"})
"""Columns that are left out: they name persons, and no figure is about one."""
MAX_GROUPS = 60
"""More labels in a column are no groups but names, dates or numbers."""
YES = frozenset({"1", "yes", "y", "true", "t", "selected", "예", "네", "선발", "합격"})
NO = frozenset({"0", "no", "n", "false", "f", "not selected", "아니오", "아니요", "미선발", "불합격", "탈락"})
UNDECLARED = frozenset(
    {"", "-", "?", "unknown", "n/a", "na", "none", "null", "prefer not to say", "not declared", "declined",
     "미상", "무응답", "모름", "응답 안 함", "응답하지 않음", "밝히지 않음"}
)  # fmt: skip


def read_sample(data: bytes, name: str) -> Sample:
    """The sample in the CSV file `name`: one row per person, group columns and `selected`, `score` or both.

    Labels are trimmed; an empty cell, "unknown" and "prefer not to say" count as not declared.

    Raises:
        BadInput: as `read_csv`; no group column, neither outcome, a `selected` that is no yes or no, a `score` that is
            no number, or a group column with more than 60 labels. No cell is repeated in the message.
    """
    table = read_csv(data, name, (), (SELECTED, SCORE))
    attributes = tuple(c for c in table.columns if c not in {SELECTED, SCORE} | NOT_GROUPS)
    has_selected, has_score = SELECTED in table.columns, SCORE in table.columns
    if not (has_selected or has_score):
        raise BadInput(f"{name} has neither a column selected nor a column score.", "Name them in the first line.")
    if not attributes:
        raise BadInput(f"{name} has no group column.", "Add one, such as sex or age_band, beside selected and score.")
    for attribute in attributes:
        if len({cells[attribute] for _, cells in table.rows}) > MAX_GROUPS:
            raise BadInput(
                f"{name}: the column {attribute} has more than {MAX_GROUPS} different values and is no group.",
                "Leave it out, or put its values into bands.",
            )
    people = tuple(
        Person(
            groups=tuple(_label(cells[attribute]) for attribute in attributes),
            selected=_selected(table, line, cells[SELECTED]) if has_selected else None,
            score=number(table, line, SCORE, cells[SCORE]) if has_score else None,
        )
        for line, cells in table.rows
    )
    return Sample(attributes, people)


def _label(cell: str) -> str | None:
    label = " ".join(cell.split())
    return None if label.lower() in UNDECLARED else label


def _selected(table: CsvTable, line: int, cell: str) -> bool:
    text = cell.lower()
    if text in YES or text in NO:
        return text in YES
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if value in (0.0, 1.0):
        return value == 1.0
    what = "is empty" if not cell else "is neither yes nor no"
    raise BadInput(f"{table.name}, line {line}: selected {what}.", "Write 1 or 0 (yes or no).")
