"""Quotes: the words a score rests on must be in the transcript."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import accumulate

from include.interview.errors import JudgeFailure
from include.interview.records import Evidence, Quote, Transcript, Utterance
from include.interview.transcript.text import fold


def _folded_positions(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """`fold(text)` and, for each of its characters, begin and end in `text` of what it came from. `text` is NFC."""
    folded: list[str] = []
    origin: list[tuple[int, int]] = []
    for index, cluster in _clusters(text):
        piece = " " if cluster.isspace() else fold(cluster)
        if piece == " " and (not folded or folded[-1] == " "):
            continue
        folded.extend(piece)
        origin.extend([(index, index + len(cluster))] * len(piece))
    while folded and folded[-1] == " ":
        folded.pop()
        origin.pop()
    return "".join(folded), tuple(origin)


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """Pieces of `text` that are folded apart without changing the result, each with the index of its first character.

    A character that may join the one before once its compatibility form is taken (marks, vowels and final consonants
    of decomposed, half-width or compatibility hangul) stays with it.
    """
    begin = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or text[index - 1].isspace() or not _joins(text[index]):
            yield begin, text[begin:index]
            begin = index


def _joins(char: str) -> bool:
    if char < "\u0300":
        return False
    first = unicodedata.normalize("NFKC", char)[0]
    return unicodedata.combining(first) != 0 or "\u1160" <= first <= "\u11ff"


def _cuts_word(text: str, at: int) -> bool:
    """True when position `at` lies inside a run of Latin letters or digits. Hangul may be cut: particles attach."""
    if at <= 0 or at >= len(text):
        return False
    left, right = text[at - 1], text[at]
    return left.isalnum() and right.isalnum() and left < "\u0370" and right < "\u0370"


def _times(utterance: Utterance, text: str, start: int, end: int) -> tuple[float | None, float | None]:
    """Times of `text[start:end]`: from the words when they spell the utterance, else the utterance's own."""
    lengths = [len(fold(w.text).replace(" ", "")) for w in utterance.words]
    spelled = "".join(fold(w.text).replace(" ", "") for w in utterance.words)
    if not utterance.words or spelled != fold(text).replace(" ", ""):
        return utterance.start_s, utterance.end_s
    first = len(fold(text[:start]).replace(" ", ""))
    last = first + len(fold(text[start:end]).replace(" ", ""))
    ends = list(accumulate(lengths))
    inside = [
        word
        for word, word_end, length in zip(utterance.words, ends, lengths, strict=True)
        if length and word_end > first and word_end - length < last
    ]
    if not inside:
        return utterance.start_s, utterance.end_s
    return inside[0].start_s, inside[-1].end_s


def find_in_utterance(utterance: Utterance, text: str) -> Quote | None:
    """The quote `text` as it stands in `utterance` (first occurrence), or None.

    Equal up to whitespace, case, Unicode composition and typographic quotes and dashes; nothing may be left out, and
    a quote may not begin or end inside an English word. Times come from the words when they are known.
    """
    wanted = fold(text)
    source = unicodedata.normalize("NFC", utterance.text)
    folded, origin = _folded_positions(source)
    at = folded.find(wanted) if wanted else -1
    while at >= 0 and (_cuts_word(folded, at) or _cuts_word(folded, at + len(wanted))):
        at = folded.find(wanted, at + 1)
    if at < 0:
        return None
    start, end = origin[at][0], origin[at + len(wanted) - 1][1]
    start_s, end_s = _times(utterance, source, start, end)
    return Quote(utterance_id=utterance.id, text=source[start:end], start_s=start_s, end_s=end_s)


def find_quote(transcript: Transcript, utterance_id: str, text: str, *, candidate_only: bool = True) -> Quote | None:
    """The quote `text` of utterance `utterance_id`, in the transcript's own spelling, or None when it is not there.

    With `candidate_only` (default) words of the interviewer or of an unknown speaker are never found: they are no
    evidence about the candidate. See `find_in_utterance` for what counts as equal.
    """
    for utterance in transcript.utterances:
        if utterance.id == utterance_id:
            if candidate_only and utterance.role != "candidate":
                return None
            return find_in_utterance(utterance, text)
    return None


def require_candidates_words(transcript: Transcript, evidence: Iterable[Evidence]) -> None:
    """Hold that every quote of `evidence` stands in an utterance of the candidate: nothing else is scored.

    Raises:
        JudgeFailure: one does not; the text names its utterance and no word of it.
    """
    said = {utterance.id: utterance for utterance in transcript.utterances}
    for quote in evidence:
        if not isinstance(quote, Quote):
            continue
        source = said.get(quote.utterance_id)
        role = source.role if source is not None else "nobody"
        if source is None or role != "candidate" or fold(quote.text) not in fold(source.text):
            raise JudgeFailure(
                f"The evidence names {quote.utterance_id!r} of role {role}; it must be the candidate's own words.",
                "Nothing was scored; judge the interview again.",
                code="foreign_evidence",
            )
