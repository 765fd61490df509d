"""Subtitle files as lines with times and, where the format has them, names: WebVTT, SubRip, older Teams exports."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from include.interview.errors import BadInput, SpeakersUnclear
from include.interview.transcript.label_words import CANDIDATE_LABELS, INTERVIEWER_LABELS
from include.interview.transcript.speaker_labels import known_label, possible_labels
from include.interview.transcript.speaker_names import NamedRoles

CONTINUES_S = 3.0
"""Longest pause after which a cue without a name still goes on with the speaker of the one before."""
MAX_NAME_LINE = 60
_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{1,2}[.,]\d{1,3}"
_ARROW = re.compile(rf"^[ \t]*({_TIME})[ \t]*-->[ \t]*({_TIME})(?:[ \t].*)?$", re.MULTILINE)
_ANY_ARROW = re.compile(r"^[^\n]*-->[^\n]*$", re.MULTILINE)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]+)>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:v|c|i|b|u|lang|ruby|rt|font)(?:[.\s][^>]*)?>|<[\d:.]+>|\{\\[^}]*\}", re.IGNORECASE)
_DASHED = re.compile(r"^\s*[-–—]\s*\S")


@dataclass(frozen=True)
class Line:
    """A line of a transcript: its number in the file, its text, and what the format says about it.

    `name`: the speaker the format names apart from the text. `start_s` and `end_s`: seconds in the recording.
    """

    number: int
    text: str
    name: str | None = None
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True)
class _Cue:
    line: int
    start_s: float
    end_s: float
    text: str


def subtitle_lines(text: str, filename: str, names: NamedRoles) -> list[Line] | None:
    """The lines of `text` when it is WebVTT, SubRip or the text that Teams exported with arrows; else None.

    A cue without a name goes on with the speaker of the cue before when it follows within `CONTINUES_S`.

    Raises:
        SpeakersUnclear: a cue whose speaker cannot be told (names its line).
        BadInput: the file cannot be read as what it says it is.
    """
    first = _ARROW.search(text)
    vtt = text.lstrip().startswith("WEBVTT")
    if first is None and not vtt:
        return None
    if not vtt and first is not None and "," not in first[1]:
        return list(_teams_lines(text, filename))
    return list(_named(_cues(text, filename, "vtt" if vtt else "srt"), filename, names))


def _cues(text: str, filename: str, form: str) -> list[_Cue]:
    import webvtt
    from webvtt.errors import MalformedCaptionError, MalformedFileError

    what = "WebVTT" if form == "vtt" else "SubRip (.srt)"
    try:
        captions = list(webvtt.from_buffer(io.StringIO(text), format=form).captions)
    except (MalformedFileError, MalformedCaptionError, ValueError, IndexError, KeyError):
        raise BadInput(f"{filename} is damaged {what}.", "Export it again.") from None
    arrows = [found for found in _ANY_ARROW.finditer(text) if not found[0].lstrip().startswith("NOTE")]
    if len(arrows) != len(captions) or not captions:
        raise BadInput(
            f"{filename}: {len(captions)} of {len(arrows)} cues can be read as {what}.", "Export the file again."
        )
    return [
        _Cue(text.count("\n", 0, at.start()) + 2, _seconds(c.start), _seconds(c.end), c.raw_text)
        for at, c in zip(arrows, captions, strict=True)
    ]


def _seconds(time: str) -> float:
    total = 0.0
    for part in time.replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return total


def _named(cues: list[_Cue], filename: str, names: NamedRoles) -> Iterator[Line]:
    before: _Cue | None = None
    unclear: list[int] = []
    for cue in cues:
        parts = _voices(cue.text)
        begins = parts[0][0] is not None or _is_labelled(parts[0][1], names)
        follows = before is not None and cue.start_s - before.end_s <= CONTINUES_S
        several = sum(bool(_DASHED.match(line)) for line in parts[0][1].splitlines()) > 1
        if (not begins and not follows) or (several and not begins):
            unclear.append(cue.line)
        for name, said in parts:
            for offset, line in enumerate(said.splitlines() or [""]):
                yield Line(cue.line + offset, line, name if offset == 0 else None, cue.start_s, cue.end_s)
        before = cue
    if unclear:
        raise SpeakersUnclear(
            f"{filename}, line {unclear[0]}: the subtitle does not say who speaks ({len(unclear)} such in the file).",
            "Export it with names of speakers, as <v Name> or 'Name:', and name them by --candidate and --interviewer; "
            f"known without that: {INTERVIEWER_LABELS[0]}, {CANDIDATE_LABELS[0]}, 면접관, 지원자.",
        )


def _is_labelled(text: str, names: NamedRoles) -> bool:
    line = text.split("\n", 1)[0]
    return known_label(line, names=names) is not None or any(p.form == "colon" for p in possible_labels(line))


def _voices(raw: str) -> list[tuple[str | None, str]]:
    """The parts of a cue by its voice tags: (name or None, text without markup)."""
    pieces = _VOICE.split(raw)
    parts: list[tuple[str | None, str]] = [(None, pieces[0])]
    parts += [(html.unescape(name).strip(), said) for name, said in zip(pieces[1::2], pieces[2::2], strict=True)]
    shown = [(name, html.unescape(_TAG.sub("", said)).strip()) for name, said in parts]
    return [part for part in shown if part[0] is not None or part[1]] or [(None, "")]


def _teams_lines(text: str, filename: str) -> Iterator[Line]:
    """Blocks of a line with both times, a line with the name, and the words below (Teams' .docx before 2024)."""
    arrows = list(_ARROW.finditer(text))
    if text[: arrows[0].start()].strip():
        before = text[: arrows[0].start()].strip().count("\n") + 1
        if before > 2:  # a title and a date
            raise BadInput(f"{filename}, line 1: text before the first time.", "Take it out.")
    ends = [following.start() for _, following in pairwise(arrows)] + [len(text)]
    for arrow, end in zip(arrows, ends, strict=True):
        number = text.count("\n", 0, arrow.start()) + 1
        block = [line.strip() for line in text[arrow.end() : end].splitlines() if line.strip()]
        if len(block) < 2 or len(block[0]) > MAX_NAME_LINE:
            raise SpeakersUnclear(
                f"{filename}, line {number + 1}: no name of a speaker stands below the time.",
                "Write it on a line of its own between the time and the words.",
            )
        for offset, line in enumerate(block[1:], start=2):
            name = block[0].rstrip(":") if offset == 2 else None
            yield Line(number + offset, line, name, _seconds(arrow[1]), _seconds(arrow[2]))
