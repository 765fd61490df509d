"""Clean text: one form for all twins, nothing unseen, half a surrogate refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.errors import BadInput
from include.interview.intake.cleaning import clean_line, clean_text, clean_values
from include.interview.records import Utterance
from include.interview.transcript.quotes import find_in_utterance
from include.interview.transcript.text import fold

pytestmark = pytest.mark.unit

FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
WRITTEN = st.text(alphabet="가각낢힣abcXYZ ,.!?:'\"0123éü\n", max_size=60)


@given(WRITTEN)
def test_twins_in_other_forms_are_one_text(text: str) -> None:
    clean = clean_text(text, "t")
    assert clean_text(unicodedata.normalize("NFD", text), "t") == clean
    assert clean_text(text.translate(FULL_WIDTH), "t") == clean
    assert clean_text(text.replace("\n", "\r\n"), "t") == clean
    assert clean_text(text.replace("\n", "\r"), "t") == clean
    assert clean_text("".join(f"{ch}\u200b" for ch in text), "t") == clean


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\0")))
def test_twice_is_once_and_nothing_unseen_is_left(text: str) -> None:
    clean = clean_text(text, "t")
    assert clean_text(clean, "t") == clean
    assert not any(unicodedata.category(ch) in ("Cf", "Cs", "Co") or (ch < " " and ch not in "\n\t") for ch in clean)


@pytest.mark.parametrize(
    "hidden",
    [
        "\u200b",
        "\u200d",
        "\ufeff",
        "\u00ad",
        "\u202e",
        "\u2066",
        "\x07",
        "\x1b[31m",
        "\x1b]0;title\x07",
        "\U000e0041",
        "\ufe0f",
    ],
)
def test_what_nobody_sees_is_gone(hidden: str) -> None:
    assert clean_text(f"le{hidden}d a te{hidden}am 팀{hidden}을", "t") == "led a team 팀을"


@pytest.mark.parametrize("text", ["a\ud800b", "\udcff", "a\x00b"])
def test_what_is_no_character_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(BadInput, match=r"cv\.txt, line 2"):
        clean_text(f"first\n{text}", "cv.txt")


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "\u3164", "\u2800\u00a0", "\u115f", "\u202e\u2069", "\u0301"])
def test_a_name_that_cannot_be_seen_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="name is empty"):
        clean_line(name, "The candidate's name")


def test_a_name_is_one_line_in_one_form() -> None:
    assert clean_line(unicodedata.normalize("NFD", " 김\t하늘\n"), "n") == "김 하늘"
    assert clean_line("\x1b[2JDana\u202e Park", "n") == "Dana Park"


def test_keys_that_become_one_are_refused() -> None:
    with pytest.raises(BadInput, match="twice"):
        clean_values({"é": 1, "e\u0301": 2}, "job")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("ＡＰＩ", "api"),
        ("“quoted” – it’s", '"quoted" - it\'s'),
        ("ﾊﾝｸﾞﾙ", "ハングル"),
        ("ﬁle №", "file no"),
        ("ㄱㅏ", "가"),
    ],
)
def test_matching_forgets_width_case_and_typography(text: str, same: str) -> None:
    assert fold(text) == fold(same)


@given(st.text(alphabet="가ㄱㅏﾡﾡￂ각\u1100\u1161\u11a8éÉe\u0301 ﬁ…ＡAß№"), st.integers(0, 8), st.integers(1, 8))
def test_a_quote_in_any_form_is_found_where_it_stands(text: str, start: int, length: int) -> None:
    said = unicodedata.normalize("NFC", text)
    wanted = said[start : start + length]
    utterance = Utterance("u0001", "candidate", "candidate", said)
    found = find_in_utterance(utterance, said)
    if fold(said):
        assert found is not None
        assert found.text.strip() == said.strip()
    part = find_in_utterance(utterance, wanted)
    if part is not None:
        assert fold(wanted) in fold(part.text)
