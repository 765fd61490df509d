"""Every word of the pages in both languages, read once from `strings.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from include.reporting.strings import read_strings

PageLanguage = Literal["ko", "en"]
LANGUAGES: tuple[PageLanguage, ...] = ("ko", "en")
SCRIPTS = "js"
"""Group of the strings that the scripts show; they are sent with the page."""
_SOURCE = Path(__file__).with_name("strings.yaml")


@cache
def table() -> Mapping[str, Mapping[str, str]]:
    """Every string: dotted key -> {"ko": ..., "en": ...}."""
    return read_strings(_SOURCE)


class Texts:
    """The strings of one language."""

    def __init__(self, language: PageLanguage) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """The string `key` with `values` filled in. Raises KeyError for a string or value that is missing."""
        text = table()[key][self.language]
        return text.format(**values) if values else text

    def label(self, group: str, code: str) -> str:
        """The label of a code, or the code itself where there is none."""
        entry = table().get(f"{group}.{code}")
        return entry[self.language] if entry else code

    def for_scripts(self) -> dict[str, str]:
        """The strings of the scripts, by their key below `js`."""
        start = f"{SCRIPTS}."
        return {key.removeprefix(start): text[self.language] for key, text in table().items() if key.startswith(start)}


def page_language(chosen: str | None, accepted: str) -> PageLanguage:
    """The language the reader chose, else the first of ours in their browser's list, else Korean."""
    if chosen in LANGUAGES:
        return chosen
    for part in accepted.split(","):
        primary = part.strip().lower().partition(";")[0].partition("-")[0]
        if primary in LANGUAGES:
            return primary
    return "ko"
