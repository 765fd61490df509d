"""Typed transcripts: every accepted form, and errors that say where."""

from __future__ import annotations

import codecs
import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.errors import BadInput, SpeakersUnclear
from include.interview.transcript.typed import parse_transcript, read_transcript

pytestmark = pytest.mark.unit


def turns(transcript):
    return [(u.role, u.text) for u in transcript.utterances]


@pytest.mark.parametrize(
    ("asks", "answers"),
    [
        ("Interviewer", "Interviewee"),
        ("INTERVIEWER", "candidate"),
        ("Q", "A"),
        ("Interviewer", "Applicant"),
        ("면접관", "지원자"),
        ("면접관", "응시자"),
        ("질문", "답변"),
        ("interviewer 2", "Candidate"),
        ("**Interviewer**", "**Candidate**"),
        ("[00:12] Interviewer", "[00:15.5] Candidate"),
    ],
)
def test_labels(asks, answers):
    transcript = parse_transcript(f"{asks}: Why here?\n{answers} : Because I like it.", "t.txt")
    assert turns(transcript) == [("interviewer", "Why here?"), ("candidate", "Because I like it.")]
    assert transcript.source == "text"
    assert transcript.confidence is transcript.coverage is transcript.duration_s is None
    assert [u.id for u in transcript.utterances] == ["u0001", "u0002"]


def test_multi_line_turns_blank_lines_and_windows_line_ends():
    text = "\r\n".join(
        [
            "\ufeff",
            "면접관：자기소개를",
            "해 주세요.",
            "",
            "지원자: 안녕하세요.",
            "",
            "저는 개발자입니다.",
            "지원자:",
            "반갑습니다.",
            "",
        ]
    )
    transcript = parse_transcript(text, "t.txt")
    assert turns(transcript) == [
        ("interviewer", "자기소개를 해 주세요."),
        ("candidate", "안녕하세요. 저는 개발자입니다."),
        ("candidate", "반갑습니다."),
    ]
    assert transcript.language == "ko"


def test_turns_joined_by_bars():
    transcript = parse_transcript("Interviewer: Hi|Interviewee: Hello, a|b test|Interviewer: Ok", "t.txt")
    assert turns(transcript) == [("interviewer", "Hi"), ("candidate", "Hello, a|b test"), ("interviewer", "Ok")]


def test_a_colon_inside_a_turn_is_no_label():
    transcript = parse_transcript("Q: Why?\nA: Two reasons.\nFirst: money.\nWhat I said: no.", "t.txt")
    assert turns(transcript)[1] == ("candidate", "Two reasons. First: money. What I said: no.")


@pytest.mark.parametrize(
    "data",
    [
        "지원자: 안녕하세요".encode(),
        codecs.BOM_UTF8 + "지원자: 안녕하세요".encode(),
        "지원자: 안녕하세요".encode("utf-16"),
        codecs.BOM_UTF16_BE + "지원자: 안녕하세요".encode("utf-16-be"),
        "지원자: 안녕하세요".encode("cp949"),
    ],
)
def test_encodings(data):
    assert turns(read_transcript(data, "t.txt")) == [("candidate", "안녕하세요")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (" \n\t\n", "is empty"),
        ("\n\nHello there\nInterviewer: Hi", "line 3"),
        ("Interviewer: Hi", "no words of the candidate"),
        ("Interviewer: Hi\nCandidate: ...", "no words of the candidate"),
        ('{"source": "text"}', "not a transcript in JSON"),
        ("{broken", "not a transcript in JSON"),
    ],
)
def test_errors_say_what_and_where(text, message):
    with pytest.raises(BadInput, match=message) as caught:
        parse_transcript(text, "talk.txt")
    assert str(caught.value).startswith("talk.txt")
    assert "Hello there" not in str(caught.value)  # no words of a person in an error


@pytest.mark.parametrize("data", [b"\x00\x01\x02\xff\xfe", b"\xff\xd8\xff\xe0\x00\x10JFIF", b"\x80\x81\xff" * 5])
def test_bytes_that_are_no_text(data):
    with pytest.raises(BadInput, match="not a text file"):
        read_transcript(data, "photo.txt")


def test_own_json_comes_back_as_it_was():
    transcript = parse_transcript("Q: Why?\nA: So it is.", "t.txt")
    encoded = msgspec.json.encode(transcript).decode()
    assert parse_transcript(encoded, "t.json") == transcript
    doubled = encoded.replace('"u0002"', '"u0001"')
    with pytest.raises(BadInput, match="twice"):
        parse_transcript(doubled, "t.json")


def test_language_is_the_candidates():
    mixed = "면접관: 영어로 자기소개를 해 주시고 경험을 말씀해 주세요.\n지원자: I worked for two years."
    assert parse_transcript(mixed, "t").language == "en"


@given(st.lists(st.tuples(st.booleans(), st.from_regex(r"[a-z]{2,8}( [a-z]{2,8}){0,5}", fullmatch=True)), min_size=1))
def test_what_is_written_is_read(rows):
    text = "\n".join(f"{'Interviewee' if mine else 'Interviewer'}: {said}" for mine, said in rows)
    expected = [("candidate" if mine else "interviewer", said) for mine, said in rows]
    if any(mine for mine, _ in rows):
        assert turns(parse_transcript(text, "t")) == expected
    else:
        with pytest.raises(BadInput):
            parse_transcript(text, "t")


def test_json_with_a_speaker_of_no_known_role_is_refused_without_naming_it():
    encoded = msgspec.json.encode(parse_transcript("Q: Why?\nA: So it is.", "t.txt")).decode()
    for old, new in (('"role":"candidate"', '"role":"Dana Park"'), ('"speaker":"a"', '"speaker":"a","Dana Park":1')):
        assert old in encoded
        with pytest.raises(BadInput, match="not a transcript in JSON") as caught:
            parse_transcript(encoded.replace(old, new), "t.json")
        assert "Dana" not in str(caught.value)
        assert "utterances" in str(caught.value)  # the place is named
    with pytest.raises(SpeakersUnclear, match="first of number 1"):
        parse_transcript(encoded.replace('"role":"interviewer"', '"role":"unknown"'), "t.json")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("0:00:01.000,0:00:03.000\nInterviewee: Hi", "SubViewer"),
        ("[Script Info]\nTitle: x", "SubStation"),
        ("{\\rtf1 Interviewee: Hi}", "rich text"),
        ("<?xml version='1.0'?><tt>", "XML"),
        ("<html><body>Interviewee: Hi", "HTML"),
    ],
)
def test_formats_of_other_programs_are_refused_by_their_name(text, name):
    with pytest.raises(BadInput, match=name) as caught:
        parse_transcript(text, "talk.txt")
    assert "Interviewer:" in caught.value.remedy


def test_an_arrow_in_speech_is_no_cue():
    transcript = parse_transcript("A: We went from 10:30 --> later, then A --> B.", "t.txt")
    assert turns(transcript) == [("candidate", "We went from 10:30 --> later, then A --> B.")]


def test_decomposed_korean_is_the_same_transcript():
    text = "면접관: 자기소개를 해 주세요.\n지원자: 안녕하세요. 저는 개발자입니다."
    assert parse_transcript(unicodedata.normalize("NFD", text), "t") == parse_transcript(text, "t")
