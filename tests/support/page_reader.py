"""Reads a rendered report the way a browser's parser would: elements, ids, links and visible text."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "img", "br", "hr"}


@dataclass
class Element:
    """One start tag with its attributes."""

    tag: str
    attributes: dict[str, str]


@dataclass
class Page:
    """What a report contains. `text` is what is outside style and script."""

    elements: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    unclosed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.pieces).split())

    @property
    def ids(self) -> list[str]:
        return [e.attributes["id"] for e in self.elements if "id" in e.attributes]

    def all(self, tag: str) -> list[Element]:
        return [e for e in self.elements if e.tag == tag]

    def with_class(self, name: str) -> list[Element]:
        return [e for e in self.elements if name in e.attributes.get("class", "").split()]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(set(names)) != len(names):
            self.page.problems.append(f"<{tag}> repeats an attribute")
        self.page.elements.append(Element(tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.page.unclosed.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.page.unclosed or self.page.unclosed.pop() != tag:
            self.page.problems.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        inside = self.page.unclosed[-1] if self.page.unclosed else ""
        {"script": self.page.scripts, "style": self.page.styles}.get(inside, self.page.pieces).append(data)


def read_page(html: str) -> Page:
    """The page of `html`."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page
