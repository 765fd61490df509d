"""Labelled lines of a typed transcript as turns; lines that may be another speaker's are refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from include.interview.errors import BadInput, SpeakersUnclear
from include.interview.records import Role
from include.interview.transcript.label_times import COLON, starts_at_zero, without_times
from include.interview.transcript.label_words import CANDIDATE_LABELS, INTERVIEWER_LABELS
from include.interview.transcript.speaker_labels import MAX_NAME, Label, known_label, named_label, possible_labels
from include.interview.transcript.speaker_names import NamedRoles
from include.interview.transcript.subtitles import Line

ACCEPTED = "Start each turn with 'Interviewer:' or 'Interviewee:' (also Q:/A:, Candidate:, 면접관:/지원자:)."
MAX_LINES_NAMED = 5
_KNOWN = (
    "Names of persons are told by --candidate NAME and --interviewer NAME. "
    f"Known labels: {', '.join(INTERVIEWER_LABELS)}; {', '.join(CANDIDATE_LABELS)}."
)
_BAR = re.compile(rf"\|(?=[^|]{{1,{2 * MAX_NAME}}}?{COLON})")


@dataclass
class Turn:
    """What one speaker said without a break: the pieces of its text, and seconds in the recording where known."""

    role: Role
    speaker: str
    pieces: list[str]
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True)
class _Piece:
    """A line, or a part of it from a bar on. `text` leaves a label of ours out; `others` may be labels of others."""

    source: Line
    text: str
    label: Label | None
    others: tuple[Label, ...] = ()
    behind_bar: bool = False

    @property
    def line(self) -> int:
        return self.source.number


def turns_of(lines: Sequence[Line], filename: str, names: NamedRoles) -> list[Turn]:
    """The turns of `lines` in order, with every word behind a known label and without times of the recording.

    Lines with times of their own (subtitles) are one turn as long as the speaker is the same.

    Raises:
        SpeakersUnclear: a line begins with a label that is not known, or the labels name several candidates.
        BadInput: text before the first label.
    """
    pieces = [piece for line in lines for piece in _pieces(line, names)]
    _refuse_others(pieces, filename)
    _refuse_several(pieces, filename)
    stamped = any(starts_at_zero(piece.text) for piece in pieces)
    turns: list[Turn] = []
    for piece in pieces:
        said = without_times(piece.text, stamped=stamped)
        if piece.label and piece.label.role:
            _begin(turns, piece, piece.label.role, piece.label.speaker, said)
        elif turns and piece.behind_bar:
            turns[-1].pieces[-1] += said
        elif turns:
            turns[-1].pieces.append(said)
            turns[-1].end_s = piece.source.end_s
        elif said.strip():
            raise BadInput(f"{filename}, line {piece.line}: text before the first speaker label.", ACCEPTED)
    return turns


def _begin(turns: list[Turn], piece: _Piece, role: Role, speaker: str, said: str) -> None:
    """Begin a turn, or go on with the one before when subtitles cut it into cues."""
    source = piece.source
    if turns and source.start_s is not None and (turns[-1].role, turns[-1].speaker) == (role, speaker):
        turns[-1].pieces.append(said)
        turns[-1].end_s = source.end_s
    else:
        turns.append(Turn(role, speaker, [said], source.start_s, source.end_s))


def _pieces(source: Line, names: NamedRoles) -> Iterator[_Piece]:
    """The line, cut at every bar that has something like a label behind it."""
    line = source.text
    if source.name is not None:
        told = named_label(source.name, names)
        yield _Piece(source, line, told if told.role else None, () if told.role else (told,))
        return
    label = known_label(line, names=names)
    others = () if label else tuple(possible_labels(line))
    begin, behind_bar = label.end if label else 0, False
    for bar in _BAR.finditer(line, begin):
        behind = known_label(line, bar.end(), names=names)
        behind = behind if behind and behind.form == "colon" else None
        maybe = () if behind else tuple(p for p in possible_labels(line, bar.end()) if p.form == "colon")
        if behind or maybe:
            yield _Piece(source, line[begin : bar.start()], label, others, behind_bar)
            label, others, begin, behind_bar = behind, maybe, behind.end if behind else bar.start(), True
    yield _Piece(source, line[begin:], label, others, behind_bar)


def _refuse_others(pieces: list[_Piece], filename: str) -> None:
    """Refuse lines that begin with a label that is not known (see `parse_transcript` for what looks like one)."""
    known = [piece.label for piece in pieces if piece.label]
    forms = {"colon", "time"} | {label.form for label in known}
    small = any(label.lower for label in known)
    often = Counter(label.name.casefold() for piece in pieces for label in piece.others if label.form == "colon")
    found: list[tuple[int, str]] = []
    heading = False  # the line before is a label on a line of its own: this one is its text
    for piece in pieces:
        for label in piece.others:
            possible = label.form == "colon" and (small or often[label.name.casefold()] > 1)
            alone = label.form == "line" and heading
            if label.form in forms and (label.likely or possible) and not alone:
                found.append((piece.line, label.name))
                break
        if piece.text.strip() or piece.label:
            heading = piece.label is not None and not piece.text.strip()
    if found:
        raise SpeakersUnclear(
            f"{filename}, {_lines(found)}: a speaker label that is not known "
            f"({len({name for _, name in found})} different in the file).",
            f"{ACCEPTED} {_KNOWN} A line that goes on with an answer belongs behind the line before it.",
            labels=tuple(found),
        )


def _refuse_several(pieces: list[_Piece], filename: str) -> None:
    """Refuse labels that tell several candidates apart: one card is about one person."""
    first: dict[str, tuple[int, str]] = {}
    for piece in pieces:
        if piece.label and piece.label.role == "candidate" and piece.label.person:
            first.setdefault(piece.label.person, (piece.line, piece.label.name))
    if len(first) > 1:
        found = tuple(first.values())
        raise SpeakersUnclear(
            f"{filename}, {_lines(found)}: the labels name {len(first)} candidates.",
            "Give one file for each candidate; write the label of one candidate the same way every time.",
            labels=found,
        )


def _lines(found: Sequence[tuple[int, str]]) -> str:
    numbers = list(dict.fromkeys(line for line, _ in found))
    named = ", ".join(str(n) for n in numbers[:MAX_LINES_NAMED])
    more = f" and {len(numbers) - MAX_LINES_NAMED} more" if len(numbers) > MAX_LINES_NAMED else ""
    return f"line{'s' if len(numbers) > 1 else ''} {named}{more}"
