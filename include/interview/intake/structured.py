"""YAML and JSON from outside as plain values: limited in depth before they are built, errors with their place."""

from __future__ import annotations

import re
from typing import Any, ClassVar

import msgspec
import yaml

from include.interview.errors import BadInput
from include.interview.intake.cleaning import clean_values

MAX_DEPTH = 32
"""Deepest nesting of lists and mappings: an opening needs four, and every reader of these formats recurses."""
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_CORE = (
    ("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), "tTfF"),
    ("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]{0,17})$"), "-+0123456789"),
    (
        "tag:yaml.org,2002:float",
        re.compile(r"^[-+]?(?:\.[0-9]{1,17}|(?:0|[1-9][0-9]{0,17})\.[0-9]{0,17})(?:[eE][-+]?[0-9]{1,3})?$"),
        "-+.0123456789",
    ),
    ("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]),
)
"""What plain words mean something else than text: the core schema of YAML 1.2, without octal and hexadecimal numbers.
A date, a posting number, "0x_", "no" and "1:30" are texts."""


class _Loader(yaml.CSafeLoader):  # type: ignore[misc]
    """PyYAML's safe loader on libyaml, with the plain words of `_CORE` and without repeated keys."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[Any]]] = {}

    def construct_mapping(self, node: yaml.Node, deep: bool = False) -> dict[Any, Any]:  # noqa: ARG002 - overrides
        """The mapping, whole, without repeated keys."""
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=True)
        if len(mapping) != len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key occurs twice", node.start_mark)
        return mapping


for _tag, _pattern, _first in _CORE:
    _Loader.add_implicit_resolver(_tag, _pattern, list(_first))


def read_yaml(text: str, name: str) -> Any:
    """The values of the YAML `text` of the file `name`, every text in them clean (`clean_values`).

    Raises:
        BadInput: names line and column, and what was found: no YAML, nested deeper than `MAX_DEPTH`, an anchor or
            alias, a tag, or a key that occurs twice.
    """
    try:
        _check_events(text, name)
        value = yaml.load(text, _Loader)  # noqa: S506 - a subclass of SafeLoader
    except yaml.YAMLError as error:
        raise BadInput(f"{name} is not YAML that can be read: {_where(error)}.", "Mend that line.") from None
    except ValueError as error:
        raise BadInput(
            f"{name} is not YAML that can be read ({type(error).__name__}).", "Put texts in quotation marks."
        ) from None
    return clean_values(value, name)


def read_json(text: str, name: str) -> Any:
    """The values of the JSON `text` of the file `name`, every text in them clean (`clean_values`).

    Raises:
        BadInput: no JSON (names the place), or nested deeper than `MAX_DEPTH`.
    """
    check_json_depth(text, name)
    try:
        value = msgspec.json.decode(text.encode("utf-8", "surrogatepass"))
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise BadInput(f"{name} is not JSON: {_one_line(error)}.", "Mend that place.") from None
    return clean_values(value, name)


def check_json_depth(text: str, name: str) -> None:
    """Raise BadInput when lists and objects in the JSON `text` are nested deeper than `MAX_DEPTH`.

    Before any reader is asked: the common ones recurse, and end in an error of their own or in none.
    """
    depth = 0
    for found in _BRACKETS.finditer(text):
        sign = found[0]
        if sign in ("[", "{"):
            depth += 1
            if depth > MAX_DEPTH:
                line = text.count("\n", 0, found.start()) + 1
                raise BadInput(f"{name}, line {line}: nested more than {MAX_DEPTH} deep.", "Write it flatter.")
        elif sign in ("]", "}"):
            depth -= 1


def _check_events(text: str, name: str) -> None:
    """Go through the events of the parser, which does not recurse, and refuse what the loader must not see."""
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.events.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.events.CollectionEndEvent):
            depth -= 1
        problem = ""
        if depth > MAX_DEPTH:
            problem = f"nested more than {MAX_DEPTH} deep"
        elif isinstance(event, yaml.events.AliasEvent) or getattr(event, "anchor", None):
            problem = "anchors (&) and aliases (*) are not read"
        elif getattr(event, "tag", None) is not None:
            problem = "tags (!) are not read"
        if problem:
            mark = event.start_mark
            raise BadInput(f"{name}, line {mark.line + 1}, column {mark.column + 1}: {problem}.", "Write it out.")


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "a character that YAML does not allow"
    place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark is not None else ""
    return place + " ".join(str(problem).split()).rstrip(".")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
