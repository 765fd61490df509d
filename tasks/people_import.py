"""Candidates from a file: first who would be added and what is wrong, then all of them or none."""

from __future__ import annotations

from include.interview.errors import BadInput
from include.interview.people.people_file import PeopleFile, PersonRow, RowFault, read_people
from include.interview.records import Bilingual, Record
from include.storage import Stores
from tasks.ranking.listing import plain_name

FILE = "The file"
"""What errors call it: the name of a file may be a person's."""
MOST_TOLD = 200
"""Faults told of one file; all of them are counted."""
_THERE = Bilingual(
    ko="이름과 연락처가 같은 지원자가 이미 있습니다. 이 행을 빼 주세요.",
    en="A candidate of this name and contact is there already. Leave the row out.",
)


class ImportPreview(Record, frozen=True):
    """What an import would do: `people` would be added if nothing is wrong.

    `faults`: at most `MOST_TOLD` of the `wrong` rows that keep the file from being taken. `sha256`: of the file in hex,
    to be given back with it.
    """

    sha256: str
    people: tuple[PersonRow, ...]
    wrong: int
    faults: tuple[RowFault, ...]


class Imported(Record, frozen=True):
    """Ids of the candidates that were added, in the order of the file."""

    candidate_ids: tuple[str, ...]


def preview_people(stores: Stores, data: bytes) -> ImportPreview:
    """Who a CSV or XLSX file would add, and the rows at fault; nothing is stored. One audit entry.

    Raises: as `read_people`.
    """
    found = read_people(data, FILE)
    faults = sorted((*found.faults, *_there(stores, found)), key=lambda fault: fault.row)
    bad = {fault.row for fault in faults}
    people = tuple(one for one in found.people if one.row not in bad)
    return ImportPreview(found.sha256, people, len(faults), tuple(faults[:MOST_TOLD]))


def import_people(stores: Stores, data: bytes, sha256: str) -> Imported:
    """Add everybody of the file that was previewed under `sha256`; all of them or none.

    Raises:
        BadInput: another file (code "import_changed"), or rows at fault (code "import_faults"); and as `read_people`.
    """
    preview = preview_people(stores, data)
    if preview.sha256 != sha256:
        raise BadInput("This is not the file that was previewed.", "Preview it again.", code="import_changed")
    if preview.wrong:
        raise BadInput(
            f"{preview.wrong} rows of the file are at fault; nobody was added.",
            "See the preview, mend the rows, and preview the file again.",
            code="import_faults",
        )
    made = stores.candidates.create_all([(one.name, one.contact) for one in preview.people])
    stores.record("candidate.imported", "candidates", {"count": len(made), "sha256": sha256})
    return Imported(tuple(one.id for one in made))


def _there(stores: Stores, found: PeopleFile) -> list[RowFault]:
    """Rows whose name and contact a candidate has already; without a contact two people may have one name."""
    if not any(one.contact for one in found.people):
        return []
    known = {(plain_name(one.name), plain_name(one.contact)) for one in stores.candidates.list() if one.contact}
    return [
        RowFault(one.row, "", _THERE)
        for one in found.people
        if one.contact and (plain_name(one.name), plain_name(one.contact)) in known
    ]
