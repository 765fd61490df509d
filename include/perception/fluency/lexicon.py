"""Morphemes and lemmas: what counts as the same word when diversity is measured."""

from __future__ import annotations

import re

from include.interview.transcript.text import fold, words
from include.korean_morphemes import morphemes

_CONTENT = ("NN", "NP", "NR", "VV", "VA", "VX", "MA", "MM", "XR", "SL", "SN")
"""Sejong tags of lexical morphemes; particles and endings recur by grammar, not by choice of words."""
_VERBAL = ("VV", "VA", "VX")
_VOWELS = "aeiouy"
_IRREGULAR_FORMS = """
be: am is are was were been being 'm 're i'm you're we're they're it's that's he's she's there's
have: has had having i've you've we've they've
do: does did done doing don't doesn't didn't
go: goes went gone going
get: gets got gotten getting
make: makes made making
take: takes took taken taking
come: comes came coming
see: sees saw seen seeing
know: knows knew known
think: thinks thought
say: says said
tell: tells told
find: finds found
give: gives gave given giving
feel: feels felt
leave: leaves left leaving
begin: begins began begun beginning
keep: keeps kept
hold: holds held
write: writes wrote written writing
stand: stands stood
hear: hears heard
run: runs ran running
meet: meets met meeting
lead: leads led
understand: understands understood
speak: speaks spoke spoken
build: builds built
spend: spends spent
grow: grows grew grown
win: wins won winning
teach: teaches taught
buy: buys bought
bring: brings brought
send: sends sent
choose: chooses chose chosen choosing
learn: learns learnt learned
become: becomes became becoming
lose: loses lost losing
use: uses used using
can: could can't cannot couldn't
will: would won't wouldn't i'll we'll they'll
shall: should shouldn't
person: people persons
child: children
man: men
woman: women
datum: data
good: better best
bad: worse worst
i: me my mine myself
we: us our ours ourselves
they: them their theirs themselves
he: him his himself
she: her hers herself
a: an
"""
_UNCHANGED_WORDS = """
this its as thus yes always perhaps during nothing something everything anything morning evening thing king ring sing
spring string need feed speed indeed seed red bed hundred less business process class success across access news series
species basis analysis status focus bonus campus virus lens
"""
_IRREGULAR = {
    form: line.split(":")[0] for line in _IRREGULAR_FORMS.strip().splitlines() for form in line.split(":")[1].split()
}
_UNCHANGED = frozenset(_UNCHANGED_WORDS.split())


def lemma(word: str) -> str:
    """English lemma: a table of irregular forms, then the regular endings -s, -es, -ies, -ed, -ied, -ing.

    Without a dictionary a stem may differ from its headword ("planning" and "planed" both to "plan"); what matters
    for diversity is that forms of one word meet.
    """
    word = fold(word)
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    word = re.sub(r"'s?$", "", word)
    if word in _UNCHANGED or len(word) < 4:
        return word
    if word.endswith(("ies", "ied")) and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("es") and word[:-2].endswith(("s", "x", "z", "ch", "sh", "o")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    for ending in ("ing", "ed"):
        stem = word[: -len(ending)]
        if word.endswith(ending) and len(stem) > 1 and any(v in stem for v in _VOWELS):
            return _restored(stem)
    return word


def _restored(stem: str) -> str:
    if len(stem) > 2 and stem[-1] == stem[-2] and stem[-1] not in "lsz":
        return stem[:-1]
    if stem.endswith(("at", "bl", "iz", "v", "c", "rg", "ng", "dg", "ur", "us", "as", "os", "ak", "ik")):
        return stem + "e"
    short = re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", stem)
    return stem + "e" if short and len(stem) > 2 else stem


def tokens(text: str, language: str) -> tuple[str, ...]:
    """The tokens of `text` for diversity, in order.

    Korean: lexical morphemes (verbs and adjectives with 다). Otherwise: English lemmas.
    """
    if language == "ko":
        return tuple(
            m.form + "다" if m.tag.startswith(_VERBAL) else fold(m.form)
            for m in morphemes(text)
            if m.tag.startswith(_CONTENT)
        )
    return tuple(lemma(w) for w in words(text))
