"""The transcript of a report: rows with their times, quoted words marked, and a target for every link."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from include.interview.records import Quote, Transcript, Utterance
from include.interview.transcript.quotes import find_in_utterance
from include.reporting.evidence import Anchors
from include.reporting.formatting import clock, time_id


@dataclass(frozen=True)
class Piece:
    """A stretch of an utterance; `marked` when it is quoted as evidence, `ids` are the targets of links to it."""

    text: str
    marked: bool = False
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class TranscriptRow:
    """One utterance. `ids` are further link targets; `mark` is the label of a question that starts here."""

    id: str
    role: str
    speaker: str
    language: str
    clock: str | None
    seconds: str | None
    pieces: tuple[Piece, ...]
    ids: tuple[str, ...] = ()


def split_quotes(utterance: Utterance, quotes: Sequence[tuple[Quote, str]]) -> tuple[Piece, ...]:
    """The utterance's text cut at its quotes, in order.

    A quote that overlaps an earlier one only adds a link target.
    """
    text = unicodedata.normalize("NFC", utterance.text)
    found: list[tuple[int, int, str]] = []
    for quote, target in quotes:
        exact = find_in_utterance(utterance, quote.text)
        start = text.find(exact.text) if exact else -1
        found.append((start, start + len(exact.text) if exact and start >= 0 else 0, target))
    pieces: list[Piece] = []
    at = 0
    for start, end, target in sorted(found):
        ids = (target,) if target else ()
        if start < at:
            pieces.append(Piece("", ids=ids))
            continue
        pieces += [Piece(text[at:start]), Piece(text[start:end], True, ids)]
        at = end
    pieces.append(Piece(text[at:]))
    return tuple(p for p in pieces if p.text or p.ids)


def _rows_of_times(transcript: Transcript, times: dict[str, float]) -> tuple[dict[int, list[str]], list[str]]:
    """For every landing place the row that is spoken at its time (else the last one before it)."""
    timed = sorted((u.start_s, n) for n, u in enumerate(transcript.utterances) if u.start_s is not None)
    if not timed:
        return {}, list(times)
    starts = [start for start, _ in timed]
    rows: dict[int, list[str]] = {}
    for target, seconds in sorted(times.items(), key=lambda item: (item[1], item[0])):
        row = timed[max(0, bisect_right(starts, seconds) - 1)][1]
        rows.setdefault(row, []).append(target)
    return rows, []


def transcript_rows(transcript: Transcript, anchors: Anchors) -> tuple[tuple[TranscriptRow, ...], tuple[str, ...]]:
    """All rows, and the link targets for which the transcript has no row (it has no times or no words).

    Every row may be linked to by its own start, so `t=START` is an id of each row that has a time.
    """
    by_utterance: dict[str, list[tuple[Quote, str]]] = {}
    placed: set[str] = set()
    for quote, target in anchors.quotes:
        if quote.utterance_id in anchors.rows:
            fresh = "" if target in placed else target
            placed.add(target)
            by_utterance.setdefault(quote.utterance_id, []).append((quote, fresh))
    for utterance in transcript.utterances:
        if utterance.start_s is not None:
            anchors.times.setdefault(anchors.prefix + time_id(utterance.start_s), utterance.start_s)
    rest = {target: seconds for target, seconds in anchors.times.items() if target not in placed}
    ids_by_row, homeless = _rows_of_times(transcript, rest)
    rows = tuple(
        TranscriptRow(
            id=f"{anchors.prefix}u-{number + 1}",
            role=u.role,
            speaker=u.speaker,
            language=u.language or transcript.language,
            clock=None if u.start_s is None else clock(u.start_s),
            seconds=None if u.start_s is None else time_id(u.start_s).removeprefix("t="),
            pieces=split_quotes(u, by_utterance.get(u.id, ()) if anchors.rows[u.id] == number + 1 else ()),
            ids=tuple(ids_by_row.get(number, ())),
        )
        for number, u in enumerate(transcript.utterances)
    )
    return rows, tuple(homeless)
