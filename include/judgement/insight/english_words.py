"""The content words of an English text: kinds of words by their place and endings, and what a negation covers."""

# ruff: noqa: E501, SIM905 - word lists are read in one piece
from __future__ import annotations

import itertools
import re

from include.judgement.insight.lexicon import denying, english_stem, lemma
from include.judgement.insight.words import ContentWord, Kind, ReadText
from include.judgement.lexicon_files import lexicon

_TOKEN = re.compile(r"[A-Za-z][A-Za-z+#]*(?:['’][A-Za-z]+)?|\d[\d.,]*|[^\sA-Za-z\d]")
_STOPS = frozenset(
    "a an the this that these those and or but so because although though while whereas which who whom whose when until "
    "after before then where if since of to in on at by for from with without into onto within during about against "
    "between through behind up out off as than i me my mine we us our ours you your he him his she her hers it its they them "
    "their theirs is are was were been being am be do does did done has had have having will would could can may might "
    "must shall should not no never nobody none nothing neither nor cannot there here very too quite rather instead yes "
    "well just even ever one ones any some such both either how what why whether also again once per if s t re ve ll d m "
    "mr mrs ms dr".split()
)  # fmt: skip
_ABBREVIATED = re.compile(r"\b(?:mrs?|ms|dr|st)$", re.IGNORECASE)
_BOUNDARY = frozenset(
    "but and so because although though while whereas which who when until after before or then where if since".split()
)
_SUBJECTS = frozenset("i we he she they you".split())
_NEGATORS = frozenset("not never no nobody none nothing neither nor cannot hardly".split())
_VERB_LEADS = frozenset(
    "to would could can may might must should will did does do has have had not never they he she who candidate also "
    "later then and applicant i we you cannot didn't couldn't wouldn't don't doesn't won't can't".split()
)
_DETERMINERS = frozenset("a an the this that these those every each his her their its my our two three".split())
_PREPOSITIONS = frozenset("of in on with for at from to by about into over that how what".split())
_BE = frozenset("is are was were be been being am".split())


def english_words(text: str) -> ReadText:
    """The content words of an English text, in order."""
    tokens = [(m[0], m[0].lower().replace("’", "'"), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    words: list[ContentWord] = []
    clause = sentence = 0
    denied, fresh, first = False, True, True
    denying_clauses: set[int] = set()
    negated: set[int] = set()
    by_nobody = False
    starts = [0]
    for at, (form, low, start, end) in enumerate(tokens):
        previous = tokens[at - 1][1] if at else ""
        following = tokens[at + 1][1] if at + 1 < len(tokens) else ""
        if not form[0].isalnum():
            closes = form in ".!?;:," and not (form in ".," and text[end : end + 1].isdigit())
            if closes and not _ABBREVIATED.search(text[max(0, start - 4) : start]):
                clause, denied, fresh = clause + 1, False, True
                sentence += form in ".!?"
                first = first or form in ".!?"
                starts.append(end)
            continue
        opens_denied = low == "without" or (low, following) in (("rather", "than"), ("instead", "of"))
        # "When nobody answered I closed it": a denied subject denies its own verb.
        if (low in _BOUNDARY or opens_denied or (by_nobody and low in _SUBJECTS)) and not fresh:
            # "I don't change a price without a test": two denials make none.
            twice = low == "without" and denied
            clause, denied, fresh, by_nobody = clause + 1, False, True, False
            starts.append(start)
            if twice:
                continue
        if low == "no" and previous in ("said", "say", "says"):
            continue  # "They said no": a refusal, read with its verb
        if opens_denied or low in _NEGATORS or low.endswith("n't"):
            denied = not (low == "not" and following == "only")
            by_nobody = low in ("nobody", "none") or (low, following) == ("no", "one")
            if denied:
                denying_clauses.add(clause)
                negated.add(clause)
            fresh = first = False
            continue
        named, opening = form[0].isupper() and not first and low.split("'")[0] != "i", first
        first = False
        verb = _main_verb(low, previous, following)
        phrase = _phrase(low, [t[1] for t in tokens[at + 1 : at + 4]], previous)
        if phrase is not None:
            words.append(ContentWord(form, english_stem(phrase), "verb", start, end, clause, sentence, denied))
            fresh = False
            continue
        stop = (not verb and low in _STOPS) or (not verb and low in lexicon("en").sets["stopwords"]) or len(low) < 2
        if form[0].isdigit() or low in ("mr", "mrs", "ms", "dr") or (stop and not named):
            continue
        kind = "verb" if verb else _english_kind(form, low, previous, following, opening)
        words.append(ContentWord(form, english_stem(low), kind, start, end, clause, sentence, denied))
        if kind != "name" and english_stem(low) in denying("en") and (english_stem(low) != "fail" or following == "to"):
            denied = True
            denying_clauses.add(clause)
        fresh = False
    bounds = [*starts, len(text)]
    clauses = tuple(text[a:b] for a, b in itertools.pairwise(bounds))
    return ReadText(tuple(words), frozenset(denying_clauses), clauses, frozenset(denying_clauses - negated))


_PHRASES = {
    ("turn", "down"): "refuse", ("knock", "back"): "refuse", ("tell", "off"): "scold", ("put", "off"): "postpone",
    ("hold", "off"): "postpone", ("call", "off"): "cancel", ("let", "go"): "dismiss", ("say", "no"): "refuse",
    ("give", "up"): "abandon",
}  # fmt: skip
_MOVED = frozenset(
    "went go goes going gone came come brought bring got get drove is was were are it's be been down up".split()
)


def _phrase(low: str, following: list[str], previous: str) -> str | None:
    """What a verb and its particle mean together ("turned it down"), or a particle alone ("went up", "is down")."""
    if low in ("up", "down") and previous in _MOVED and following[:1] not in (["with"], ["to", "me"]):
        return "increase" if low == "up" else "decrease"
    lead = english_stem(low)
    for (verb, particle), meaning in _PHRASES.items():
        if english_stem(verb) == lead and particle in following[: 1 if particle == "no" else 3]:
            between = following[: following.index(particle)]
            if all(len(w) < 6 or w in ("everybody", "callum") for w in between) and not {".", ",", ";"} & set(between):
                return meaning
    return None


def _main_verb(low: str, previous: str, following: str) -> bool:
    """Words such as "like" and "have" where they are the predicate and no preposition or auxiliary."""
    led = previous in _VERB_LEADS or previous in ("not", "never", "to") or previous.endswith("n't")
    if low in ("liked", "likes", "disliked", "dislikes") or (low == "like" and led):
        return True
    possessed = following in _DETERMINERS or ((previous.endswith("n't") or previous == "not") and following != "to")
    return low in ("have", "has", "had") and possessed


_ABSTRACT = re.compile(r"(?:ship|tion|sion|ment|ness|ity|ance|ence|ing|ed|ly|s|ive|ous|ful|al)$")
_SUBJECT_OF = frozenset("is was has had will would could can did does led leads said wants wanted asked works".split())


def _english_kind(form: str, low: str, previous: str, following: str, opening: bool) -> Kind:
    capital = form[0].isupper()
    inner = any(c.isupper() for c in form[1:])
    if capital and (inner or not opening):
        return "name"
    if capital and opening and following in _SUBJECT_OF and not _ABSTRACT.search(low):
        return "noun"
    if low.endswith("ly") and len(low) > 4:
        return "other"
    past = low.endswith("ed") or low in lexicon("en").sets["irregular_past"] or lemma(low) != low
    if previous in _DETERMINERS or previous in ("of", "in", "on", "with", "for", "at", "from"):
        return "noun"
    if previous in _VERB_LEADS or past or (opening and low.endswith("ing")):
        return "verb"
    if opening and low.endswith("s"):
        return "verb" if following in _DETERMINERS or following in _PREPOSITIONS else "noun"
    if previous in ("by", "without", "than", "before", "after", "while", "when", "since") and low.endswith("ing"):
        return "verb"
    if previous in _BE and low.endswith(("ed", "ing")):
        return "verb"
    return "verb" if opening and following in _DETERMINERS else "noun"
