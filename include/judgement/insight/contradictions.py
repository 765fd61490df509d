"""Two answers that give different figures, dates or roles for one thing: found by rule, to be asked about.

Set for precision. Two figures contradict each other only when they count the same thing of the same kind, in different
answers (or a document), in contexts that share a name or their nouns, and when neither sentence speaks of a change, a
plan or another thing, neither figure is rough within reach of the other, and nobody corrected it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from include.interview.insight.records import Claim, ClaimText
from include.interview.insight.sources import InsightSource, Passage, passages_of
from include.interview.records import Bilingual, Record
from include.interview.transcript.text import fold
from include.judgement.insight.cited import Reading, read
from include.judgement.insight.figures import Figure
from include.judgement.insight.lexicon import changing, correcting, frame_words, meanings, members, recalling, rough
from include.judgement.insight.roles import Part, Role, roles
from include.judgement.insight.words import ContentWord

ROUGH = 0.25
"""Share by which two figures may differ when one of them is a rough one: "about ten" and "eleven" agree."""
MOST = 5
ALIKE = 0.5
"""Share of the nouns of two sentences that both must hold."""
REACH = 32
"""Characters on either side of a figure in which the counted thing is looked for."""
BESIDE = 12
"""Characters before and after a figure in which a word that makes it rough is looked for."""
WORDING = Bilingual(
    "답변에 ‘{a}’(이)라는 말도 있고 ‘{b}’(이)라는 말도 있습니다. 어느 쪽이 맞는지 물어봐 주세요.",
    "The answers say both '{a}' and '{b}'. Ask which of them holds.",
)
ROLES_WORDING = Bilingual(
    "답변에 “{a}”라는 말도 있고 “{b}”라는 말도 있습니다. 맡은 역할이 무엇이었는지 물어봐 주세요.",
    "The answers say both “{a}” and “{b}”. Ask which part the candidate had.",
)
LONGEST_CLAUSE = 90
"""Characters of a sentence that is quoted whole; of a longer one, the part between commas that names the role."""
_AMOUNTS = ("count", "percent", "hours", "months")
_DATED = ("year", "month", "day", "weekday")
_HEADS = frozenset(("team", "팀", "팀원", "people", "person", "사람"))
"""Words of the frame that are counted things all the same."""


class _Told(Record, frozen=True):
    """Words that give a figure or a role, with the nouns (`about`) and names of their sentence."""

    passage: Passage
    shown: str
    sentence: str
    about: frozenset[str]
    names: frozenset[str]


class _Fact(_Told, frozen=True, kw_only=True):
    """A figure with the noun it counts, and what was done then (`verbs`)."""

    figure: Figure
    counted: frozenset[str]
    verbs: frozenset[str]
    rough: bool


class _OwnRole(_Told, frozen=True, kw_only=True):
    """The part that the speaker had in what the sentence is about."""

    part: Part


class Contradiction(Record, frozen=True):
    """A claim that cites two passages, and of each, in the order of the citations, the sentence it rests on."""

    claim: Claim
    sentences: tuple[str, str]


def contradictions(sources: Sequence[InsightSource]) -> tuple[Claim, ...]:
    """Contradictions among the candidate's words in `sources`, in order, at most five; each cites two passages.

    Raises:
        BadInput: two sources carry the same label.
    """
    return tuple(found.claim for found in contradictions_with_sentences(sources))


def contradictions_with_sentences(sources: Sequence[InsightSource]) -> tuple[Contradiction, ...]:
    """As `contradictions`, with the sentences of the passages that do not fit each other.

    Raises:
        BadInput: two sources carry the same label.
    """
    passages = passages_of(sources).candidate
    figures = itertools.combinations([fact for passage in passages for fact in _facts(passage)], 2)
    parts = itertools.combinations([role for passage in passages for role in _own_roles(passage)], 2)
    differing = itertools.chain(
        ((one, two) for one, two in figures if one.passage.answer != two.passage.answer and _contradict(one, two)),
        ((one, two) for one, two in parts if one.passage.answer != two.passage.answer and _roles_differ(one, two)),
    )
    found: list[Contradiction] = []
    pairs: set[frozenset[str]] = set()
    for one, two in differing:
        pair = frozenset((one.passage.id, two.passage.id))
        if pair in pairs:
            continue
        pairs.add(pair)
        found.append(Contradiction(_claim(len(found) + 1, one, two), (one.sentence, two.sentence)))
    return tuple(found[:MOST])


def _claim(number: int, one: _Told, two: _Told) -> Claim:
    korean = one.passage.language == "ko"
    a, b = one.shown, two.shown
    wording = ROLES_WORDING if isinstance(one, _OwnRole) else WORDING
    ko, en = wording.ko.format(a=a, b=b), wording.en.format(a=a, b=b)
    text = ClaimText(ko=ko) if korean else ClaimText(en=en)
    return Claim(f"contradiction-{number}", "contradiction", text, (one.passage.id, two.passage.id))


# ---------------------------------------------------------------- facts


def _facts(passage: Passage) -> Iterator[_Fact]:
    language = "ko" if passage.language == "ko" else "en"
    said = read(passage.text, language)
    folded = passage.text.casefold()
    if recalling().search(folded):
        return
    corrected = max((m.end() for m in correcting().finditer(folded)), default=0)
    for figure in said.figures:
        if figure.start < corrected or not figure.explicit or _changing(said, figure, corrected):
            continue
        yield _fact(passage, said, figure)


def _own_roles(passage: Passage) -> Iterator[_OwnRole]:
    said = read(passage.text, "ko" if passage.language == "ko" else "en")
    folded = passage.text.casefold()
    if recalling().search(folded):
        return
    corrected = max((m.end() for m in correcting().finditer(folded)), default=0)
    for role in roles(said.text, said.language):
        if role.start < corrected or _changing(said, role, corrected):
            continue
        begin, end = _sentence_of(said, role)
        inside = [w for w in said.words if begin <= w.start < end and not role.start <= w.start < role.end]
        yield _OwnRole(
            passage=passage,
            shown=_clause(said.text, (begin, end), role),
            sentence=_whole(said.text, begin, end),
            about=frozenset(w.key for w in inside if w.kind == "noun" and w.key not in frame_words()),
            names=frozenset(w.key for w in inside if w.kind == "name"),
            part=role.part,
        )


def _sentence_of(said: Reading, figure: Figure | Role) -> tuple[int, int]:
    """Where the sentence around a figure or role begins and ends, in characters."""
    ends = [i for i, c in enumerate(said.text) if c in ".!?" and said.text[i + 1 : i + 2] in ("", " ", "\n")]
    begin = max((e + 1 for e in ends if e < figure.start), default=0)
    return begin, min((e for e in ends if e >= figure.end), default=len(said.text))


def _whole(text: str, begin: int, end: int) -> str:
    """The sentence with the mark that ends it, word for word."""
    return text[begin : end + 1].strip()


def _changing(said: Reading, figure: Figure | Role, corrected: int) -> bool:
    begin, end = _sentence_of(said, figure)
    sentence = said.text[max(begin, corrected) : end].casefold()
    if said.language == "ko":
        words = {k for w in said.words if begin <= w.start < end for k in w.keys}
        listed = changing("ko")
        return any(listed.fullmatch(word) for word in words)
    return changing("en").search(sentence) is not None


def _fact(passage: Passage, said: Reading, figure: Figure) -> _Fact:
    begin, end = _sentence_of(said, figure)
    inside = [w for w in said.words if begin <= w.start < end]
    first = min((w.sentence for w in inside), default=0)
    context = [w for w in said.words if first - 1 <= w.sentence <= max((x.sentence for x in inside), default=0)]
    beside = fold(said.text[max(begin, figure.start - BESIDE) : figure.end + BESIDE])
    shown = said.text[figure.start : figure.end]
    counted = _counted(inside, figure, said.language)
    return _Fact(
        passage=passage,
        figure=figure,
        shown=shown,
        sentence=_whole(said.text, begin, end),
        counted=counted,
        verbs=frozenset(w.key for w in inside if w.kind == "verb" and w.key not in frame_words()),
        about=frozenset(w.key for w in inside if w.kind == "noun" and w.key not in frame_words()) - counted,
        names=frozenset(w.key for w in context if w.kind == "name"),
        rough=rough().search(beside.replace(fold(shown), " ")) is not None,
    )


def _counted(inside: Sequence[ContentWord], figure: Figure, language: str) -> frozenset[str]:
    """The noun that a figure counts: English the next one after it, Korean the last one before it."""
    nouns = [w for w in inside if w.kind == "noun" and (w.key not in frame_words() or w.key in _HEADS)]
    if language == "ko":
        before = [w for w in nouns if 0 <= figure.start - w.end <= REACH]
        return frozenset(before[-1].keys) if before else frozenset()
    after = [w for w in nouns if 0 <= w.start - figure.end <= REACH]
    return frozenset(after[0].keys) if after else frozenset()


# ---------------------------------------------------------------- comparing


def _contradict(one: _Fact, two: _Fact) -> bool:
    if one.passage.language != two.passage.language or one.figure.agrees(two.figure) or two.figure.agrees(one.figure):
        return False
    kinds = {k for k, _ in one.figure.readings} & {k for k, _ in two.figure.readings}
    dated = bool(kinds & set(_DATED))
    amounts = any(k in _AMOUNTS or k.startswith("money:") for k in kinds)
    if not (dated or amounts) or _one_roughly_the_other(one, two):
        return False
    if dated and not _shared(one.verbs, two.verbs):
        return False
    if not dated and kinds & {"count", "percent"} and not _shared(one.counted, two.counted):
        return False
    return _one_thing(one, two)


def _clause(text: str, sentence: tuple[int, int], role: Role) -> str:
    """The words around a role that are quoted: its sentence, or of a long one the part between commas."""
    begin, end = sentence
    if end - begin > LONGEST_CLAUSE or {"“", "”"} & set(text[begin:end]):
        begin = max(begin, text.rfind(",", begin, role.start) + 1)
        comma = text.find(",", role.end, end)
        end = comma if comma >= 0 else end
    if end - begin > LONGEST_CLAUSE or {"“", "”"} & set(text[begin:end]):
        begin, end = role.start, role.end
    return text[begin:end].strip()


def _roles_differ(one: _OwnRole, two: _OwnRole) -> bool:
    return one.passage.language == two.passage.language and one.part != two.part and _one_thing(one, two)


def _one_roughly_the_other(one: _Fact, two: _Fact) -> bool:
    if not (one.rough or two.rough):
        return False
    values = [dict(f.figure.readings) for f in (one, two)]
    for kind in values[0].keys() & values[1].keys():
        a, b = values[0][kind], values[1][kind]
        if abs(a - b) <= ROUGH * max(a, b):
            return True
    return False


def _shared(one: frozenset[str], two: frozenset[str]) -> frozenset[str]:
    """Words of `one` that stand in `two`, themselves or as a word of the same meaning."""
    theirs = {g for word in two for g in meanings().get(word, ())}
    return frozenset(w for w in one if w in two or meanings().get(w, frozenset()) & theirs)


def _one_thing(one: _Told, two: _Told) -> bool:
    """Whether both sentences are about one thing: most of their nouns are shared, and so are the names near them."""
    shared = _shared(one.about, two.about)
    if _rivals(one.about, two.about) or len(shared) < ALIKE * len(one.about | two.about):
        return False
    if one.names and two.names and not one.names & two.names:
        return False
    return len(shared) >= (1 if one.names & two.names else 2)


def _rivals(one: frozenset[str], two: frozenset[str]) -> bool:
    """Whether both name a member of one exclusive kind, and not the same one."""
    mine = {place for word in one for place in members().get(word, ())}
    theirs = {place for word in two for place in members().get(word, ())}
    kinds = {kind for kind, _ in mine} & {kind for kind, _ in theirs}
    return any({p for p in mine if p[0] == kind}.isdisjoint(p for p in theirs if p[0] == kind) for kind in kinds)
