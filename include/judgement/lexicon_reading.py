"""Reading a lexicon file, and refusing items whose outer blanks YAML or the matching would lose.

YAML takes the blanks off a plain item: `[안 , 못 ]` holds 안 and 못, which also stand inside other words.
No item may rest on its outer blanks: word boundaries are the business of the matching.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from include.interview.errors import BadInput

T = TypeVar("T")

_KEY = re.compile(r"^\s*([\w-]+):", re.MULTILINE)
_QUOTED_OR_NOTE = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|(?:^|(?<=\s))#[^\n]*", re.MULTILINE)
_BLANK_BEFORE_END = re.compile(r"[ \t]+[,\]]")
_ENDS_OF_ITEMS = re.compile(r"[,\[\]{}\n]")


def read_lexicon(path: Path, kind: type[T]) -> T:
    """The content of a lexicon file as `kind`.

    Raises:
        BadInput: an item that is empty or begins or ends with a blank; it names the file, the list and the item.
    """
    raw = path.read_text(encoding="utf-8")
    _refuse_lost_blanks(path.name, raw)
    content = msgspec.yaml.decode(raw)
    for name, item in _items(content, ""):
        if item != item.strip() or not item:
            raise _refusal(path.name, name, item, "is empty" if not item.strip() else "begins or ends with a blank")
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        raise BadInput(f"{path.name}: {error}.") from error


def _items(content: Any, name: str) -> Iterator[tuple[str, str]]:
    """(list, item) of every text in `content`; nested names are joined by dots."""
    if isinstance(content, str):
        yield name, content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield from _items(value, f"{name}.{key}" if name else str(key))
    elif isinstance(content, list):
        for value in content:
            yield from _items(value, name)


def _refuse_lost_blanks(file: str, raw: str) -> None:
    """Refuse a plain item with a blank before its comma or bracket: YAML takes it off without a word."""
    # Quoted items and comments become signs without blanks, at the same places.
    bare = _QUOTED_OR_NOTE.sub(lambda m: '"' * len(m[0]) if m[0][0] != "#" else " " * len(m[0]), raw)
    for lost in _BLANK_BEFORE_END.finditer(bare):
        line = bare[bare.rfind("\n", 0, lost.start()) + 1 : lost.start()]
        item = _ENDS_OF_ITEMS.split(line)[-1].lstrip(" \t:")
        if item and set(item) != {'"'}:
            keys = [m[1] for m in _KEY.finditer(bare, 0, lost.start())]
            raise _refusal(file, keys[-1] if keys else "", item + " ", "ends with a blank that YAML takes off")


def _refusal(file: str, name: str, item: str, fault: str) -> BadInput:
    return BadInput(
        f"{file}: item {item!r} of list {name!r} {fault}.",
        "Write the item without outer blanks, in quotation marks; boundaries are found by word or morpheme.",
    )
