"""Small pure functions over Korean and English text."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from include.interview.records import Transcript, Utterance

_TYPOGRAPHIC = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛`´′＇", "'"),
        **dict.fromkeys("“”„‟«»″＂", '"'),
        **dict.fromkeys("‐‑‒–—―−﹘－", "-"),
        "…": "...",
        "\u00ad": "",  # soft hyphen
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", ""),  # zero-width characters
    }
)
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_SENTENCE_END = re.compile(r"([.!?。！？…][\"'”’)\]]*)\s+")
# Sentences of unpunctuated Korean speech end with a final ending; only endings that are unambiguous before a space.
_PAST = "".join(chr(0xAC00 + 28 * i + 20) for i in range(399))  # all syllables that end in ㅆ
_KOREAN_END = re.compile(
    rf"((?:[가-힣](?:니다|니까)|[{_PAST}]어요|거든요|[가-힣](?:네요|군요|지요|죠|예요|에요|세요|이다)))\s+(?=[^\W_])"
)
_ABBREVIATION = re.compile(r"(?:\b(?:mr|mrs|ms|dr|prof|st|vs|e\.g|i\.e|inc|ltd|approx)|\b[a-hj-z])\.$", re.IGNORECASE)
_VOWEL_RUN = re.compile(r"[aeiouy]+")
_SILENT_E = re.compile(r"(?:[^aeiouy]|[aeiou]u)(?<![^aeiouy]l)e$")
_SILENT_ES = re.compile(r"[^aeiouy](?<!s)(?<!x)(?<!z)(?<!ch)(?<!sh)(?<!c)(?<!g)(?<![^aeiouy]l)es$")
_SILENT_ED = re.compile(r"[^aeiouytd](?<![^aeiouy]l)ed$")
# Neighbouring vowel letters that are two syllables (med-i-a), unless the i is a glide (so-cial, mil-lion).
_HIATUS = re.compile(
    r"(?<![tcsgl])ia(?!u)|(?<=l)ia(?=b)|(?<![tcsgln])io(?!u)|(?<=[^tcsgxn])iou|(?<=[^aeiouy])eo(?!u|ple)|[aeiouy]ing$"
    r"|(?<=cr)ea(?=t)|(?<=[^qg])ua(?=[lt])|(?<=[aeu]r)ie(?=n)|(?<=sc)ie(?=n)|(?<=[qsdlb])ie(?=[nt][ct])|(?<=\bd)ie(?=t)"
    r"|(?<=q)uie(?=t)|(?<=id)ea|(?<=\bar)ea"
)
_COMPOUND = re.compile(r"^(?:some|every)(?=[^aeiouys])")
_HANGUL_FIRST, _HANGUL_LAST = "가", "힣"

KOREAN_SHARE = 0.3
"""Share of letters that must be hangul for a text to be Korean: Korean speech about technology mixes in much
Latin script, while English text contains no hangul at all but for a name."""
ENGLISH_FUNCTION_SHARE = 0.2
"""Least share of English function words among the words of an English text. Function words make up about half of
spoken English; other languages in Latin script stay below a tenth on this list."""
ENGLISH_TEST_WORDS = 20
"""Words below which the function-word test says nothing and Latin script counts as English."""
_FUNCTION_WORDS = (
    "the|and|of|to|i|you|it|that|was|is|for|with|my|we|they|this|have|be|at|not|but|what|so|can|from|are|would|do|did|"
    "how|our|which|their|were|been|because|when|who|there|if|about|just|will|could|should|has|had|as|your|then|them|"
    "his|her|she|an|by|or|i'm|it's|don't|i've|that's|very|really|think|know|where|why|out|up"
)

_ENGLISH_FUNCTION = frozenset(_FUNCTION_WORDS.split("|"))


def fold(text: str) -> str:
    """`text` in NFKC, case-folded, typographic quotes and dashes unified, whitespace collapsed and trimmed."""
    text = unicodedata.normalize("NFKC", text.translate(_TYPOGRAPHIC)).translate(_TYPOGRAPHIC).casefold()
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def words(text: str) -> tuple[str, ...]:
    """The words of `text` as written: Korean eojeol and English words, without surrounding punctuation."""
    return tuple(_WORD.findall(unicodedata.normalize("NFC", text)))


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of `text` in order, trimmed, none empty.

    Splits after closing punctuation and, because recognised Korean often has none, after unambiguous final endings.
    """
    marked = _SENTENCE_END.sub(r"\1\n", unicodedata.normalize("NFC", text))
    found: list[str] = []
    for line in _KOREAN_END.sub(r"\1\n", marked).splitlines():
        part = _SPACES.sub(" ", line).strip()
        if found and part and _ABBREVIATION.search(found[-1]):
            found[-1] = f"{found[-1]} {part}"
        elif part:
            found.append(part)
    return tuple(found)


def hangul_syllables(text: str) -> int:
    """The number of hangul syllable blocks (U+AC00..U+D7A3) in `text`, after NFC: one block is one syllable."""
    return sum(_HANGUL_FIRST <= ch <= _HANGUL_LAST for ch in unicodedata.normalize("NFC", text))


def english_syllables(word: str) -> int:
    """Estimated syllables of an English word; 0 when it has no Latin letter.

    Heuristic: runs of vowel letters (a e i o u y), without a silent final -e, -es or -ed (but with a syllabic -le), and
    with hiatus (med-i-a, be-ing, i-de-a) counted twice. Right for nine in ten common words, and within two percent in
    sum (tests hold it to hand-counted words); a rare word may be off by one.
    """
    total = 0
    for part in re.split(r"[^a-z]+", fold(word).replace("'", "")):
        total += _part_syllables(part)
    return total


def _part_syllables(part: str) -> int:
    if not part:
        return 0
    count = len(_VOWEL_RUN.findall(part))
    silent = _SILENT_E.search(part) or _SILENT_ES.search(part) or _SILENT_ED.search(part)
    count -= 1 if silent else 0
    count += len(_HIATUS.findall(part)) - len(_COMPOUND.findall(part))
    return max(1, count)


def language_of(text: str) -> Literal["ko", "en", "und"]:
    """The language of `text` from its letters: "ko", "en", or "und" (neither, or no letters at all).

    Hangul share decides Korean. Latin script counts as English unless at least 20 words hold too few English
    function words. Other scripts are "und".
    """
    letters = [ch for ch in unicodedata.normalize("NFC", text) if ch.isalpha()]
    if not letters:
        return "und"
    if sum(_HANGUL_FIRST <= ch <= _HANGUL_LAST for ch in letters) / len(letters) >= KOREAN_SHARE:
        return "ko"
    if sum(ch < "\u0250" for ch in letters) / len(letters) < 1 - KOREAN_SHARE:
        return "und"
    found = [fold(w) for w in words(text)]
    if len(found) >= ENGLISH_TEST_WORDS:
        share = sum(w in _ENGLISH_FUNCTION for w in found) / len(found)
        if share < ENGLISH_FUNCTION_SHARE:
            return "und"
    return "en"


def candidate_utterances(transcript: Transcript) -> tuple[Utterance, ...]:
    """The candidate's utterances in order; speech of an unknown speaker is not the candidate's."""
    return tuple(u for u in transcript.utterances if u.role == "candidate")


def candidate_words(transcript: Transcript) -> int:
    """How many words the candidate said (Korean: eojeol)."""
    return sum(len(words(u.text)) for u in candidate_utterances(transcript))
