"""From a turn as transcribed to the sentences that carry its content.

What is said is separated from how it is said: fillers, cut-off words and immediate repetitions are counted and then
taken out, words of self-praise are taken out, so that neither changes what the content is worth.
"""

from __future__ import annotations

import itertools
import re

from include.interview.records import Record, Utterance
from include.judgement.lexicon_files import STRONG_AGGRANDISERS, lexicon
from include.korean_morphemes import morphemes

MAX_SENTENCE_WORDS = {"en": 32, "ko": 24}
"""Unpunctuated speech is cut at conjunctions beyond this length: the encoder blurs longer passages."""
_MIN_PIECE_WORDS = 12

_NOTE = re.compile(r"\[[^\]]*\]|\([^)]*\)|<[^>]*>|\*[^*]*\*")
_BREAK = re.compile(r"(?:[.!?。！？…]+[\"')\]]*(?=\s|$))|\n+")
_KO_BREAK = re.compile(r"(?<=[가-힣])(?:니다|니까|어요|아요|에요|예요|네요|군요|지요|죠|거든요)(?=\s+[가-힣A-Za-z0-9])")
_EN_SEAM = re.compile(r"[\s,]+(?=(?:and then|and so|and|so|but|because|then|also)\s)", re.IGNORECASE)
_KO_SEAM = re.compile(r"(?<=[고서데며면])[\s,]+")
_CUT_OFF = re.compile(r"(?<![\w'])(?!(?:u+m+|u+h+m*)-)[A-Za-z가-힣]{1,8}-+(?=[\s,.]|$)|--+", re.IGNORECASE)
_REPEAT = re.compile(r"\b([\w']+(?:\s+[\w']+){0,2})(?:[\s,.…\-]+\1)+\b", re.IGNORECASE)
_LIKE = re.compile(
    r"(?<=,)\s*(?P<comma>like)\b(?=,|\s)|\b(?P<before>like)(?=,)"
    r"|\b(?:was|were|is|are|be|just|and|so|but|or|then|because|when|if|have|had|a|of|in|at|for|with|on|i'm|it's|he's|she's"
    r"|we're|they're|there's|you know|i mean)\s+(?P<after>like)\b"
    r"|^\W*(?P<first>like)\b(?!\s+(?:i said|that|this|my|me|most|any|many|every|all|other)\b)"
    r"|\b(?P<count>like)(?=\s+(?:u+m+|u+h+|\d+|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty)\b)",
    re.IGNORECASE,
)
"""English "like" that carries no meaning: beside a comma, after a word that cannot govern it, at the start of a
sentence, before a number ("like five people"). After a pronoun, look, feel or a noun it may be a verb or "such as"."""
_HESITATION = re.compile(r"\b(?:u+m+|u+h+m*|e+r+m+|h+m+|m+h*m+|a+h+)\b", re.IGNORECASE)
"""Hesitations at any length a transcriber may give them (umm, uhhh, hmmm)."""


class Piece(Record, frozen=True):
    """One sentence: where it stands in its utterance, its words without disfluency, and the disfluencies counted."""

    utterance_id: str
    start: int
    end: int
    text: str
    clean: str
    fillers: int
    repeats: int
    praised: bool


def _seam_cuts(text: str, start: int, end: int, language: str) -> list[int]:
    limit = MAX_SENTENCE_WORDS[language]
    if len(text[start:end].split()) <= limit:
        return []
    cuts: list[int] = []
    last = start
    for match in (_KO_SEAM if language == "ko" else _EN_SEAM).finditer(text, start, end):
        if len(text[last : match.start()].split()) >= _MIN_PIECE_WORDS and len(text[match.end() : end].split()) >= 4:
            cuts.append(match.end())
            last = match.end()
    return cuts


def spans(text: str, language: str) -> list[tuple[int, int]]:
    """Start and end of each sentence of `text`, in order, without surrounding whitespace."""
    cuts = {0, len(text)}
    cuts.update(m.end() for m in _BREAK.finditer(text))
    if language == "ko":
        cuts.update(m.end() for m in _KO_BREAK.finditer(text))
    ordered = sorted(cuts)
    for start, end in itertools.pairwise(ordered):
        cuts.update(_seam_cuts(text, start, end, language))
    ordered = sorted(cuts)
    found = []
    for start, end in itertools.pairwise(ordered):
        piece = text[start:end]
        left = start + len(piece) - len(piece.lstrip())
        right = end - (len(piece) - len(piece.rstrip()))
        if right > left and any(ch.isalnum() for ch in text[left:right]):
            found.append((left, right))
    return found


def _korean_fillers(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) of Korean fillers, in characters of `text`.

    Interjections count as such by their tag; words that are also ordinary ones (그, 저, 뭐, 막, 이제, 약간, 그냥) count
    only where the tag or a following pause mark shows that they carry no meaning.
    """
    words = lexicon("ko").sets["fillers"]
    found = []
    for token in morphemes(text):
        form, end = token.form, token.end
        before = text[token.start - 1] if token.start else " "
        after = text[end : end + 1]
        if form not in words or (not before.isspace() and token.start):
            continue
        pause = after in (",", ".", "…", "~")
        alone = after in ("", " ", ",", ".", "…", "~")
        if alone and (token.tag == "IC" or pause or (form in ("막", "약간", "이제", "인제") and token.tag == "MAG")):
            found.append((token.start, end))
    return found


def _strip_spans(text: str, remove: list[tuple[int, int]]) -> str:
    out, at = [], 0
    for start, end in sorted(remove):
        if start >= at:
            out.append(text[at:start])
            at = end
    out.append(text[at:])
    return " ".join("".join(out).split())


def _tidy(text: str) -> str:
    text = re.sub(r"\s+([,.!?…])", r"\1", text)
    text = re.sub(r"([,…])(?:\s*[,…])+", r"\1", text)
    return re.sub(r"^[\s,.…\-]+", "", " ".join(text.split()))


def _without_fillers(text: str, language: str) -> tuple[str, int]:
    if language == "ko":
        found = _korean_fillers(text)
        return _tidy(_strip_spans(text, found)), len(found)
    empty_words = {(p.start, p.end) for p in lexicon("en").places("fillers", text)}
    empty_words |= {m.span() for m in _HESITATION.finditer(text)}
    empty_words |= {m.span(m.lastgroup or 0) for m in _LIKE.finditer(text)}
    return _tidy(_strip_spans(text, list(empty_words))), len(empty_words)


def _without_notes(text: str) -> str:
    """`text` without the transcriber's notes ("[laughter]"); a hesitation put in brackets was said and stays."""
    return _NOTE.sub(lambda m: f" {m[0][1:-1]} " if _HESITATION.fullmatch(m[0][1:-1].strip()) else " ", text)


def _without_praise(text: str, language: str) -> tuple[str, bool]:
    places = lexicon(language).places("aggrandise", text)
    if language == "ko":
        # Only at the start of a word: the 최고 of 역대최고 is not self-praise.
        places = tuple(p for p in places if p.start == 0 or not text[p.start - 1].isalnum())
    strong = any(p.item in STRONG_AGGRANDISERS[language] for p in places)
    return _tidy(_strip_spans(text, [(p.start, p.end) for p in places])), strong


def pieces(utterance: Utterance, language: str) -> list[Piece]:
    """The sentences of `utterance`, each with its cleaned words and its disfluencies."""
    found = []
    for start, end in spans(utterance.text, language):
        raw = utterance.text[start:end]
        spoken = _without_notes(raw)
        spoken, fillers = _without_fillers(_CUT_OFF.sub(" ", spoken), language)
        # Restarted phrases count; single and part words said twice may be stuttering, which the rubric never judges.
        repeats = sum(len(m.group(1).split()) > 1 for m in _REPEAT.finditer(spoken))
        spoken = _REPEAT.sub(r"\1", spoken)
        clean, praised = _without_praise(spoken, language)
        found.append(
            Piece(
                utterance_id=utterance.id,
                start=start,
                end=end,
                text=raw,
                clean=clean,
                fillers=fillers,
                repeats=repeats,
                praised=praised,
            )
        )
    return found
