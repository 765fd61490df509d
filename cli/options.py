"""Options that several commands share, and how their values are read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from include.interview.assessment.openings import general_opening, parse_opening
from include.interview.assessment.policy import profile_ids
from include.interview.csv_rows import check_size
from include.interview.errors import BadInput
from include.interview.intake.identifiers import safe_stem
from include.interview.records import Document, DocumentKind, Opening
from include.settings import Settings

LANGUAGES = ("auto", "ko", "en")

Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output instead of tables.")]
OpeningFile = Annotated[
    Path | None, typer.Option("--opening", help="The job opening (YAML or JSON). Default: a built-in general opening.")
]
Out = Annotated[Path, typer.Option("--out", help="Folder for the results.")]
LanguageOption = Annotated[str, typer.Option("--language", help="Language spoken: auto, ko or en.")]
CandidateNames = Annotated[
    list[str] | None,
    typer.Option(
        "--candidate", metavar="NAME", help="A name under which the candidate speaks in the file (repeatable)."
    ),
]
InterviewerNames = Annotated[
    list[str] | None,
    typer.Option("--interviewer", metavar="NAME", help="A name under which an interviewer speaks (repeatable)."),
]
ProfileOption = Annotated[
    str, typer.Option("--profile", help="Policy profile: standard, kr, eu, us (us-il, us-nyc, us-il-nyc) or text_only.")
]


def read_opening(path: Path | None, language: str = "auto") -> Opening:
    """The opening in `path`, or the built-in general one.

    Raises:
        BadInput: the file does not exist or is not an opening.
    """
    if path is None:
        return general_opening(language)
    if not path.is_file():
        raise BadInput(f"The opening file {path.name} does not exist.", "Check the path after --opening.")
    return parse_opening(path.read_bytes(), path.name)


def read_table_file(path: Path) -> bytes:
    """The bytes of a table that an analyst gave.

    Raises:
        BadInput: there is no such file, it is too large, or it cannot be read.
    """
    if not path.is_file():
        raise BadInput(f"The table {path.name} does not exist.", "Check the path.")
    try:
        check_size(path.stat().st_size, path.name)
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"The table {path.name} cannot be read.", f"{error.strerror}.") from error


def check_choice(value: str, allowed: tuple[str, ...], option: str) -> str:
    """Return `value`, which must be one of `allowed`.

    Raises:
        BadInput: it is not.
    """
    if value not in allowed:
        raise BadInput(f"{option} does not know {value!r}.", f"Use one of: {', '.join(allowed)}.")
    return value


def check_profile(value: str) -> str:
    """`value` when it names a policy profile. Raises BadInput otherwise."""
    return check_choice(value, profile_ids(), "--profile")


def check_language(value: str) -> str:
    """`value` when it is auto, ko or en. Raises BadInput otherwise."""
    return check_choice(value, LANGUAGES, "--language")


def document_files(resume: Path | None, cover_letter: Path | None) -> list[tuple[DocumentKind, Path]]:
    """The documents that were named, with their kinds."""
    found: list[tuple[DocumentKind, Path]] = []
    if resume is not None:
        found.append(("resume", resume))
    if cover_letter is not None:
        found.append(("cover_letter", cover_letter))
    return found


def read_file(path: Path) -> bytes:
    """The bytes of `path`. Raises BadInput with the system's reason when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput("The file cannot be read.", f"{error.strerror}.") from error


def read_document(path: Path, kind: DocumentKind, settings: Settings) -> Document:
    """The document at `path` with its text.

    Raises:
        BadInput: it cannot be read, or holds no text that can (names the file).
    """
    from include.storage.objects.documents import document_text

    try:
        return Document(kind, document_text(read_file(path), settings.limits.max_document_bytes))
    except BadInput as error:
        raise BadInput(f"{shown_path(Path(path.name))}: {error.cause}", error.remedy, code=error.code) from None


def shown_path(path: Path) -> str:
    """`path` as it may be shown on a terminal: what cannot be printed becomes U+FFFD."""
    return "".join(ch if ch.isprintable() else "\ufffd" for ch in str(path))


def file_names(paths: list[Path]) -> list[str]:
    """A name for what is written about each file: its stem, safe as part of a path, numbered where two are the same."""
    taken: set[str] = set()
    names = []
    for path in paths:
        stem = safe_stem(path.name)
        name, n = stem, 1
        while name.casefold() in taken:
            n += 1
            name = f"{stem}-{n}"
        taken.add(name.casefold())
        names.append(name)
    return names
