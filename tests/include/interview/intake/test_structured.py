"""YAML and JSON: plain words stay texts, depth is limited, whatever else is wrong is a sentence with a place."""

# ruff: noqa: E501 - what is tried stays in one line
from __future__ import annotations

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from include.interview.assessment.openings import parse_opening
from include.interview.errors import BadInput
from include.interview.intake.identifiers import checked_id, safe_stem
from include.interview.intake.structured import MAX_DEPTH, read_json, read_yaml
from tests.support.wild_cases import wild

pytestmark = pytest.mark.unit

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(alphabet="abc가나 :-#'\"2026", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(
    "word",
    ["2026-00-17", "2026-02-30", "2026-05-01", "0x_", "0x1F", "0o17", "007", "1:30", "no", "on", "yes", "1_000", "9" * 5000, ".inf", "=", "<<x", "2026-01-01T25:00:00Z"],
)  # fmt: skip
def test_plain_words_of_an_opening_are_texts(word: str) -> None:
    assert read_yaml(f"id: {word}", "o") == {"id": word}
    opening = parse_opening(f"title: {word}\ndescription: Builds.".encode(), "o.yaml")
    assert opening.title.en == word


@pytest.mark.parametrize(
    "text",
    [
        "a: [unclosed",
        "a: &x 1\nb: *x",
        "&a [*a]",
        "a: !!python/object/apply:os.system ['true']",
        "a: 1\na: 2",
        "? [x]\n: 1",
        "a: !!int x",
        "a: !!timestamp 2026-99-99",
        "a: !!float 1e",
        "a: !!binary '='",
        "\t- a",
        "a: \x07",
        "%YAML 9.9\n---\na: 1",
        "--- a\n--- b",
    ],
)
def test_what_is_no_yaml_is_one_sentence(text: str) -> None:
    with pytest.raises(BadInput, match=r"^job\.yaml"):
        read_yaml(text, "job.yaml")


@pytest.mark.parametrize("text", ["[" * 60_000, "{a: " * 60_000, "- " * 60_000, "? " * 60_000, "[" * 40 + "]" * 40])
def test_yaml_nested_without_end_is_refused_before_it_is_built(text: str) -> None:
    with pytest.raises(BadInput, match="deep"):
        read_yaml(text, "job.yaml")


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, '{"a":[' * 50 + "]}" * 50])
def test_json_nested_without_end_is_refused_before_it_is_built(text: str) -> None:
    with pytest.raises(BadInput, match=f"{MAX_DEPTH} deep"):
        read_json(text, "job.json")
    with pytest.raises(BadInput):
        parse_opening(('{"title":' + text).encode(), "job.json")


def test_brackets_inside_texts_are_no_nesting() -> None:
    assert read_json('{"a": "' + "[" * 200 + '\\""}', "j") == {"a": "[" * 200 + '"'}


@given(PLAIN)
def test_what_is_written_is_read(value: object) -> None:
    assert read_json(msgspec.json.encode(value).decode(), "j") == value
    assert read_yaml(yaml.safe_dump(value, allow_unicode=True), "y") == value


@given(st.text(alphabet="[]{}:-?*&!|>'\"#%@`, \n\tabc0123456789.가\x00\x85\ufeff", max_size=80))
def test_any_text_is_a_value_or_a_sentence(text: str) -> None:
    for read in (read_yaml, read_json):
        try:
            read(text, "f")
        except BadInput as error:
            said = str(error)
        else:
            continue
        assert said.startswith("f")


@given(st.binary(max_size=120))
def test_any_bytes_are_an_opening_or_a_sentence(data: bytes) -> None:
    for begin in (b"", b"{", b"title: "):
        try:
            parse_opening(begin + data, "f")
        except BadInput as error:
            said = str(error)
        else:
            continue
        assert said.startswith("f") or "id" in said


def test_escapes_in_json_are_cleaned_too() -> None:
    assert read_json(r'{"a": "x\u200by\u001b[31m"}', "j") == {"a": "xy"}
    with pytest.raises(BadInput):
        read_json(r'{"a": "\ud800"}', "j")


@pytest.mark.parametrize("given_id", ["backend-2026", "2026-00-17", "공고-1", "a.b_c", "x"])
def test_ids(given_id: str) -> None:
    assert checked_id(given_id, "The id") == given_id


@pytest.mark.parametrize(
    "given_id", ["", ".", "..", "a..b", "a/b", "a\\b", " a", "a b", "a\n", "-a", "a.", "x" * 65, "a\u200b", "=a", "a?b"]
)
def test_what_is_no_id_is_refused(given_id: str) -> None:
    with pytest.raises(BadInput, match="not an id"):
        checked_id(given_id, "The opening's id")


@pytest.mark.parametrize(
    ("name", "stem"),
    [("...wav", "wav"), ("..", "file"), ("a.b.txt", "a.b"), ("..\\x.wav", "_x"), ("=1+2.txt", "=1+2"), ("\udcff\udcfe.wav", "__"), (".hidden", "hidden"), ("a\x1b[31m.txt", "a_[31m"), ("", "file")],
)  # fmt: skip
def test_the_stem_of_a_file_stays_in_its_folder(name: str, stem: str) -> None:
    assert safe_stem(name) == stem


@pytest.mark.parametrize("name", ["hex.yaml", "impossible-day.yaml", "posting.yaml"])
def test_the_openings_met_in_the_wild(name: str) -> None:
    opening = parse_opening(wild(f"06-yaml-posting-number/{name}").read_bytes(), name)
    assert opening.id in ("backend", "2026-00-17")
