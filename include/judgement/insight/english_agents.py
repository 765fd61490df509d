"""The agent of an English verb, by the words before it: subject, "by …" of a passive, or object of "asked … to"."""

# ruff: noqa: SIM905 - word lists are read in one piece
from __future__ import annotations

import re
from functools import lru_cache

from include.interview.records import Record
from include.judgement.insight.agent import Agent
from include.judgement.insight.lexicon import english_stem, lemma
from include.judgement.insight.words import ContentWord

_TOKEN = re.compile(r"[A-Za-z][A-Za-z+#-]*(?:['’](?:s|re|ve|ll|d|m|t))?|\d[\d.,]*|[.!?;:,()\n]")
_ENDS = frozenset(".!?;\n")
_SELF = frozenset("i i'm i've i'd i'll me myself candidate applicant interviewee".split())
_GROUP = frozenset("we we're we've we'd we'll us team group company firm department crew unit colleagues".split())
_BODIES = _GROUP - frozenset("we we're we've we'd we'll us".split())
_OTHER = frozenset("he she they he's she's they'd he'd she'd they've him her them".split())
_NOMINATIVE = frozenset(
    "i i'm i've i'd i'll we we've we'd we're we'll he she they he's she's they'd he'd she'd".split()
)
_UNKNOWN = frozenset("you one it that this which who whoever people everybody everyone nobody no-one somebody".split())
_SKIPPED = frozenset(
    "did does do had has have would could can should might may must will was were is are been be being not never also "
    "then later even still just really actually already always only first both all eventually finally personally "
    "directly successfully initially subsequently so to n't didn't couldn't wouldn't don't doesn't had've got "
    "once again now simply started began tried managed decided wanted helped".split()
)
_BE = frozenset("was were is are been being be".split())
_JOINS = frozenset("and but or then , who".split())
_PREPOSITIONS = frozenset("by for without before after while when since from of in on at with about into".split())
_DETERMINERS = frozenset("a an the my our your his her their its this that these those some one two three".split())
_PERSON = re.compile(
    r"(?:manager|director|supervisor|boss|owner|chair|chief|officer|head|leader|engineer|developer|designer|analyst"
    r"|accountant|lawyer|nurse|doctor|registrar|consultant|surgeon|teacher|student|pupil|intern|trainee|apprentice"
    r"|colleague|coworker|teammate|customer|client|supplier|vendor|contractor|competitor|investor|board|council|union"
    r"|committee|inspector|auditor|assistant|deputy|secretary|secretaries|planner|operator|technician|mechanic|driver"
    r"|dispatcher|scientist|researcher|professor|mentor|successor|predecessor|parent|mother|father|son|daughter|wife"
    r"|husband|brother|sister|friend|neighbour|neighbor|patient|relative|tenant|visitor|volunteer|minister|mayor|office"
    r"|interviewer|president|partner|agency|police|bank|hospital|staff|employee|worker|workforce|seller|buyer|regular"
    r"|hospice|clinic|school|hotel|court|government|ministry|charity|association|club|university|insurer|landlord"
    r"|finance|accounting|production|procurement|marketing|sales|purchasing|logistics|legal|hr"
    r"|administrator|representative|specialist|expert|cfo|ceo|cto|coo|man|woman|men|women|lads?|boy|girl|child|children)s?"
)


_BY_ENDING = re.compile(r"[a-z]{3,}(?:or|er|ist|ian|ee|ant)s?")
_THINGS = re.compile(
    r"(?:serv|comput|newspap|lett|ord|numb|pap|print|scann|pow|weath|riv|wat|quart|summ|wint|matt|off|answ|contain|count"
    r"|regist|rout|filt|chapt|fold|paramet|corn|dinn|cov|lay|oth|form|lat|larg|small|bigg|old|young|newslett|post)ers?"
    r"|(?:err|mirr|sens|mot|fact|fl|d|elevat|indicat|doct)ors?|(?:list|exist)|(?:import|relev|signific|const|pl|gr)ants?"
    r"|(?:committ|f|guarant|degr|coff|thr)ees?"
)


class _Word(Record, frozen=True):
    text: str
    low: str
    start: int


@lru_cache(maxsize=512)
def _tokens(text: str) -> tuple[_Word, ...]:
    return tuple(_Word(m[0], m[0].lower().replace("’", "'"), m.start()) for m in _TOKEN.finditer(text))


def english_agent(text: str, verb: ContentWord, spoken: bool) -> Agent | None:
    """Who does `verb` in `text`; None where it cannot be told.

    Args:
        spoken: the text is the candidate's own; else it is a claim about them, and a verb without a subject is theirs.
    """
    tokens = _tokens(text)
    at = next((n for n, t in enumerate(tokens) if t.start == verb.start), None)
    if at is None:
        return None
    begin = next((n + 1 for n in range(at - 1, -1, -1) if tokens[n].low in _ENDS), 0)
    adjective = verb.kind != "verb" and not verb.form.endswith("ed")
    if adjective and not (at > begin and tokens[at - 1].low in _BE):
        return None
    if not adjective and _passive(tokens, at, begin):
        return _behind_by(tokens, at, spoken)
    if at > begin and tokens[at - 1].low in _DETERMINERS:
        return None  # a noun
    if at - 1 > begin and tokens[at - 1].low == "to" and any(t.low == "from" for t in tokens[max(begin, at - 5) : at]):
        return None  # from analyst to lead engineer
    return _subject(tokens, begin, at, spoken)


def _passive(tokens: tuple[_Word, ...], at: int, begin: int) -> bool:
    if tokens[at].low.endswith("ing"):
        return False
    before = at - 1
    while before >= begin and (tokens[before].low in _SKIPPED - _BE or tokens[before].low.endswith("ly")):
        before -= 1
    by = any(t.low == "by" for t in tokens[at + 1 : at + 3])
    return before >= begin and (tokens[before].low in _BE or (tokens[before].low.endswith(("'s", "'re")) and by))


def _behind_by(tokens: tuple[_Word, ...], at: int, spoken: bool) -> Agent | None:
    for n in range(at + 1, min(at + 7, len(tokens))):
        if tokens[n].low in _ENDS or tokens[n].low == ",":
            return None
        if tokens[n].low == "by":
            return next((a for k in range(n + 1, min(n + 5, len(tokens))) if (a := _named(tokens, k, spoken))), None)
    return None


def _subject(tokens: tuple[_Word, ...], begin: int, at: int, spoken: bool) -> Agent | None:
    """The nearest subject before the verb: the word right before it, or that of the verb it is joined to."""
    before, led = at - 1, False
    while before >= begin and (tokens[before].low in _SKIPPED or tokens[before].low.endswith(("ly", "n't"))):
        led = led or tokens[before].low == "to"
        before -= 1
    if before < begin:
        # A claim leaves the candidate out: "Rose from agent to lead".
        return None if spoken else Agent("self", explicit=False)
    word = tokens[before]
    if word.low in _JOINS or word.low in _PREPOSITIONS:
        return _clause_subject(tokens, begin, before, spoken)
    found = _named(tokens, before, spoken)
    if found is not None:
        return found
    if word.low in _UNKNOWN | _OTHER or not led:
        return None
    owner = next((t for t in tokens[max(begin, before - 2) : before] if t.low.endswith("'s")), None)
    if owner is not None:
        return None
    # "wanted to show", "asked for permission to stop": the subject of what comes before "to".
    found = _clause_subject(tokens, begin, before + 1, spoken)
    named = any(t.low in _SELF | _GROUP for t in tokens[begin:before])
    return found if named or found is None or found.who != "self" else None


def _clause_subject(tokens: tuple[_Word, ...], begin: int, before: int, spoken: bool) -> Agent | None:
    """The subject of the words up to `before`: the last pronoun that can only be one, or a name that opens a clause."""
    for n in range(before - 1, begin - 1, -1):
        low = tokens[n].low
        if low in _NOMINATIVE or low in ("candidate", "applicant"):
            return _named(tokens, n, spoken)
        opens = (
            n == begin or tokens[n - 1].low in _JOINS or tokens[n - 1].low in ("so", "because", "that", "when", "while")
        )
        determined = n > begin and tokens[n - 1].low in _DETERMINERS
        opens = opens or (determined and (n - 1 == begin or tokens[n - 2].low in _JOINS))
        if opens and low not in _DETERMINERS:
            found = _named(tokens, n, spoken)
            if found is not None:
                return found
            if low in _UNKNOWN:
                return None
    return None if spoken or _other_subject(tokens, begin, before) else Agent("self", explicit=False)


def _other_subject(tokens: tuple[_Word, ...], begin: int, before: int) -> bool:
    """Whether something stands where a subject would: a claim that begins with a noun speaks of that."""
    first = tokens[begin].low
    return first in _DETERMINERS or (before > begin and not first.endswith(("ed", "s", "ing")))


def _named(tokens: tuple[_Word, ...], at: int, spoken: bool) -> Agent | None:
    """The agent that the word at `at` names, if it names one."""
    word = tokens[at]
    if word.low in _SELF:
        return Agent("self")
    if word.low in _BODIES and at and tokens[at - 1].low not in _DETERMINERS | _PREPOSITIONS:
        return Agent("other", frozenset({english_stem(tokens[at - 1].low)}))  # the security company
    if word.low in _GROUP:
        return Agent("group")
    if word.low in _OTHER:
        # In a claim "they" may be the candidate.
        return Agent("other") if spoken else None
    stem = english_stem(word.low)
    if _PERSON.fullmatch(word.low.removesuffix("'s")) and not word.low.endswith("'s"):
        return Agent("other", frozenset({stem}))
    if at and tokens[at - 1].low in _DETERMINERS and _BY_ENDING.fullmatch(word.low) and not _THINGS.fullmatch(word.low):
        return Agent("other", frozenset({stem}))
    capital = word.text[:1].isupper() and word.low not in _DETERMINERS | _UNKNOWN | _SKIPPED | _JOINS | _PREPOSITIONS
    if capital and not word.low.endswith(("'s", "ed", "ing", "ly")) and (at and tokens[at - 1].low not in _ENDS):
        return Agent("other", frozenset({stem}))
    if capital and (at == 0 or tokens[at - 1].low in _ENDS) and not word.low.endswith(("'s", "ed", "ing", "ly", "s")):
        following = tokens[at + 1].low if at + 1 < len(tokens) else ""
        if lemma(word.low) != word.low:
            return None  # "Chose to …"
        verb = following.endswith("ed") or following in _SKIPPED or following in ("and", "who", ",", "made", "built")
        return Agent("other", frozenset({stem})) if verb else None
    return None
