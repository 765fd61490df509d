"""Where the opening's keywords were said: term or synonym, in any inflection, spacing and with any Korean particle.

Each mention is linked to its utterance with the exact words. A mention in a denial ("I have never used Kubernetes")
or in a bare list ("Docker, Kafka, Redis") is no use of the concept; both are told apart only where grammar shows it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Literal

from include.interview.records import Keyword, Record, Utterance
from include.judgement.cleaning import spans
from include.judgement.tokens import english_lemma, words_of
from include.korean_morphemes import Morpheme, morphemes

Use = Literal["used", "negated", "listed"]

LISTED_TERMS = 3
"""Different terms in one sentence from which it may be a bare list."""
SHORT_LATIN = 2
"""Latin forms of so few letters ("Go", "R", "IT") count only in their own spelling: in lower case they are words."""
LONGEST_WINDOW = 5
"""Words a term may be spread over ("data base management system")."""
NEGATION_WORDS = 5
"""English words before a mention in which a negation still governs it."""

_LATIN = re.compile(r"[A-Za-z0-9]+(?:'[a-z]+)?")
_HANGUL = re.compile(r"[가-힣]")
_SYMBOLS = re.compile(r"[A-Za-z0-9][+#]|^\.[A-Za-z]")
"""C++, C#, .NET: their signs are part of the name."""
_BRITISH = re.compile(r"(?<=[a-z]{3})is(e|es|ed|ing|ation|ations)$")
_IRREGULAR = {
    form: forms[0]
    for forms in (
        line.split()
        for line in """
build built
lead led
write wrote written
teach taught
sell sold
run ran
drive drove driven
lose lost
buy bought
bring brought
think thought
make made
grow grew grown
speak spoke spoken
choose chose chosen
find found
hold held
keep kept
understand understood
win won
send sent
spend spent
meet met
draw drew drawn
give gave given
take took taken
begin began begun
learn learnt
analysis analyses
criterion criteria
index indices
matrix matrices
hypothesis hypotheses
person people
child children
""".strip().splitlines()
    )
    for form in forms
}
_NEGATIONS = frozenset(
    ["not", "never", "no", "without", "cannot", "nor", "neither", "hardly", "lack", "lacked", "lacking"]
)
_CLAUSE_END = frozenset(["but", "because", "so", "although", "though", "however", "and", "then"])
_KO_CONTENT = ("NN", "NR", "NP", "VV", "VA", "XR", "SL", "SN", "SH", "MAG")
_KO_BETWEEN = ("J", "XS", "E", "XP")
_KO_AFTER = (
    "(?:이?란|이?라는|이?라고|이?나|이?랑|으?로|에서|에|의|와|과|도|만|까지|부터|처럼|보다|하고|을|를|이|가|은|는)(?:는|도|의)?"
    "|입니다|이고|인데|이었[가-힣]*|였[가-힣]*|[하했한할해되된됐될][가-힣]*"
)
"""What may follow a noun within its eojeol."""
_KO_DENYING_PREFIX = "무미비불부반탈노"
_KO_NOUN_ENDINGS = frozenset("자성화력감물서률율적론팀원")
_KO_NEGATIONS = frozenset(
    "않/VX 못하/VX 없/VA 모르/VV 아니/VCN 안/MAG 못/MAG 없이/MAG 말/VX".split()  # noqa: SIM905 - read as one line
)
_KO_REACH = 10
"""Korean morphemes after a mention in which a negation still governs it."""


class Mention(Record, frozen=True):
    """One mention of a keyword; `start` and `end` are characters of the utterance's text in NFC."""

    term: str
    quote: str
    utterance_id: str
    start: int
    end: int
    use: Use


@dataclass(frozen=True)
class _Form:
    """One spelling of a term, prepared: `joined` is its words without inflection and spaces."""

    term: str
    written: str
    joined: str
    words: int
    kind: Literal["latin", "exact", "korean"]
    spelled: bool = False
    """Korean: also found letter by letter at the start of an eojeol."""


@dataclass(frozen=True)
class _Token:
    """A word or morpheme of an utterance: its base form, and whether something grammatical stands before it."""

    base: str
    start: int
    end: int
    noun: bool = True
    after_particle: bool = False


@lru_cache(maxsize=4096)
def _base(word: str) -> str:
    low = word.lower().removesuffix("'s")
    low = _IRREGULAR.get(low, low)
    return english_lemma(_BRITISH.sub(r"iz\1", low).replace("our", "or") if len(low) > 5 else low)


def _latin_tokens(text: str) -> list[_Token]:
    return [_Token(_base(m[0]), m.start(), m.end()) for m in _LATIN.finditer(text)]


def _korean_tokens(text: str) -> tuple[list[_Token], tuple[Morpheme, ...]]:
    """Content morphemes with their places, and all morphemes."""
    said = morphemes(text)
    found: list[_Token] = []
    particle, denied = False, -1
    for m in said:
        if m.tag == "XSN" and found and found[-1].end == m.start:
            found[-1] = replace(found[-1], end=m.end)  # 자동 + 화 is quoted whole
            particle = True
        elif m.tag == "XPN" and m.form in _KO_DENYING_PREFIX:
            denied = m.end
        elif m.tag.startswith(_KO_CONTENT) and m.start != denied:
            base = m.form.lower() if m.tag != "SL" else _base(m.form)
            found.append(_Token(base, m.start, m.end, m.tag.startswith("NN"), particle))
            particle = False
        elif m.tag.startswith(_KO_BETWEEN):
            particle = True
        else:
            found.append(_Token("\0", m.start, m.end))  # a sign or interjection: no term reaches over it
            particle = False
    return found, said


class KeywordMatcher:
    """A matcher of one opening's keywords, prepared once. Thread-safe; deterministic."""

    def __init__(self, keywords: Iterable[Keyword]) -> None:
        self.terms: tuple[str, ...] = tuple(dict.fromkeys(k.term for k in keywords))
        forms = {
            (k.term, written.strip()): None for k in keywords for written in (k.term, *k.synonyms) if written.strip()
        }
        written = [(term, unicodedata.normalize("NFC", text)) for term, text in forms]
        self._forms = tuple(_form(term, text) for term, text in written if not _HANGUL.search(text))
        self._hangul = tuple(one for one in written if _HANGUL.search(one[1]))

    @cached_property
    def _korean_forms(self) -> tuple[_Form, ...]:
        """Keywords in hangul, analysed when the first Korean words are met: the analyser takes seconds to load."""
        return tuple(_korean_form(term, text) for term, text in self._hangul)

    def mentions(self, utterance: Utterance) -> tuple[Mention, ...]:
        """Every mention in `utterance`, in order; of overlapping ones of a term the longest."""
        text = unicodedata.normalize("NFC", utterance.text)
        places: list[tuple[int, int, str]] = []
        said: tuple[Morpheme, ...] = ()
        latin = _latin_tokens(text)
        for form in self._forms:
            if form.kind == "latin":
                places += [(a, b, form.term) for a, b in _windows(latin, form) if _spelled(form, text[a:b])]
            elif form.kind == "exact":
                places += [(a, b, form.term) for a, b in _exact(text, form.written)]
        if _HANGUL.search(text):
            korean, said = _korean_tokens(text)
            for form in self._korean_forms:
                places += [(a, b, form.term) for a, b in _windows(korean, form)]
                if form.spelled:
                    places += [(m.start(), m.start() + len(form.written), form.term) for m in _at_eojeol(form, text)]
        kept = [p for p in _longest(places) if text[p[0] : p[1]].strip()]
        listed = _listed(text, kept)
        return tuple(
            Mention(
                term=term,
                quote=text[start:end],
                utterance_id=utterance.id,
                start=start,
                end=end,
                use="negated" if _negated(text, start, end, said) else "listed" if start in listed else "used",
            )
            for start, end, term in kept
        )

    def hits(self, utterances: Sequence[Utterance]) -> dict[str, tuple[Mention, ...]]:
        """Term -> the mentions that use it, in the utterances' order; every term of the opening has an entry."""
        found: dict[str, list[Mention]] = {term: [] for term in self.terms}
        for utterance in utterances:
            for mention in self.mentions(utterance):
                if mention.use == "used":
                    found[mention.term].append(mention)
        return {term: tuple(mentions) for term, mentions in found.items()}


def _korean_form(term: str, written: str) -> _Form:
    tokens, parts = _korean_tokens(written)
    bases = [t.base for t in tokens if t.base != "\0"]
    # Words the analyser does not know (도커) come apart; written as they are they are found by spelling alone.
    spelled = len(written) >= SHORT_LATIN and " " not in written and not parts[0].tag.startswith("V")
    return _Form(term, written, "".join(bases) or written.replace(" ", ""), max(len(bases), 1), "korean", spelled)


def _form(term: str, written: str) -> _Form:
    if _SYMBOLS.search(written) or not _LATIN.search(written):
        return _Form(term, written, "", 1, "exact")
    bases = [t.base for t in _latin_tokens(written)]
    return _Form(term, written, "".join(bases), len(bases), "latin")


def _windows(tokens: Sequence[_Token], form: _Form) -> list[tuple[int, int]]:
    """Places of the runs of tokens that spell `form`."""
    found = []
    for first, token in enumerate(tokens):
        if not form.joined.startswith(token.base[:1]) and form.kind == "latin":
            continue
        joined = ""
        for last in range(first, min(first + LONGEST_WINDOW, len(tokens))):
            # Only a term of several words may have particles inside ("문제를 해결").
            if last > first and tokens[last].after_particle and form.words == 1:
                break
            joined += tokens[last].base
            if joined == form.joined or (last == first and form.kind == "korean" and _compound(token, form)):
                found.append((token.start, tokens[last].end))
                break
            if len(joined) >= len(form.joined):
                break
    return found


def _compound(token: _Token, form: _Form) -> bool:
    """A Korean noun made of the term and a short ending or another noun before it (책임감, 의사소통)."""
    if not token.noun or form.words != 1 or len(form.joined) < 2:
        return False
    if token.base.startswith(form.joined) and token.base[len(form.joined) :] in _KO_NOUN_ENDINGS:
        return True
    head = token.base.removesuffix(form.joined)
    return head != token.base and len(head) >= 1 and head not in _KO_DENYING_PREFIX


def _spelled(form: _Form, said: str) -> bool:
    return len(form.written) > SHORT_LATIN or said == form.written


def _latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _exact(text: str, written: str) -> list[tuple[int, int]]:
    found, low, wanted = [], text.lower(), written.lower()
    if len(low) != len(text):
        return []
    at = low.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if not (_latin(text[at - 1 : at]) or _latin(text[end : end + 1]) or text[end : end + 1] in ("+", "#")):
            found.append((at, end))
        at = low.find(wanted, at + 1)
    return found


def _at_eojeol(form: _Form, text: str) -> Iterable[re.Match[str]]:
    return re.finditer(rf"(?<![가-힣]){re.escape(form.written)}(?:{_KO_AFTER})?(?![가-힣])", text)


def _longest(places: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    kept: list[tuple[int, int, str]] = []
    for place in sorted(set(places), key=lambda p: (p[0], -p[1], p[2])):
        if not any(k[2] == place[2] and place[0] < k[1] for k in kept):
            kept.append(place)
    return kept


def _listed(text: str, places: Sequence[tuple[int, int, str]]) -> frozenset[int]:
    """Starts of the mentions in sentences that hold little beside terms."""
    found: set[int] = set()
    language = "ko" if _HANGUL.search(text) else "en"
    for start, end in spans(text, language):
        inside = [p for p in places if start <= p[0] < end]
        if len({p[2] for p in inside}) < LISTED_TERMS:
            continue
        said = words_of(text[start:end], language)
        if said.acts_i + said.acts_we:
            continue
        rest = list(text[start:end])
        for a, b, _ in inside:
            rest[a - start : b - start] = " " * (min(b, end) - a)
        if len(words_of("".join(rest), language).lemmas) < len(inside):
            found.update(p[0] for p in inside)
    return frozenset(found)


def _negated(text: str, start: int, end: int, said: Sequence[Morpheme]) -> bool:
    if said:
        return _negated_korean(end, said)
    before = re.split(r"[.!?,;:]", text[:start])[-1]
    words = re.findall(r"[a-z']+", before.lower())[-NEGATION_WORDS:]
    for at in range(len(words) - 1, -1, -1):
        word = words[at]
        if word in _CLAUSE_END:
            return False
        if word in _NEGATIONS or word.endswith("n't"):
            return words[at + 1 : at + 2] not in (["only"], ["just"], ["merely"])
    return False


def _negated_korean(end: int, said: Sequence[Morpheme]) -> bool:
    """An odd number of negations in the clause after the mention."""
    count, exclusive = 0, False
    following = [m for m in said if m.start >= end][:_KO_REACH]
    for at, m in enumerate(following):
        after = following[at + 1].tag if at + 1 < len(following) else ""
        exclusive = exclusive or m.form in ("뿐", "뿐만")
        if f"{m.form}/{m.tag}" in _KO_NEGATIONS and not exclusive:
            count += 1
        if m.tag in ("EF", "SF", "SP") or (m.tag == "EC" and m.form != "지" and not after.startswith(("VX", "VCN"))):
            break
    return count % 2 == 1
