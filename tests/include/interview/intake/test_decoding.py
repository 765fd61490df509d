"""Encodings: each that is read, each that is refused, and no byte that becomes another word in silence."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from include.interview.errors import BadInput
from include.interview.intake.decoding import decode_text
from tests.support.wild_cases import wild

pytestmark = pytest.mark.unit

ENGLISH = "Interviewer: Why?\nInterviewee: I didn’t know – it “failed” twice… That’s a café résumé, 20 €."
KOREAN = (
    "면접관: 팀을 어떻게 이끌었나요?\n지원자: 먼저 ‘목표’를 정하고, 그다음에 역할을 나누었습니다. 洪 팀장님과 함께요."
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_english_in_every_encoding_read(encoding: str) -> None:
    assert decode_text(ENGLISH.encode(encoding), "t") == ENGLISH


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp949"])
def test_korean_in_every_encoding_read(encoding: str) -> None:
    assert decode_text(KOREAN.encode(encoding), "t") == KOREAN


def test_marks_of_utf_16_big_endian() -> None:
    assert decode_text(codecs.BOM_UTF16_BE + "네".encode("utf-16-be"), "t") == "네"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("I didn’t know “why”", "mac_roman"),
        ("Interviewee: Привет, как дела", "cp1251"),
        ("A: 我的名字是李明。我在北京工作了三年，负责支付系统的开发。", "gb18030"),
        ("A: 你好", "gb18030"),
        ("A: 我們在台北工作", "big5"),
        ("A: こんにちは、私の名前は田中です", "shift_jis"),
        ("A: こんにちは、私の名前は田中です", "euc_jp"),
        ("A: zażółć gęślą jaźń", "cp1250"),
        ("A: 뷁", "cp949"),
        ("Q: Γειά σου Κόσμε", "cp1253"),
    ],
)
def test_what_is_not_certain_is_refused_and_asks_for_utf_8(text: str, encoding: str) -> None:
    with pytest.raises(BadInput, match=r"talk\.txt.*UTF-8") as caught:
        decode_text(text.encode(encoding), "talk.txt")
    assert not any(word in str(caught.value) for word in text.split() if len(word) > 3)


@given(st.text(alphabet=st.characters(codec="cp949"), min_size=1))
@example("꿏")
def test_bytes_of_cp949_are_never_read_as_something_else(text: str) -> None:
    data = text.encode("cp949")
    try:
        data.decode()
    except UnicodeDecodeError:
        pass
    else:
        return
    try:
        got = decode_text(data, "t")
    except BadInput:
        return
    hangul = sum("가" <= ch <= "힣" for ch in text)
    assert got == text or hangul == 0  # symbols alone may be Western ones


@given(st.binary(max_size=200))
def test_any_bytes_give_a_text_or_a_sentence(data: bytes) -> None:
    try:
        said = "UTF-8" + decode_text(data, "t")
    except BadInput as error:
        said = str(error)
    assert "UTF-8" in said


def test_the_apostrophes_met_in_the_wild() -> None:
    folder = wild("04-cp1252-apostrophes")
    assert decode_text((folder / "cp1252.txt").read_bytes(), "t") == decode_text(
        (folder / "utf8.txt").read_bytes(), "t"
    )
