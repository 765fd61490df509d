"""The reports' own texts in both languages, read once from `strings.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

LANGUAGES = ("ko", "en")
_SOURCE = Path(__file__).with_name("strings.yaml")


def _flatten(node: dict[str, Any], prefix: str, into: dict[str, dict[str, str]]) -> None:
    for key, value in node.items():
        name = f"{prefix}{key}"
        if set(value) == set(LANGUAGES) and all(isinstance(text, str) for text in value.values()):
            into[name] = value
        else:
            _flatten(value, f"{name}.", into)


def read_strings(source: Path) -> MappingProxyType[str, dict[str, str]]:
    """Every string of a YAML file whose leaves have a text per language: dotted key -> {"ko": ..., "en": ...}."""
    flat: dict[str, dict[str, str]] = {}
    _flatten(yaml.load(source.read_text(encoding="utf-8"), yaml.CSafeLoader), "", flat)
    return MappingProxyType(flat)


@cache
def table() -> MappingProxyType[str, dict[str, str]]:
    """The reports' strings: dotted key -> {"ko": ..., "en": ...}."""
    return read_strings(_SOURCE)


class Strings:
    """The reports' strings in one language, called with a dotted key.

    Raises:
        ValueError: the language is neither "ko" nor "en".
    """

    def __init__(self, language: str) -> None:
        """Take the strings of `language`.

        Raises:
            ValueError: `language` is neither "ko" nor "en".
        """
        if language not in LANGUAGES:
            raise ValueError(f"A report is written in ko or en, not {language!r}.")
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """The string `key` with `values` filled in.

        Raises:
            KeyError: there is no such string, or a value it names is missing.
        """
        text = table()[key][self.language]
        return text.format(**values) if values else text

    def label(self, group: str, code: str) -> str | None:
        """The label of `code` in `group`, or None when the table does not know the code."""
        entry = table().get(f"{group}.{code}")
        return entry[self.language] if entry else None
