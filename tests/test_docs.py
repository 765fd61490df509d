"""The documents keep their word: links lead somewhere, commands exist, and the two READMEs say the same."""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
import typer.main
import yaml

from cli.app import app
from include.interview.assessment.openings import parse_opening
from include.models import registry
from include.settings import PROJECT_ROOT

pytestmark = pytest.mark.unit

ENGLISH, KOREAN = PROJECT_ROOT / "README.md", PROJECT_ROOT / "README.ko.md"
PAGES = [*sorted(PROJECT_ROOT.glob("*.md")), *sorted((PROJECT_ROOT / "docs").glob("*.md"))]
FORMS = sorted((PROJECT_ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
MAX_PICTURE_BYTES = 300 * 1024

FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
COMMAND = re.compile(r"\./triview\s[^\n`]*")


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    return FENCE.sub("", read(page))


def blocks(page: Path) -> list[tuple[str, str]]:
    return [(m["kind"], m["body"]) for m in FENCE.finditer(read(page))]


def headings(page: Path) -> list[int]:
    return [len(m[1]) for m in re.finditer(r"^(#+) ", prose(page), re.MULTILINE)]


@cache
def root() -> object:
    """The program as click's command; making it takes longer than looking at it."""
    return typer.main.get_command(app)


def resolve(words: list[str]) -> tuple[object, list[str]]:
    """The click command that `words` name from the root, and the words after it."""
    command = root()
    while words and (known := getattr(command, "commands", None)):
        assert words[0] in known, f"{words[0]} is no command; there are {sorted(known)}"
        command, words = known[words[0]], words[1:]
    return command, words


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_relative_links_lead_to_files(page: Path) -> None:
    targets = [m["target"] for m in LINK.finditer(prose(page))]
    local = [t.split("#")[0] for t in targets if "://" not in t and not t.startswith(("#", "mailto:"))]
    assert [t for t in local if t and not (page.parent / t).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_commands_exist_with_their_options(page: Path) -> None:
    for line in COMMAND.findall(read(page)):
        for name in line.split()[1].split("|"):  # `models list|fetch|verify` is written for a group's commands
            words = [name, *shlex.split(line.replace("…", ""), comments=True)[2:]]
            alternatives = words[1].split("|") if len(words) > 1 and "|" in words[1] else None
            for variant in [[words[0], a, *words[2:]] for a in alternatives] if alternatives else [words]:
                command, rest = resolve(variant)
                known = {option for p in command.params for option in getattr(p, "opts", [])} | {"--help"}
                assert {w for w in rest if w.startswith("--")} <= known, line


@pytest.mark.parametrize("form", FORMS, ids=lambda p: p.name)
def test_issue_forms_are_forms(form: Path) -> None:
    written = yaml.safe_load(read(form))
    if form.name == "config.yml":
        assert written["blank_issues_enabled"] is False
        return
    assert {"name", "description", "body"} <= set(written)
    fields = [field for field in written["body"] if field["type"] != "markdown"]
    assert {field["type"] for field in fields} <= {"input", "textarea", "dropdown", "checkboxes"}
    assert len({field["id"] for field in fields}) == len(fields) > 0
    assert all(field["attributes"]["label"] for field in fields)


def test_every_page_is_linked_from_both_readmes() -> None:
    pages = {str(page.relative_to(PROJECT_ROOT)) for page in PAGES} - {ENGLISH.name, KOREAN.name}
    for readme in (ENGLISH, KOREAN):
        documents = read(readme).rpartition("\n## ")[2]
        assert pages == {m["target"] for m in LINK.finditer(documents)}


def test_every_command_a_reader_needs_is_named() -> None:
    text = read(ENGLISH)
    for step in ("candidates add", "openings add", "interviews create", "interviews result", "interviews report"):
        assert f"./triview {step}" in text


def test_both_readmes_have_the_same_shape_and_the_same_code() -> None:
    assert headings(ENGLISH) == headings(KOREAN)
    assert blocks(ENGLISH) == blocks(KOREAN)
    assert len(blocks(ENGLISH)) >= 8


def test_both_readmes_have_tables_of_the_same_size() -> None:
    def rows(page: Path) -> list[int]:
        return [line.count("|") for line in prose(page).splitlines() if line.startswith("|")]

    assert rows(ENGLISH) == rows(KOREAN)


def test_readme_begins_with_the_two_commands() -> None:
    first = blocks(ENGLISH)[0][1].splitlines()
    assert [line.split("#")[0].strip() for line in first] == ["make demo", "make test"]


def test_make_targets_named_in_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read(PROJECT_ROOT / "Makefile"), re.MULTILINE))
    for page in PAGES:
        assert set(re.findall(r"`make ([a-z-]+)`", read(page))) <= targets, page.name


def test_the_opening_file_of_the_readme_is_an_opening() -> None:
    [source] = [body for kind, body in blocks(ENGLISH) if kind == "yaml"]
    opening = parse_opening(source.encode(), "opening.yaml")
    assert opening.id == "backend-2026"
    assert opening.questions[0].text.ko.startswith("어려운 문제")
    assert f"--opening {opening.id}" in read(ENGLISH)


@pytest.mark.parametrize("page", [ENGLISH, KOREAN], ids=lambda p: p.name)
def test_configuration_table_names_variables_that_exist(page: Path) -> None:
    known = set(re.findall(r"^([A-Z_]+)=", read(PROJECT_ROOT / ".env.example"), re.MULTILINE))
    named = set(re.findall(r"`((?:TRIVIEW|OPENAI)_[A-Z_]+)", read(page)))
    assert named <= known
    assert "TRIVIEW_MASTER_KEY" in named


@pytest.mark.parametrize("page", [ENGLISH, KOREAN], ids=lambda p: p.name)
def test_every_licence_of_the_weights_is_named(page: Path) -> None:
    section = read(page).partition("## Lic" if page is ENGLISH else "## 라이선스")[2]
    for file in registry():
        assert file.licence.split(" ")[0] in section or (page is KOREAN and file.licence.startswith("unstated"))
    for owner in ("WeSpeaker", "pyannote"):
        assert re.search(rf"{owner}.*CC-BY-4\.0", section), f"{owner} wants to be named"


def test_pictures_are_small_and_the_drawing_is_well_formed() -> None:
    drawing = ElementTree.parse(PROJECT_ROOT / "docs" / "architecture.svg").getroot()  # noqa: S314 (our own file)
    assert drawing.attrib["viewBox"].startswith("0 0 ")
    for picture in (PROJECT_ROOT / "docs" / "media").glob("*"):
        assert picture.suffix == ".png"
        assert picture.stat().st_size <= MAX_PICTURE_BYTES, picture.name
