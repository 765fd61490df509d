"""Korean word lists find words, not letters: near misses by list, fillers, and what a lexicon file may hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from include import korean_morphemes
from include.interview.errors import BadInput
from include.interview.records import Utterance
from include.judgement.cleaning import pieces
from include.judgement.korean_lists import KoreanLists
from include.judgement.lexicon_files import LEXICON_DIR, lexicon
from include.judgement.lexicon_reading import read_lexicon
from include.judgement.protected_grounds import may_be_suggested
from include.judgement.tokens import words_of
from tests.include.judgement.test_offline_ladder import case_of, ladder

SENTENCES = msgspec.yaml.decode(
    Path(__file__).with_name("korean_lists.yaml").read_bytes(), type=dict[str, dict[str, tuple[str, ...]]]
)
HITS = [(name, s) for name, by in SENTENCES.items() for s in by["hit"]]
MISSES = [(name, s) for name, by in SENTENCES.items() for s in by["miss"]]
LISTS = ("en.yaml", "ko.yaml", "prototypes.yaml", "facets.yaml", "protected_grounds.yaml", "follow_ups.yaml")


@pytest.mark.unit
@pytest.mark.parametrize(("name", "sentence"), HITS)
def test_a_word_is_found_in_every_form(name: str, sentence: str) -> None:
    assert lexicon("ko").hits(name, sentence)


@pytest.mark.unit
@pytest.mark.parametrize(("name", "sentence"), MISSES)
def test_the_same_letters_in_another_word_are_not_found(name: str, sentence: str) -> None:
    assert lexicon("ko").hits(name, sentence) == ()


@pytest.mark.unit
def test_every_list_has_near_misses_and_sentences_that_hold_its_words() -> None:
    written = read_lexicon(LEXICON_DIR / "ko.yaml", dict[str, tuple[str, ...]])
    assert set(SENTENCES) | {"fillers"} == set(written)
    assert {n for n, by in SENTENCES.items() if len(by["hit"]) < 7 or len(by["miss"]) < 5} == set()


def _fillers(text: str) -> int:
    return sum(p.fillers for p in pieces(Utterance("u", "s", "candidate", text), "ko"))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "fillers"),
    [
        ("음, 저는 학생입니다.", 1),
        ("어, 그, 학생입니다.", 2),
        ("이제, 시작했습니다.", 1),
        ("저는 그 회사에서 뭐를 했는지 적었습니다.", 0),
        ("음악을 어머니와 들었습니다.", 0),
        ("저 사람은 에너지가 넘칩니다.", 0),
        ("아침에 그냥저냥 걸었습니다.", 0),
        ("막내가 막을 내렸습니다.", 0),
    ],
)
def test_fillers_are_told_from_the_same_letters_in_words(text: str, fillers: int) -> None:
    assert _fillers(text) == fillers


@pytest.mark.unit
def test_projects_and_programs_are_no_numbers() -> None:
    assert words_of("프로젝트와 프로그램을 만들었습니다.", "ko").numbers == 0
    assert words_of("비용을 20프로 줄였습니다.", "ko").numbers == 2


@pytest.mark.unit
@pytest.mark.parametrize(
    "text",
    [
        "유지보수를 어떻게 하셨나요?",
        "게이트웨이를 직접 설계하셨나요?",
        "참여자는 몇 명이었나요?",
        "기본적으로 어떤 도구를 쓰셨나요?",
        "수주량을 어떻게 예측하셨나요?",
        "그 방법이 정당한 이유를 설명해 주시겠어요?",
    ],
)
def test_a_suggestion_may_hold_the_letters_of_a_protected_word_inside_another(text: str) -> None:
    assert may_be_suggested(text)


@pytest.mark.unit
@pytest.mark.parametrize(
    "text",
    [
        "나이는 일에 영향이 있나요?",
        "결혼식 준비는 어떻게 하셨나요?",
        "여자 친구들과 일한 경험이 있나요?",
        "건강검진 자료를 내 주시겠어요?",
        "보수 정당의 일을 하셨나요?",
        "군 복무 중에 한 일은 무엇인가요?",
        "부모님께서 도와주셨나요?",
        "몇살 때 시작하셨나요?",
        "집안 사정이 있었나요?",
        "게이 동료와 일하셨나요?",
    ],
)
def test_a_suggestion_never_holds_a_protected_word(text: str) -> None:
    assert not may_be_suggested(text)


@pytest.mark.unit
def test_overlapping_items_count_once_and_the_longest_wins() -> None:
    lists = KoreanLists({"a": ["의사 결정", "결정", "배우/VV"], "b": ["결정"]}, "test")
    text = "의사결정을 배웠습니다."
    found = lists.places(text)
    assert [(p.item, text[p.start : p.end]) for p in found["a"]] == [("의사 결정", "의사결정"), ("배우/VV", "배웠")]
    assert [p.item for p in found["b"]] == ["결정"]


@pytest.mark.unit
def test_a_blank_of_the_item_may_be_absent_but_none_may_be_added() -> None:
    lists = KoreanLists({"a": ["의사 결정", "또한"]}, "test")
    assert lists.places("의사 결정을 했습니다.")["a"]
    assert lists.places("또한 했습니다.")["a"]
    assert lists.places("또 한 번 했습니다.")["a"] == ()


@pytest.mark.unit
def test_a_sentence_is_analysed_once_for_all_lists_and_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = korean_morphemes.analyse

    def analyse(text: str) -> tuple[korean_morphemes.Morpheme, ...]:
        asked.append(text)
        return real(text)

    lexicon("ko")
    monkeypatch.setattr(korean_morphemes, "analyse", analyse)
    sentence = "프로젝트에서 처음 본 아흔일곱 가지 사례를 분석했습니다."
    (piece,) = pieces(Utterance("u", "s", "candidate", sentence), "ko")
    words_of(piece.clean, "ko")
    for name in SENTENCES:
        lexicon("ko").hits(name, piece.clean)
    assert asked == [sentence]


# ---------------------------------------------------------------- what a lexicon file may hold


def _refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "some.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_lexicon(path, dict[str, tuple[str, ...]])
    return str(caught.value)


@pytest.mark.unit
@pytest.mark.parametrize(
    "item", ['" 안"', '"안 "', "안 ", '"한 명 "', '""', "''", '"  "', "'못 '"], ids=lambda x: x.replace(" ", "_")
)
def test_an_item_that_rests_on_outer_blanks_is_refused_by_name(tmp_path: Path, item: str) -> None:
    said = _refused(tmp_path, f'first: [a, "b c", "d , e"]\nnegation: [x, {item}, y]\nlast: [z]\n')
    assert "some.yaml" in said
    assert "'negation'" in said
    assert repr(item.strip("\"'")) in said


@pytest.mark.unit
def test_the_last_plain_item_and_a_list_on_lines_are_looked_at_too(tmp_path: Path) -> None:
    assert "'못 '" in _refused(tmp_path, "negation: [안, 못 ]\n")
    assert "'lines'" in _refused(tmp_path, 'lines:\n  - a\n  - "b "\n')


@pytest.mark.unit
def test_an_item_with_a_malformed_tag_is_refused_by_file_list_and_item() -> None:
    with pytest.raises(BadInput, match=r"ko\.yaml: item '생각이 안/MAG' of list 'evasive'"):
        KoreanLists({"evasive": ["생각이 안/MAG"]}, "ko.yaml")
    with pytest.raises(BadInput, match="only what must not stand there"):
        KoreanLists({"negative": ["!고객/N"]}, "ko.yaml")
    with pytest.raises(BadInput, match="holds no word"):
        KoreanLists({"negative": ["="]}, "ko.yaml")


def _quoted(text: str) -> Iterator[tuple[str, list[str]]]:
    """Name and items of every list in a file that writes its lists as `name: ["…", "…"]`."""
    for match in re.finditer(r"^(\w+): (\[.*?\])$", text, re.MULTILINE | re.DOTALL):
        yield match[1], json.loads(match[2])


@pytest.mark.unit
def test_every_korean_item_is_in_quotation_marks_and_stands_once_in_its_list() -> None:
    written = dict(_quoted((LEXICON_DIR / "ko.yaml").read_text(encoding="utf-8")))
    assert set(written) == set(SENTENCES) | {"fillers"}
    assert {
        n: [i for i in items if items.count(i) > 1] for n, items in written.items() if len(set(items)) < len(items)
    } == {}


@pytest.mark.unit
@pytest.mark.parametrize("file", LISTS)
def test_every_lexicon_file_of_the_house_is_accepted(file: str) -> None:
    assert read_lexicon(LEXICON_DIR / file, dict[str, object])


@pytest.mark.unit
def test_korean_and_english_interviews_still_count_their_words() -> None:
    for language in ("ko", "en"):
        case = case_of(ladder(language)[9][1])
        said = " ".join(u.text for u in case.candidate)
        assert all(lexicon(language).hits(n, said) for n in ("reasoning", "connectives", "time", "result", "team"))
