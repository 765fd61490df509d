"""Typed transcripts: labelled lines or our own JSON become a `Transcript`."""

from __future__ import annotations

import re

import msgspec

from include.interview.errors import BadInput
from include.interview.records import Role, Transcript, Utterance
from include.interview.text import language_of, words

MAX_CHARACTERS = 2_000_000
"""About forty hours of speech: more is not an interview."""
CANDIDATE_LABELS = ("interviewee", "candidate", "applicant", "answer", "a", "지원자", "응시자", "면접자", "답변")
INTERVIEWER_LABELS = ("interviewer", "recruiter", "question", "q", "면접관", "질문자", "질문")
# 면접자 is used for either side in Korean; the National Institute's dictionary gives the person interviewed first.

_NAMES = "|".join(sorted(CANDIDATE_LABELS + INTERVIEWER_LABELS, key=len, reverse=True))
_LABEL = re.compile(
    r"^\s*(?:\[[\d:.]+\]\s*)?(?:\*\*)?(?P<name>" + _NAMES + r")\s*(?P<number>\d{1,2})?\s*(?:\*\*)?\s*[:：]"
    r"\s*(?:\*\*)?\s*(?P<text>.*)$",
    re.IGNORECASE,
)
_PIPED = re.compile(r"\s*\|\s*(?=(?:" + _NAMES + r")\s*\d{0,2}\s*[:：])", re.IGNORECASE)
_ACCEPTED = "Start each turn with 'Interviewer:' or 'Interviewee:' (also Q:/A:, Candidate:, 면접관:/지원자:)."


def decode_text(data: bytes, name: str) -> str:
    """The text of `data`: UTF-8 or UTF-16 (by byte-order mark), else UTF-8, else CP949 (Korean Windows).

    `name` names the file in errors.

    Raises:
        BadInput: none of these encodings fits, or the bytes are not text.
    """
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ("utf-16",) if marked else ("utf-8-sig", "cp949")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise BadInput(f"{name} is not a text file.", "Save it as UTF-8 (UTF-16 and CP949 are read as well).")


def read_transcript(data: bytes, name: str) -> Transcript:
    """A transcript from the bytes of a file: `decode_text`, then `parse_transcript`.

    Raises:
        BadInput: as these two.
    """
    return parse_transcript(decode_text(data, name), name)


def parse_transcript(text: str, filename: str) -> Transcript:
    """A transcript from labelled lines, or from the JSON of our own `Transcript` when the text starts with `{`.

    A turn goes on until the next label; blank lines do not end it. Turns may also be joined by `|` on one line.
    Utterances are called u0001, u0002 … in the order of the file and carry no times.

    Raises:
        BadInput: empty, too long, text before the first label (names the line), no candidate turn, or bad JSON.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise BadInput(f"{filename} is empty.", _ACCEPTED)
    if len(text) > MAX_CHARACTERS:
        raise BadInput(f"{filename} has more than {MAX_CHARACTERS} characters.", "Give one interview per file.")
    if text.lstrip().startswith("{"):
        return _from_json(text, filename)
    return _from_turns(_turns(text, filename), filename)


def _from_json(text: str, filename: str) -> Transcript:
    try:
        transcript = msgspec.json.decode(text, type=Transcript)
    except msgspec.MsgspecError as error:
        raise BadInput(f"{filename} is not a transcript in JSON: {error}.", "See docs/scoring.md.") from error
    ids = [u.id for u in transcript.utterances]
    if len(set(ids)) != len(ids):
        raise BadInput(f"{filename}: an utterance id occurs twice.", "Ids must be unique.")
    _require_candidate(transcript.utterances, filename)
    return transcript


def _role(name: str) -> Role:
    return "candidate" if name.lower() in CANDIDATE_LABELS else "interviewer"


def _turns(text: str, filename: str) -> list[tuple[Role, str, list[str]]]:
    turns: list[tuple[Role, str, list[str]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        for part in _PIPED.split(line):
            label = _LABEL.match(part)
            if label:
                speaker = label["name"].lower() + (label["number"] or "")
                turns.append((_role(label["name"]), speaker, [label["text"]]))
            elif turns:
                turns[-1][2].append(part)
            elif part.strip():
                raise BadInput(f"{filename}, line {number}: text before the first speaker label.", _ACCEPTED)
    return turns


def _from_turns(turns: list[tuple[Role, str, list[str]]], filename: str) -> Transcript:
    utterances: list[Utterance] = []
    for role, speaker, lines in turns:
        said = " ".join(" ".join(lines).split())
        if said:
            utterances.append(Utterance(id=f"u{len(utterances) + 1:04d}", speaker=speaker, role=role, text=said))
    _require_candidate(tuple(utterances), filename)
    language = language_of(" ".join(u.text for u in utterances if u.role == "candidate"))
    tagged = tuple(msgspec.structs.replace(u, language=language) for u in utterances)
    return Transcript(source="text", language=language, language_probability=None, utterances=tagged, engine="typed")


def _require_candidate(utterances: tuple[Utterance, ...], filename: str) -> None:
    if not any(u.role == "candidate" and words(u.text) for u in utterances):
        raise BadInput(f"{filename} holds no words of the candidate.", _ACCEPTED)
