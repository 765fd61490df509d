"""Openings: the built-in general opening, and the parser of opening files (YAML or JSON)."""

from __future__ import annotations

import math
import uuid
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from include.interview.assessment.policy import profile_ids
from include.interview.errors import BadInput
from include.interview.intake.decoding import decode_text
from include.interview.intake.identifiers import checked_id
from include.interview.intake.structured import read_json, read_yaml
from include.interview.records import (
    DEFAULT_PLACES,
    STAGE_WEIGHTS,
    Bilingual,
    Competency,
    Keyword,
    Opening,
    Question,
)
from include.interview.stages import STAGES

GENERAL_FILE = Path(__file__).resolve().parents[1] / "general_opening.yaml"
MAX_BYTES = 256 * 1024
"""Larger than any job description with its questions; keeps hostile files out of the YAML reader."""
OPENING_NAMESPACE = uuid.UUID("6c1f8f0a-9f0e-5a53-8f8d-3a3a3f0f4b11")
"""Namespace of the ids given to opening files that name none: equal content, equal id."""
MAX_VALUES = 20
"""More than a candidate can know, or an interview ask about."""
MAX_VALUE_CHARS = 500
MAX_PLACES = 10_000
"""More than anybody hires by one opening; a larger number is a slip of the keyboard."""

_Text = str | Bilingual


class _FileKeyword(msgspec.Struct, forbid_unknown_fields=True):
    term: str
    synonyms: list[str] = []
    weight: float = 1.0


class _FileCompetency(msgspec.Struct, forbid_unknown_fields=True):
    name: _Text
    description: _Text | None = None
    id: str | None = None
    weight: float = 1.0


class _FileQuestion(msgspec.Struct, forbid_unknown_fields=True):
    text: _Text
    id: str | None = None
    competencies: list[str] = []


class _File(msgspec.Struct, forbid_unknown_fields=True):
    title: _Text
    description: _Text
    id: str | None = None
    language: Literal["ko", "en", "auto"] = "auto"
    competencies: list[str | _FileCompetency] = []
    keywords: list[str | _FileKeyword] = []
    questions: list[str | _FileQuestion] = []
    profile: str = "standard"
    rubric_versions: dict[str, str] = {}
    stage_weights: dict[str, float] = msgspec.field(default_factory=lambda: dict(STAGE_WEIGHTS))
    values: list[_Text] = []
    places: int = DEFAULT_PLACES


@cache
def general_opening(language: Literal["ko", "en", "auto"] = "auto") -> Opening:
    """The built-in opening for interviews without one: what most jobs ask for, with five typical questions.

    `language` is the language the interview is expected in; the texts are there in both.
    """
    opening = parse_opening(GENERAL_FILE.read_bytes(), GENERAL_FILE.name)
    return msgspec.structs.replace(opening, language=language)


def parse_opening(data: bytes, name: str) -> Opening:
    """An opening from the YAML or JSON bytes of the file `name`.

    A text given as a plain string counts for both languages; competencies, keywords, questions and values may be
    plain strings. Without an id, the same content always gets the same id.

    Raises:
        BadInput: names the place in the file and what is expected there.
    """
    if len(data) > MAX_BYTES:
        raise BadInput(f"{name} is larger than {MAX_BYTES // 1024} KB.", "An opening is a short text.")
    text = decode_text(data, name)
    if not text.strip():
        raise BadInput(f"{name} is empty.", "An opening needs at least a title and a description.")
    is_json = text.lstrip().startswith("{")
    values = read_json(text, name) if is_json else read_yaml(text, name)
    try:
        file = msgspec.convert(values, type=_File)
    except msgspec.MsgspecError as error:
        raise BadInput(
            f"{name} is not an opening in {'JSON' if is_json else 'YAML'}: {_plain(error)}.",
            "See the README's example.",
        ) from None
    opening = _opening(file)
    _check(opening, name)
    return opening


def _plain(error: Exception) -> str:
    """The decoder's message on one line, without its full stop; YAML messages name line and column."""
    return " ".join(str(error).split()).rstrip(".")


def _both(text: _Text) -> Bilingual:
    return Bilingual(ko=text.strip(), en=text.strip()) if isinstance(text, str) else text


def _opening(file: _File) -> Opening:
    competencies = []
    for index, item in enumerate(file.competencies, start=1):
        entry = _FileCompetency(name=item) if isinstance(item, str) else item
        name = _both(entry.name)
        description = _both(entry.description) if entry.description is not None else name
        competencies.append(Competency(_id(entry.id, f"c{index}", "competency"), name, description, entry.weight))
    keywords = []
    for word in file.keywords:
        given = _FileKeyword(term=word) if isinstance(word, str) else word
        keywords.append(Keyword(given.term, tuple(given.synonyms), given.weight))
    questions = []
    for index, asked in enumerate(file.questions, start=1):
        question = _FileQuestion(text=asked) if isinstance(asked, str) else asked
        named = _id(question.id, f"q{index}", "question")
        questions.append(Question(named, _both(question.text), tuple(question.competencies)))
    return Opening(
        id=checked_id(file.id, "The opening's id") if file.id is not None else _content_id(file),
        title=_both(file.title),
        description=_both(file.description),
        language=file.language,
        competencies=tuple(competencies),
        keywords=tuple(keywords),
        questions=tuple(questions),
        profile=file.profile,
        rubric_versions=file.rubric_versions,
        stage_weights=file.stage_weights,
        values=tuple(_both(value) for value in file.values),
        places=file.places,
    )


def _id(given: str | None, otherwise: str, what: str) -> str:
    return otherwise if given is None else checked_id(given, f"The id of {what} {otherwise[1:]}")


def _content_id(file: _File) -> str:
    """The id of an opening file that names none: what it does not state it did not have when ids were first given."""
    content = msgspec.to_builtins(file)
    if not file.values:
        del content["values"]
    if file.places == DEFAULT_PLACES:
        del content["places"]
    return str(uuid.uuid5(OPENING_NAMESPACE, msgspec.json.encode(content).decode()))


def _check(opening: Opening, name: str) -> None:
    if not (opening.title.ko and opening.title.en and opening.description.ko and opening.description.en):
        raise BadInput(f"{name}: title and description must not be empty.")
    if opening.profile not in profile_ids():
        raise BadInput(f"{name}: unknown profile {opening.profile!r}.", f"Known profiles: {', '.join(profile_ids())}.")
    _check_unique(name, "competency id", [c.id for c in opening.competencies])
    _check_unique(name, "question id", [q.id for q in opening.questions])
    _check_weights(opening, name)
    known = {c.id for c in opening.competencies}
    for question in opening.questions:
        for competency in question.competencies:
            if competency not in known:
                raise BadInput(f"{name}: question {question.id!r} names the unknown competency {competency!r}.")
        if not (question.text.ko.strip() and question.text.en.strip()):
            raise BadInput(f"{name}: question {question.id!r} has no text.")
    if any(not k.term.strip() for k in opening.keywords):
        raise BadInput(f"{name}: a keyword is empty.")
    _check_values(opening, name)
    if not 1 <= opening.places <= MAX_PLACES:
        raise BadInput(
            f"{name}: places is {opening.places}.", f"Write how many people are sought, from 1 to {MAX_PLACES}."
        )


def _check_values(opening: Opening, name: str) -> None:
    if len(opening.values) > MAX_VALUES:
        raise BadInput(
            f"{name}: there are more than {MAX_VALUES} values.", "Name those that candidates are asked about."
        )
    for place, value in enumerate(opening.values, start=1):
        if not (value.ko.strip() and value.en.strip()):
            raise BadInput(f"{name}: value {place} is empty in one language.")
        if max(len(value.ko), len(value.en)) > MAX_VALUE_CHARS:
            raise BadInput(
                f"{name}: value {place} has more than {MAX_VALUE_CHARS} characters.", "One sentence is enough."
            )
    _check_unique(name, "value", [value.ko for value in opening.values])


def _check_unique(name: str, what: str, ids: list[str]) -> None:
    for entry in ids:
        if ids.count(entry) > 1:
            raise BadInput(f"{name}: the {what} {entry!r} occurs twice.")


def _check_weights(opening: Opening, name: str) -> None:
    stages = set(STAGES)
    for field, given in (("stage_weights", opening.stage_weights), ("rubric_versions", opening.rubric_versions)):
        if not set(given) <= stages:
            raise BadInput(f"{name}: {field} may name only {', '.join(sorted(stages))}.")
    weights = [c.weight for c in opening.competencies] + [k.weight for k in opening.keywords]
    if not all(math.isfinite(w) and w > 0 for w in weights):
        raise BadInput(f"{name}: weights of competencies and keywords must be above 0.")
    stage = list(opening.stage_weights.values())
    if not all(math.isfinite(w) and w >= 0 for w in stage) or sum(stage) <= 0:
        raise BadInput(f"{name}: stage_weights must not be negative and need at least one above 0.")
