"""Rating rows from a CSV file."""

from __future__ import annotations

from include.interview.agreement.records import MACHINE, RatedLevel
from include.interview.assessment.rubric import LEVELS
from include.interview.csv_rows import number, read_csv
from include.interview.errors import BadInput

COLUMNS = ("candidate", "rater", "criterion", "level")


def read_ratings(data: bytes, name: str) -> tuple[RatedLevel, ...]:
    """The ratings in the CSV file `name`, with the columns candidate, rater, criterion, level; others are ignored.

    People give whole levels 1 to 5; the rater called "machine" may lie between them.

    Raises:
        BadInput: as `read_csv`; an empty candidate, rater or criterion, a level that is none, or the same rating twice.
    """
    table = read_csv(data, name, COLUMNS)
    found: dict[tuple[str, str, str], RatedLevel] = {}
    for line, cells in table.rows:
        for column in COLUMNS[:3]:
            if not cells[column]:
                raise BadInput(f"{name}, line {line}: {column} is empty.", "Fill it in, or leave the row out.")
        level = number(table, line, "level", cells["level"])
        rater = MACHINE if cells["rater"].lower() == MACHINE else cells["rater"]
        whole = rater == MACHINE or level == int(level)
        if not LEVELS[0] <= level <= LEVELS[-1] or not whole:
            raise BadInput(
                f"{name}, line {line}: the level is not one of the anchors'.",
                f"Use whole levels {LEVELS[0]} to {LEVELS[-1]}; only the machine's may lie between them.",
            )
        key = (cells["candidate"], rater, cells["criterion"])
        if key in found:
            raise BadInput(
                f"{name}, line {line}: this rater has rated this candidate on this criterion already.",
                "Keep one of the rows.",
            )
        found[key] = RatedLevel(*key, level)
    return tuple(found.values())
