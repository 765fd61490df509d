"""Subtitles and exports of meeting services: the candidate's words and no other, with times, or a refusal."""

# ruff: noqa: E501 - what is tried stays in one line
from __future__ import annotations

import pytest

from include.interview.errors import BadInput, SpeakersUnclear
from include.interview.transcript.speaker_names import SpeakerNames
from include.interview.transcript.text import candidate_words
from include.interview.transcript.typed import parse_transcript, read_transcript
from tests.support.wild_cases import wild

pytestmark = pytest.mark.unit

NAMES = SpeakerNames.of(["Dana Park", "김하늘"], ["Min Lee", "이 팀장", "Kim, Jo"])
EXPECTED = [
    ("interviewer", "Why us?"),
    ("candidate", "I like it. Two years, at 10:30 daily."),
    ("interviewer", "Thanks."),
]


def said(text: str, names: SpeakerNames = NAMES) -> list[tuple[str, str]]:
    return [(u.role, u.text) for u in parse_transcript(text, "talk.txt", names).utterances]


ZOOM_VTT = """WEBVTT

1
00:00:00.000 --> 00:00:05.000
Min Lee: Why us?

2
00:00:05.500 --> 00:00:07.000
Dana Park: I like it.

3
00:00:07.100 --> 00:00:09.000
Dana Park: Two years, at 10:30 daily.

4
00:00:10.000 --> 00:00:11.000
Min Lee: Thanks.
"""
TEAMS_VTT = """WEBVTT

NOTE made by a service

6f1a/12-0
00:00:00.000 --> 00:00:05.000
<v Min Lee>Why us?</v>

6f1a/13-0
00:00:05.500 --> 00:00:07.000 align:start
<v.loud Dana Park>I <i>like</i> it.</v>

00:00:07.100 --> 00:00:09.000
<v Dana Park>Two years,
at 10:30 daily.</v>

00:00:10.000 --> 00:00:11.000
<v Min Lee>Thanks.</v>
"""
SRT = """1
00:00:00,000 --> 00:00:05,000
Min Lee: Why us?

2
00:00:05,500 --> 00:00:07,000
Dana Park: I like it.

3
00:00:07,100 --> 00:00:09,000
Two years,
at 10:30 daily.

4
00:00:10,000 --> 00:00:11,000
Min Lee: Thanks.
"""
TEAMS_TEXT = """0:0:0.0 --> 0:0:5.0
Min Lee
Why us?

0:0:5.500 --> 0:0:9.0
Dana Park
I like it.
Two years, at 10:30 daily.

0:0:10.0 --> 0:0:11.0
Min Lee
Thanks.
"""
OTTER = """Min Lee  0:00
Why us?

Dana Park  0:05
I like it.
Two years, at 10:30 daily.

Min Lee  0:10
Thanks.

Transcribed by https://otter.ai
"""
TEAMS_DOCX = """Interview Dana
November 3, 2026

Min Lee started transcription

Min Lee   0:00
Why us?
Dana Park   0:05
I like it.
Two years, at 10:30 daily.
Min Lee   0:10
Thanks.

Min Lee stopped transcription
"""
MEET = """Interview (2026-11-03 10:00 GMT+9) - Transcript
Attendees
Dana Park, Min Lee
Transcript
00:00:00
Min Lee: Why us?
Dana Park: I like it.
Dana Park: Two years, at 10:30 daily.
00:05:00
Min Lee: Thanks.
Transcription ended after 00:05:30
This editable transcript was computer generated and might contain errors. People can also change the text.
"""
ZOOM_TEXT = """[Min Lee] 00:00:00
Why us?

[Dana Park] 00:00:05
I like it.
Two years, at 10:30 daily.

[Min Lee] 00:00:10
Thanks.
"""


@pytest.mark.parametrize("text", [ZOOM_VTT, TEAMS_VTT, SRT, TEAMS_TEXT, OTTER, TEAMS_DOCX, MEET, ZOOM_TEXT])
def test_every_export_gives_the_same_words_of_the_same_persons(text: str) -> None:
    merged: list[tuple[str, str]] = []
    for role, words in said(text):
        if merged and merged[-1][0] == role:
            merged[-1] = (role, f"{merged[-1][1]} {words}")
        else:
            merged.append((role, words))
    assert merged == EXPECTED
    assert said(text.replace("\n", "\r\n")) == said(text)


@pytest.mark.parametrize("text", [ZOOM_VTT, TEAMS_VTT, SRT, TEAMS_TEXT, OTTER, TEAMS_DOCX, MEET, ZOOM_TEXT])
def test_without_names_the_speakers_found_are_listed(text: str) -> None:
    with pytest.raises(SpeakersUnclear, match=r"talk\.txt, lines? \d+.*--candidate NAME") as caught:
        parse_transcript(text, "talk.txt")
    assert {"Min Lee", "Dana Park"} <= {label.strip("[]") for _, label in caught.value.labels}
    assert "Dana" not in str(caught.value)


def test_clova_note_with_numbered_speakers() -> None:
    text = "참석자 1 00:00\n지원 동기를 말씀해 주세요.\n\n참석자 2 00:04\n네, 결제 서비스를 만들고 싶습니다.\n참석자 1 00:12\n네."
    names = SpeakerNames.of(["참석자 2"], ["참석자 1"])
    assert [role for role, _ in said(text, names)] == ["interviewer", "candidate", "interviewer"]
    with pytest.raises(SpeakersUnclear):
        said(text, SpeakerNames())


def test_times_are_kept_and_cues_of_one_speaker_are_one_utterance() -> None:
    for text in (ZOOM_VTT, TEAMS_VTT, SRT, TEAMS_TEXT):
        utterances = parse_transcript(text, "t", NAMES).utterances
        assert [(u.start_s, u.end_s) for u in utterances] == [(0.0, 5.0), (5.5, 9.0), (10.0, 11.0)]
        assert {u.speaker for u in utterances} == {"interviewer", "candidate"}


def test_several_interviewers_are_several_speakers() -> None:
    text = "Min Lee: Why?\n김하늘: 네.\n이 팀장: 그럼?\nDana Park: So.\nKim, Jo: Ok."
    assert [(u.role, u.speaker) for u in parse_transcript(text, "t", NAMES).utterances] == [
        ("interviewer", "interviewer"),
        ("candidate", "candidate"),
        ("interviewer", "interviewer2"),
        ("candidate", "candidate"),
        ("interviewer", "interviewer3"),
    ]


@pytest.mark.parametrize(
    "head",
    ["min lee:", "MIN LEE:", "Min Lee (Guest):", "**Min Lee**:", "Ｍｉｎ Ｌｅｅ：", "[Min Lee]:", "Min Lee 0:03\n"],
)
def test_a_name_in_any_form_is_that_name(head: str) -> None:
    assert said(f"Dana Park: Hi\n{head} Why?\nDana Park: So.") == [
        ("candidate", "Hi"),
        ("interviewer", "Why?"),
        ("candidate", "So."),
    ]


def test_a_third_person_is_never_part_of_the_words_before() -> None:
    for text in (ZOOM_VTT, SRT):
        with pytest.raises(SpeakersUnclear) as caught:
            said(text.replace("Min Lee: Thanks.", "Jo Woo: Great."))
        assert {label for _, label in caught.value.labels} == {"Jo Woo"}
    for name in ("jo van der woo and the rest of them all", "the panel", "x"):
        with pytest.raises(SpeakersUnclear):
            said(TEAMS_VTT.replace("<v Min Lee>Thanks.", f"<v {name}>Thanks."))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("WEBVTT\n\n00:01.000 --> 00:03.000\nHello there", r"line 4: the subtitle does not say who speaks"),
        ("1\n00:00:01,000 --> 00:00:03,000\nHello", "line 3: the subtitle does not say"),
        (SRT.replace("00:00:07,100 --> 00:00:09,000", "00:00:37,100 --> 00:00:39,000").replace("00:00:10,000 --> 00:00:11,000", "00:00:40,000 --> 00:00:41,000"), "line 11: the subtitle"),
        (SRT.replace("Two years,\nat", "- Two years,\n- at"), "line 11: the subtitle"),
        ("WEBVTT", "0 of 0"),
        (ZOOM_VTT.replace("00:00:07.100 -->", "00:00:0x.100 -->"), "cues can be read|damaged"),
        ("0:0:1.0 --> 0:0:2.0\nMin Lee\n", "no name of a speaker"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        said(text)


@pytest.mark.parametrize(("mine", "theirs"), [(["Dana"], ["dana"]), ([""], []), (["\u200b"], []), ([], ["  "])])
def test_names_that_cannot_be_meant_are_refused(mine: list[str], theirs: list[str]) -> None:
    with pytest.raises(BadInput):
        SpeakerNames.of(mine, theirs)


def test_a_line_that_somebody_said_is_no_note_of_a_service() -> None:
    text = "Interviewee: We use otter.ai and https://x.y daily.\nI started transcription of old tapes in 2020."
    assert said(text)[0][1].endswith("tapes in 2020.")
    assert said("Interviewer: Hi\nInterviewee: One.\nTranscript\nTwo.")[1] == ("candidate", "One. Transcript Two.")


@pytest.mark.parametrize("name", ["subtitles.srt", "teams.vtt", "zoom.vtt"])
def test_the_exports_met_in_the_wild(name: str) -> None:
    transcript = read_transcript(wild(f"03-vtt-srt-exports/{name}").read_bytes(), name)
    assert candidate_words(transcript) == 127
    assert all(u.start_s is not None for u in transcript.utterances)


@pytest.mark.parametrize("name", ["plain.txt", "some-labels-with-times.txt"])
def test_the_labels_met_in_the_wild(name: str) -> None:
    assert candidate_words(read_transcript(wild(f"02-labels-with-times/{name}").read_bytes(), name)) == 127


def test_the_composed_and_decomposed_files_met_in_the_wild() -> None:
    one, other = (read_transcript(wild(f"01-nfd-speaker-labels/{n}.txt").read_bytes(), "t") for n in ("nfc", "nfd"))
    assert one == other
