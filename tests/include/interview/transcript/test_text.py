"""Text functions against hand-counted Korean and English."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.transcript.text import (
    candidate_words,
    english_syllables,
    fold,
    hangul_syllables,
    language_of,
    sentences,
    words,
)
from include.interview.transcript.typed import parse_transcript

pytestmark = pytest.mark.unit

# Counted by hand from dictionary hyphenation (Merriam-Webster).
SYLLABLES = {
    1: "team make makes times learned used year great the I strengths friend field each worked piece queue",
    2: "people table making changes wanted handled question science really being doing issues little special "
    "value needed houses language client quiet diet review equal project because million something achieve playing",
    3: "idea video leadership companies manual actual period various serious media radio area studying opinion "
    "familiar quality computer everything carrying created",
    4: "experience situation communicate usually evaluate reliable graduated engineering interesting",
    5: "organization university",
    6: "responsibility",
}


def test_english_syllables_of_counted_words():
    counted = [(word, n) for n, line in SYLLABLES.items() for word in line.split()]
    # "created" is three; "interesting" four when fully spoken.
    wrong = [(word, n, english_syllables(word)) for word, n in counted if english_syllables(word) != n]
    assert len(wrong) <= 0.1 * len(counted), wrong
    assert abs(sum(english_syllables(w) for w, _ in counted) / sum(n for _, n in counted) - 1) <= 0.02


@pytest.mark.parametrize(
    ("word", "n"), [("", 0), ("123", 0), ("한글", 0), ("don't", 1), ("well-known", 2), ("TEAM!", 1), ("I", 1)]
)
def test_english_syllables_of_odd_words(word, n):
    assert english_syllables(word) == n


@pytest.mark.parametrize(("text", "n"), [("안녕하세요", 5), ("팀 leader 3명", 2), ("", 0), ("ㅋㅋ", 0)])
def test_hangul_syllables_are_blocks_whatever_the_composition(text, n):
    assert hangul_syllables(text) == n
    assert hangul_syllables(unicodedata.normalize("NFD", text)) == n


def test_fold_unifies_what_looks_the_same():
    assert fold("“It’s”  a\u00a0well—known\n\tFACT…") == fold('"it\'s" a well-known fact...')
    assert fold(unicodedata.normalize("NFD", "팀워크")) == "팀워크"
    assert fold("zero\u200bwidth") == "zerowidth"


@given(st.text())
def test_fold_twice_is_fold_once(text):
    assert fold(fold(text)) == fold(text)


def test_words_keep_hyphens_and_apostrophes_inside():
    assert words("Well, I don't co-operate (much) — 3 times.") == (
        "Well",
        "I",
        "don't",
        "co-operate",
        "much",
        "3",
        "times",
    )
    assert words("저는, 팀장으로서 3개월간 일했습니다!") == ("저는", "팀장으로서", "3개월간", "일했습니다")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I led it. It worked! Why? Because.", ("I led it.", "It worked!", "Why?", "Because.")),
        ('He said "stop." Then we left.', ('He said "stop."', "Then we left.")),
        ("I met Dr. Kim at Acme Inc. in 2020. Good.", ("I met Dr. Kim at Acme Inc. in 2020.", "Good.")),
        ("Version 2.5 works", ("Version 2.5 works",)),
        ("문제를 찾았습니다. 그래서 고쳤어요!", ("문제를 찾았습니다.", "그래서 고쳤어요!")),
        (
            "저는 서울에서 일했습니다 그래서 많이 배웠어요 힘들었거든요 감사합니다",
            ("저는 서울에서 일했습니다", "그래서 많이 배웠어요", "힘들었거든요", "감사합니다"),
        ),
        ("So do I. Then we spoke. No. Yes.", ("So do I.", "Then we spoke.", "No.", "Yes.")),
        ("  \n ", ()),
    ],
)
def test_sentences(text, expected):
    assert sentences(text) == expected


@given(st.text(alphabet="가나다 습니다.?!abc \n", max_size=60))
def test_sentences_lose_no_word(text):
    assert [w for s in sentences(text) for w in words(s)] == list(words(text))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("저는 Kubernetes와 Docker를 사용했습니다", "ko"),
        ("I worked with Samsung(삼성) for two years", "en"),
        ("yes", "en"),
        ("私は東京で働いていました", "und"),
        ("Я работал в команде", "und"),
        ("123 !!", "und"),
        (
            "Durante mi carrera trabajé en varios proyectos importantes donde aprendimos mucho sobre gestión, "
            "clientes y equipos, siempre buscando mejorar los resultados",
            "und",
        ),
        (
            "In meinem letzten Projekt haben wir zusammen mit dem Kunden eine neue Anwendung entwickelt und "
            "dabei sehr viel über gute Zusammenarbeit gelernt",
            "und",
        ),
        (
            "During my last project we built a new application together with the customer and I learned a lot about "
            "how good teams work and why they sometimes fail",
            "en",
        ),
    ],
)
def test_language_of(text, language):
    assert language_of(text) == language


def test_candidate_words_leave_out_the_interviewer():
    assert candidate_words(parse_transcript("Q: How are you today?\nA: Very well, thanks", "t")) == 3
