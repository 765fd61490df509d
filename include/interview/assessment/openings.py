"""Openings: the built-in general opening, and the parser of opening files (YAML or JSON)."""

from __future__ import annotations

import unicodedata
import uuid
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Literal

import msgspec

from include.interview.assessment.opening_faults import opening_faults
from include.interview.errors import BadInput
from include.interview.intake.decoding import decode_text
from include.interview.intake.faults import MOST_FAULTS, InvalidFields, field_faults
from include.interview.intake.structured import read_json, read_yaml
from include.interview.records import (
    DEFAULT_PLACES,
    STAGE_WEIGHTS,
    Bilingual,
    Competency,
    JudgeScales,
    Keyword,
    Opening,
    Question,
)

GENERAL_FILE = Path(__file__).resolve().parents[1] / "general_opening.yaml"
MAX_BYTES = 256 * 1024
"""Larger than any job description with its questions; keeps hostile files out of the YAML reader."""
OPENING_NAMESPACE = uuid.UUID("6c1f8f0a-9f0e-5a53-8f8d-3a3a3f0f4b11")
"""Namespace of the ids given to opening files that name none: equal content, equal id."""
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
    criteria: list[str] | None = None
    challenge: bool = False


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
    judge_scales: JudgeScales | None = None


@cache
def general_opening(language: Literal["ko", "en", "auto"] = "auto") -> Opening:
    """The built-in opening for interviews without one: eight questions that say what they are read for.

    `language` is the language the interview is expected in; the texts are there in both.
    """
    opening = parse_opening(GENERAL_FILE.read_bytes(), GENERAL_FILE.name)
    return msgspec.structs.replace(opening, language=language)


def parse_opening(data: bytes, name: str) -> Opening:
    """An opening from the YAML or JSON bytes of the file `name`.

    A text given as a plain string counts for both languages; competencies, keywords, questions and values may be
    plain strings. Without an id, the same content always gets the same id.

    Raises:
        BadInput: it cannot be read. InvalidFields: names every place that is at fault, and what is expected there.
    """
    if len(data) > MAX_BYTES:
        raise BadInput(f"{name} is larger than {MAX_BYTES // 1024} KB.", "An opening is a short text.")
    text = decode_text(data, name)
    if not text.strip():
        raise BadInput(f"{name} is empty.", "An opening needs at least a title and a description.")
    is_json = text.lstrip().startswith("{")
    values = read_json(text, name) if is_json else read_yaml(text, name)
    found = list(islice(field_faults(values, _File), MOST_FAULTS))
    if found:
        kind = "JSON" if is_json else "YAML"
        raise InvalidFields(f"{name} is not an opening in {kind}", found, "See the README's example.")
    opening = _opening(msgspec.convert(values, type=_File))
    found = list(islice(opening_faults(opening), MOST_FAULTS))
    if found:
        raise InvalidFields(name, found, "Correct what is named; nothing was stored.")
    return opening


def _both(text: _Text) -> Bilingual:
    return Bilingual(ko=text.strip(), en=text.strip()) if isinstance(text, str) else text


def _opening(file: _File) -> Opening:
    competencies = []
    for index, item in enumerate(file.competencies, start=1):
        entry = _FileCompetency(name=item) if isinstance(item, str) else item
        name = _both(entry.name)
        description = _both(entry.description) if entry.description is not None else name
        competencies.append(Competency(_id(entry.id, f"c{index}"), name, description, entry.weight))
    keywords = []
    for word in file.keywords:
        given = _FileKeyword(term=word) if isinstance(word, str) else word
        keywords.append(Keyword(given.term, tuple(given.synonyms), given.weight))
    questions = []
    for index, asked in enumerate(file.questions, start=1):
        question = _FileQuestion(text=asked) if isinstance(asked, str) else asked
        questions.append(
            Question(
                _id(question.id, f"q{index}"),
                _both(question.text),
                tuple(question.competencies),
                None if question.criteria is None else tuple(question.criteria),
                question.challenge,
            )
        )
    return Opening(
        id=_id(file.id, "") if file.id is not None else _content_id(file),
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
        judge_scales=file.judge_scales,
    )


def _id(given: str | None, otherwise: str) -> str:
    return otherwise if given is None else unicodedata.normalize("NFC", given)


def _content_id(file: _File) -> str:
    """The id of an opening file that names none: what it does not state it did not have when ids were first given."""
    content = msgspec.to_builtins(file)
    if not file.values:
        del content["values"]
    if file.places == DEFAULT_PLACES:
        del content["places"]
    if file.judge_scales is None:
        del content["judge_scales"]
    for question in content["questions"]:
        if isinstance(question, dict) and question["criteria"] is None:
            del question["criteria"]
        if isinstance(question, dict) and not question["challenge"]:
            del question["challenge"]
    return str(uuid.uuid5(OPENING_NAMESPACE, msgspec.json.encode(content).decode()))
