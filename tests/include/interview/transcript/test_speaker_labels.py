"""Labels in every written form, heads that are none, and whose words are whose: no word lost, no time a word."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from include.interview.errors import BadInput, SpeakersUnclear
from include.interview.transcript.text import words
from include.interview.transcript.typed import parse_transcript

pytestmark = pytest.mark.unit


def listed(text: str) -> list[str]:
    """The items of `text`, which stand between bars."""
    return text.split("|")


KNOWN = listed(
    "Interviewer (00:01:40):|[00:01:40] Interviewer:|면접관 00:12:|Interviewer 1:|면접관1:|면접관：|"
    "**Interviewer:**|**면접관**:|INTERVIEWER:|iNterviewer :|Interviewer -|면접관 –|면접관—|Ｑ：|Q1.:|Q.|Q2.|"
    "(00:12) 면접관:|00:00:12,300 면접관:|00:12 - 00:15 면접관:|Interviewer [00:12 - 00:15]:|면접관(김OO):|"
    "김하늘(면접관):|Dana Park (Interviewer):|면접관님:|[Interviewer]|[Interviewer]:|Interviewer (00:12)|"
    "Interviewer 00:00:12|Interviewer 00:12\n|Interviewer\n|면접관\n|Interviewer\t|interviewer a:|면접관 A:|"
    "> Interviewer:|- Interviewer:|## Interviewer:|<b>Interviewer:</b>|\u200bInterviewer:|Interviewer, 00:12:|"
    "Interviewer (1분 40초):|[2024-05-01 10:00:03] Interviewer:|_Interviewer:_|Interviewer: [00:12]|"
    "Interviewer: 00:00:12|Interviewer: 00:12|Interviewer #2:|Interviewer_2:|면접관 (2):|00:12\n면접관:"
)
OTHERS = listed(
    "Dana Park:|Dr. Park:|dr. park:|Park, Dana:|Dana Park (00:01:40):|[00:01:40] Dana Park:|00:12 dana:|"
    "**Dana Park:**|**dana**:|SPEAKER_00:|Speaker 1:|speaker 1:|HR:|Will:|In Ho Kim:|So Young:|김하늘:|"
    "김지은:|박 팀장:|이 팀장님:|지은 팀장:|김OO:|김**:|이○○:|면접위원:|진행자:|하늘:|남궁 하늘:|"
    "면접관 김하늘:|지원자 김지은:|Interviewer Dana:|interviewer dana:|王伟:|[Dana Park]:|Dana Park 0:03\n|"
    "Dana Park (0:03)|dana.park@x.com:|Ludwig van Dyke:|- Dana Park:|1. Dana Park:|Dana Park (she/her):|"
    "박지만:|김하나:|예은:|이은:|클로에:|인사팀:|Jean-Luc O'Neil:|Candidate – Dana Park:|Dana：|DANA PARK:"
)
SPEECH = listed(
    "I had one rule: never guess|세 가지입니다: 첫째 측정|First: money|What I said: no|So: we went|"
    "Result: better|제 원칙은: 측정|결과: 좋음|예를 들면: 이것|제 강점: 끈기|핵심 역량: 소통|이유는: 없음|"
    "가장 중요한 것은: 측정|At 10:30 we met: all|10:30에 만남|10:30 was the time|The ratio was 5:1 then|"
    "Ratio 5:1 was good|Step 1: measure|https://x.y is it|Great :) yes|my plan: go|and then he said: stop|"
    "Two reasons: a b|In 2020: yes|one thing: no|결론적으로 말하자면: 네|첫째: 측정|한 가지: 측정|"
    "그래서 저는: 했다|Dana Park, my boss at that time, said: go|Lesson learned: measure|"
    "Python - my favourite|what mattered: people|iPhone: good|제가 배운 점: 측정|우리 팀의 목표: 출시|1: a|"
    "Monday: coding|상황: 나쁨|a 10:30 meeting|[laughs] it was|(웃음) 네|the candidate said: no|"
    "meeting A 10:30 went well"
)


def heard(text: str) -> list[tuple[str, str]]:
    return [(u.role, u.text) for u in parse_transcript(text, "t.txt").utterances]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("label", KNOWN)
def test_a_known_label_in_any_form_starts_a_turn_and_its_time_is_no_word(label: str, form: str) -> None:
    text = f"Interviewee: hello there\n{label} word one\nInterviewee: yes"
    expected = [("candidate", "hello there"), ("interviewer", "word one"), ("candidate", "yes")]
    assert heard(unicodedata.normalize(form, text)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("label", OTHERS)
def test_an_unknown_label_is_refused_and_its_name_is_not_in_the_text_of_the_error(label: str) -> None:
    with pytest.raises(SpeakersUnclear, match=r"t\.txt, line 3: a speaker label that is not known") as caught:
        parse_transcript(f"Interviewer: hi\nInterviewee: hello there\n{label} word\nInterviewee: x", "t.txt")
    assert [line for line, _ in caught.value.labels] == [3]
    assert "Known labels: interviewer" in caught.value.remedy
    for name in ("dana", "park", "하늘", "지은"):
        assert name not in str(caught.value).casefold()
        assert name not in repr(caught.value).casefold()


@pytest.mark.parametrize("line", SPEECH)
def test_a_colon_in_ordinary_speech_keeps_every_word_with_its_speaker(line: str) -> None:
    assert heard(f"Interviewee: hello there\n{line}\nInterviewer: x") == [
        ("candidate", f"hello there {line}"),
        ("interviewer", "x"),
    ]


def test_the_lines_and_labels_of_all_unknown_speakers_are_named() -> None:
    text = "Interviewee: a\n" + "Dana Park: b\n" * 6 + "김하늘: c"
    with pytest.raises(SpeakersUnclear, match=r"lines 2, 3, 4, 5, 6 and 2 more.*\(2 different in the file\)") as caught:
        parse_transcript(text, "t.txt")
    assert set(caught.value.labels) == {(n, "Dana Park") for n in range(2, 8)} | {(8, "김하늘")}


def test_bars_inside_speech_are_no_turns() -> None:
    assert heard("Interviewee: I said a | b : c|d: e") == [("candidate", "I said a | b : c|d: e")]


def test_a_label_before_the_first_known_one_is_refused_as_a_label() -> None:
    with pytest.raises(SpeakersUnclear, match="line 1"):
        parse_transcript("Dana Park: hi\nInterviewee: hello", "t.txt")


@pytest.mark.parametrize(
    ("known", "other"),
    [
        ("interviewee: hello", "dana park: hi"),  # a file that writes its labels small
        ("Interviewee - hello", "Dana Park - hi"),
        ("Interviewee\thello", "Dana Park\thi"),
        ("[Interviewee] hello", "[Dana Park] hi"),
        ("Interviewee\nhello there.", "Dana Park\nhi"),
        ("Interviewee: hello\ndana park: hi", "dana park: oh"),  # one small head over several lines
        ("Interviewer: hello|Interviewee: x", "Interviewer: q|Dana Park: hi|Interviewee: x"),
    ],
)
def test_unknown_labels_are_looked_for_in_the_forms_of_the_known_ones(known: str, other: str) -> None:
    with pytest.raises(SpeakersUnclear):
        parse_transcript(f"{known}\n{other}\n", "t.txt")


def test_a_short_answer_under_a_label_line_is_no_label() -> None:
    assert heard("Interviewer\nWho are you?\nInterviewee\nDana Park\nInterviewer\nThanks.") == [
        ("interviewer", "Who are you?"),
        ("candidate", "Dana Park"),
        ("interviewer", "Thanks."),
    ]


@pytest.mark.parametrize(
    ("labels", "several"),
    [
        (("지원자1", "지원자2"), True),
        (("Candidate A", "Candidate B"), True),
        (("지원자(김OO)", "지원자(이OO)"), True),
        (("Candidate 1", "Candidate 1"), False),
        (("지원자", "지원자(김OO)"), False),
        (("지원자 (00:12)", "지원자 (01:12)"), False),
        (("A1", "A2"), False),
        (("답변 1", "답변 2"), False),
    ],
)
def test_two_candidates_are_not_judged_as_one(labels: tuple[str, str], several: bool) -> None:
    text = f"면접관1: 네\n{labels[0]}: 하나\n면접관2: 네\n{labels[1]}: 둘"
    if several:
        with pytest.raises(SpeakersUnclear, match="lines 2, 4: the labels name 2 candidates"):
            parse_transcript(text, "t.txt")
    else:
        assert [role for role, _ in heard(text)] == ["interviewer", "candidate"] * 2


def test_times_between_and_in_the_lines_are_no_words_and_times_of_day_are() -> None:
    text = (
        "[00:00:01] Interviewer: Hi\n00:00:04\n[00:00:05] Interviewee: We met\n[00:00:07] at 10:30 [00:00:09] in\n"
        "(00:12) May and at\n9:30 again (00:01:40) yes"
    )
    assert heard(text) == [("interviewer", "Hi"), ("candidate", "We met at 10:30 in May and at 9:30 again yes")]
    assert heard("Q: When?\nA: 9:30 or\n10:30 maybe") == [
        ("interviewer", "When?"),
        ("candidate", "9:30 or 10:30 maybe"),
    ]
    assert heard("Q: Hi\nA: We met\n0:12 today and\n1:15 later") == [
        ("interviewer", "Hi"),
        ("candidate", "We met today and later"),
    ]


ENGLISH = st.sampled_from(
    listed("the|rule|was|simple|never|guess|but|measure|and|I|did|it|with|my|team|we|had:|one|way:|so")
)
KOREAN = st.sampled_from(
    listed("저는|세|가지입니다:|첫째|측정을|했습니다|그래서|팀과|다시|원칙은:|결과를|배웠습니다|먼저")
)
SAID = st.one_of(st.lists(ENGLISH, min_size=2, max_size=9), st.lists(KOREAN, min_size=2, max_size=9)).map(" ".join)
ROLES = {
    "candidate": ("Interviewee", "candidate", "지원자", "A"),
    "interviewer": ("Interviewer", "RECRUITER", "면접관", "Q"),
}
TIMES = ("", "(00:01:40)", "[01:40]", "00:12", "[1:00:40.250]")
LINES = st.tuples(
    st.sampled_from(sorted(ROLES)),
    st.integers(0, 3),
    st.sampled_from(TIMES),
    st.sampled_from(
        ("{time} {label}: ", "{label} {time}: ", "**{label}:** ", "{label} {time} ： ", "- {label}: {time} ")
    ),
    st.lists(SAID, min_size=1, max_size=3),
)


def is_speech(line: str) -> bool:
    """Lines made of any words in any order may begin like a name; those that hold no colon near the front do not."""
    return ":" not in " ".join(line.split()[:5])


@settings(deadline=None)
@given(st.lists(LINES, min_size=1, max_size=6))
def test_every_word_comes_back_from_its_speaker_and_no_time_does(rows) -> None:
    assume(any(role == "candidate" for role, *_ in rows))
    written, expected = [], []
    for role, nth, time, form, said in rows:
        if form.startswith("-") and time == "00:12":
            time = ""  # behind a colon it may be a time of day
        said = [said[0], *(line for line in said[1:] if is_speech(line))]
        written.append(form.format(time=time, label=ROLES[role][nth]) + "\n".join(said))
        expected.append((role, " ".join(said)))
    assert heard("\n".join(written)) == expected


@settings(deadline=None)
@given(SAID, st.sampled_from(("Dana Park", "김하늘", "Speaker 2", "Kim, Min Seo", "박 팀장", "HR")), SAID)
def test_whatever_stands_around_it_an_unknown_label_is_refused(before: str, name: str, after: str) -> None:
    with pytest.raises(SpeakersUnclear):
        parse_transcript(f"Interviewer: hi\nInterviewee: {before}\n{name}: {after}\n", "t.txt")


@settings(deadline=None)
@given(st.text(alphabet="Aa김.:：-–*[]()|019 \t\nQ", max_size=60))
def test_any_text_is_refused_or_all_its_words_are_there(tail: str) -> None:
    try:
        transcript = parse_transcript(f"Interviewee: hello\n{tail}", "t.txt")
    except BadInput:
        return
    text = unicodedata.normalize("NFC", tail)
    got = "".join(ch for u in transcript.utterances for ch in u.text if ch.isalpha() and ch not in "AaQＱ")
    assert got == "hello" + "".join(ch for ch in text if ch.isalpha() and ch not in "AaQ")
    assert words(transcript.utterances[0].text)
