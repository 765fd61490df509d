"""Typed transcripts: labelled lines or our own JSON become a `Transcript`."""

from __future__ import annotations

import re

import msgspec

from include.interview.errors import BadInput, SpeakersUnclear
from include.interview.intake.cleaning import clean_text
from include.interview.intake.decoding import decode_text
from include.interview.intake.structured import check_json_depth
from include.interview.records import Transcript, Utterance
from include.interview.transcript.foreign_formats import foreign_format
from include.interview.transcript.labelled_lines import ACCEPTED, Turn, turns_of
from include.interview.transcript.service_lines import without_service_lines
from include.interview.transcript.speaker_names import SpeakerNames
from include.interview.transcript.subtitles import Line, subtitle_lines
from include.interview.transcript.text import language_of, words

MAX_CHARACTERS = 2_000_000
"""About forty hours of speech: more is not an interview."""
NOBODY = SpeakerNames()
_QUOTED = re.compile(r"'.*'|`(?![$])[^`]*`", re.DOTALL)


def read_transcript(data: bytes, name: str, names: SpeakerNames = NOBODY) -> Transcript:
    """A transcript from the bytes of the file `name`, decoded by `decode_text` and parsed by `parse_transcript`.

    Raises:
        SpeakersUnclear: a label that is not known, or labels of several candidates (names the lines).
        BadInput: not text, empty, too long, another format, or no candidate turn.
    """
    return parse_transcript(decode_text(data, name), name, names)


def parse_transcript(text: str, filename: str, names: SpeakerNames = NOBODY) -> Transcript:
    """A transcript from labelled lines, from subtitles, or from the JSON of our own `Transcript` (it starts with `{`).

    A turn goes on until the next label; blank lines do not end it. Turns may also be joined by `|` on one line. The
    forms of labels are those of `known_label`; `names` tells whose names of persons are labels too. Utterances are
    called u0001, u0002 … in the order of the file. Those of labelled lines carry no times: times of the recording
    beside labels and in the text are left out (`without_times`). Text becomes clean (`clean_text`).

    A line whose beginning looks like a name that is no label of ours (`possible_labels`) is refused, so that it never
    becomes part of the words before it: when a colon or a time follows, or whatever else follows the known labels of
    this file. A beginning with words written small is only refused when the file writes its known labels small as well,
    or when it begins several lines. Any other line goes on with the turn before it, with every word. What cannot be
    told from speech is taken for it: a name of more than four words, or a name written small once among known labels
    with capitals.

    Subtitles (WebVTT with `<v Name>` or `Name:`, SubRip) keep their times; cues of one speaker in a row are one
    utterance. What services write around the words is left out (`without_service_lines`).

    Raises:
        SpeakersUnclear: a label that is not known, or labels of several candidates (names the lines).
        BadInput: empty, too long, another format, text before the first label (names the line), no
            candidate turn, or bad JSON.
    """
    text = clean_text(text, filename)
    if not text.strip():
        raise BadInput(f"{filename} is empty.", ACCEPTED)
    if len(text) > MAX_CHARACTERS:
        raise BadInput(f"{filename} has more than {MAX_CHARACTERS} characters.", "Give one interview per file.")
    foreign = foreign_format(text)
    if foreign:
        remedy = f"Export it as WebVTT (.vtt), SubRip (.srt) or plain text. {ACCEPTED}"
        raise BadInput(f"{filename} holds {foreign}, which is not read.", remedy)
    if text.lstrip().startswith("{"):
        return _from_json(text, filename)
    roles = names.roles()
    lines = subtitle_lines(text, filename, roles)
    if lines is None:
        lines = [Line(number, line) for number, line in enumerate(text.splitlines(), start=1)]
    return _from_turns(turns_of(without_service_lines(lines, roles), filename, roles), filename)


def _from_json(text: str, filename: str) -> Transcript:
    check_json_depth(text, filename)
    try:
        transcript = msgspec.json.decode(text, type=Transcript)
    except msgspec.MsgspecError as error:
        what = str(error) if "required field" in str(error) else _QUOTED.sub("(…)", str(error))
        raise BadInput(f"{filename} is not a transcript in JSON: {what}.", "See docs/scoring.md.") from None
    cleaned = tuple(_cleaned(u, filename) for u in transcript.utterances)
    transcript = msgspec.structs.replace(transcript, utterances=cleaned)
    ids = [u.id for u in transcript.utterances]
    if len(set(ids)) != len(ids):
        raise BadInput(f"{filename}: an utterance id occurs twice.", "Ids must be unique.")
    unknown = [n for n, u in enumerate(transcript.utterances, start=1) if u.role == "unknown"]
    if unknown:
        raise SpeakersUnclear(
            f"{filename}: the speaker of {len(unknown)} utterance(s) is unknown, first of number {unknown[0]}.",
            "Give each utterance the role candidate or interviewer, or take it out.",
        )
    _require_candidate(transcript.utterances, filename)
    return transcript


def _cleaned(utterance: Utterance, filename: str) -> Utterance:
    """JSON writes characters by number as well: its texts are cleaned once more when they are decoded."""
    spoken = tuple(msgspec.structs.replace(w, text=clean_text(w.text, filename)) for w in utterance.words)
    return msgspec.structs.replace(utterance, text=clean_text(utterance.text, filename), words=spoken)


def _from_turns(turns: list[Turn], filename: str) -> Transcript:
    utterances: list[Utterance] = []
    for turn in turns:
        said = " ".join(" ".join(turn.pieces).split())
        if said:
            name = f"u{len(utterances) + 1:04d}"
            utterances.append(Utterance(name, turn.speaker, turn.role, said, turn.start_s, turn.end_s))
    _require_candidate(tuple(utterances), filename)
    language = language_of(" ".join(u.text for u in utterances if u.role == "candidate"))
    tagged = tuple(msgspec.structs.replace(u, language=language) for u in utterances)
    return Transcript(source="text", language=language, language_probability=None, utterances=tagged, engine="typed")


def _require_candidate(utterances: tuple[Utterance, ...], filename: str) -> None:
    if not any(u.role == "candidate" and words(u.text) for u in utterances):
        raise BadInput(f"{filename} holds no words of the candidate.", ACCEPTED)
