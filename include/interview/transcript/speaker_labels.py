"""Speaker labels at the beginning of a line of a typed transcript: known ones, and what may be one.

Pure functions over one line. `known_label` finds a label of ours in any of its written forms; `possible_labels` finds
heads that may name somebody else. `transcripts` decides with both to whom a line belongs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from include.interview.records import Role
from include.interview.transcript.label_times import BRACKETED, CLEAR, COLON, STAMP, after_times
from include.interview.transcript.label_words import CANDIDATE_LABELS, INTERVIEWER_LABELS, TURN_LABELS
from include.interview.transcript.name_likeness import OPEN, PARENS, likeness

Form = Literal["colon", "time", "tab", "dash", "bracket", "point", "line"]
MAX_NAME = 60
_NAME = rf"(?P<name>[^:：﹕︰∶\t|\n]{{1,{MAX_NAME}}}?)"
_S = r"\s{0,40}"
_CLOSE = r"[\s*_]{0,40}(?:</(?:b|strong|i|em)>)?"
_NO_LINK_OR_SMILE = r"(?!//|\)|\((?:\s|$))"
_FORMS: dict[Form, re.Pattern[str]] = {
    "colon": re.compile(
        rf"{_NAME}[\s,;–—-]{{0,40}}(?P<time>{STAMP})?{_CLOSE}{_S}(?:(?<!\d){COLON}|{COLON}(?!\d)){_NO_LINK_OR_SMILE}"
    ),
    "tab": re.compile(rf"{_NAME}{_S}(?P<time>{STAMP})?{_CLOSE}\t"),
    "time": re.compile(rf"{_NAME}[\s,–—-]{{0,40}}(?P<time>{STAMP}){_CLOSE}(?:(?=\s|$)|(?<=[\])）】]))"),
    "bracket": re.compile(rf"[\[(【<](?:v\s)?{_NAME}[\])】>](?=\s|\w|$)"),
    "dash": re.compile(rf"{_NAME}{_S}(?P<time>{STAMP})?{_CLOSE}(?:(?<=\s)[-–—]{{1,3}}\s|{_S}[–—]{{1,3}})"),
    "point": re.compile(r"(?P<name>[QAＱＡ]\d{0,2})[.．](?=\s)"),
    "line": re.compile(rf"{_NAME}{_CLOSE}$"),
}
_SIGNS: dict[Form, frozenset[str]] = {
    "colon": frozenset(":：﹕︰∶"),
    "tab": frozenset("\t"),
    "time": frozenset(":：﹕︰∶)）】]>}"),
    "dash": frozenset("-–—"),
    "bracket": frozenset("])】>"),
    "point": frozenset(".．"),
}
"""Signs of which one must stand near the beginning for the form to fit: spares most lines the patterns."""
_NEAR = 2 * MAX_NAME + 40
_ALONE = MAX_NAME + 10
_NUMBERED = re.compile(rf"(?P<name>[^\W\d]{{1,20}} ?\d{{1,2}}){COLON}(?=\d(?!\d))")  # Q1:3 years
_AFTER_MARKUP = re.compile(r"\s*(?:[*_]{1,3}|</(?:b|strong|i|em)>)")
_QUALIFIED = re.compile(r"^(?P<word>[^\W\d_]+?)(?:[\s#_.\-]*(?P<number>\d{1,2})|[\s_\-]+(?P<letter>[a-z]))?$")
_ROLES: dict[str, Role] = {
    **dict.fromkeys(CANDIDATE_LABELS, "candidate"),
    **dict.fromkeys(INTERVIEWER_LABELS, "interviewer"),
}


_NO_NAMES: Mapping[str, tuple[Role, str]] = MappingProxyType({})


class Label(NamedTuple):
    """A head that names a speaker.

    `role` is None where no label of ours is recognised. `speaker` is the label without names of persons, `person` what
    tells two people of one role apart ("" when nothing does). `likely`: by itself, without other lines, it is a label.
    The words of the line begin at `end`.
    """

    name: str
    role: Role | None
    speaker: str
    person: str
    form: Form
    likely: bool
    lower: bool
    end: int


def known_label(line: str, at: int = 0, *, names: Mapping[str, tuple[Role, str]] = _NO_NAMES) -> Label | None:
    """The label of ours that stands at `at`, in front of it at most bullets, markup and times.

    Known are the words of `CANDIDATE_LABELS` and `INTERVIEWER_LABELS` in any case, width and Unicode form, with a
    number or one letter (`Interviewer 2`, `Q1`, `면접관 A`), a name or remark in brackets (`지원자(김OO)`), an
    honorific (`면접관님`), or as the role in brackets behind a name (`Dana (Interviewer)`). A time may stand before or
    behind it. It ends with a colon, a dash between spaces, a tab, a time or brackets around it, Q and A also with a
    point; or it is the whole line. `names`: role and speaker of names of persons, by `name_key`; they are known too.
    """
    start, opened, timed = after_times(line, at)
    for form, found in _heads(line, start, numbered=True):
        name = found["name"].strip()
        named = _by_name(name, names) if names else None
        if named:
            return Label(name, named[0], named[1], "", form, True, _is_lower(name), _end(line, found, opened))
        role, speaker, person = _known(name)
        if role and _form_fits(form, found, speaker, timed):
            if form == "dash" and any(p.form == "colon" and p.likely for p in possible_labels(line, found.end())):
                return None  # "Candidate – Dana Park: …": a person's name stands between label and words
            return Label(name, role, speaker, person, form, True, _is_lower(name), _end(line, found, opened))
    return None


def possible_labels(line: str, at: int = 0) -> list[Label]:
    """Heads at `at` that may name a speaker and are no label of ours, one for each form they fit.

    A head is short: at most four words, not counting particles of names, and no sentence punctuation. It looks like a
    name when every word begins with a capital or has no case, and it does not open a sentence or a list ("First:",
    "Result:", "세 가지입니다:", "제 원칙은:"). With a word written small it is only possible (`likely` false), unless a
    time or bold type stands with it. Words of sentences ("the", "what", 는, 습니다 …) make it no label.
    """
    start, opened, timed = after_times(line, at)
    labels = []
    for form, found in _heads(line, start):
        name = found["name"].strip()
        if not opened and re.match(r"[가-힣]$", name) and line.startswith("*", found.end("name")):
            name += "OO"  # 김**: a name with its syllables hidden
        time = found.groupdict().get("time")
        if form == "time" and not (CLEAR.fullmatch(time or "") or found.end() == len(line.rstrip())):
            continue
        reads = likeness(name)
        if reads != "speech":
            strong = opened or timed or bool(time) or (form == "colon" and name[:1] in OPEN)
            label = Label(name, None, "", "", form, reads == "name" or strong, _is_lower(name), found.end())
            labels.append(label)
    return labels


def _heads(line: str, start: int, *, numbered: bool = False) -> Iterator[tuple[Form, re.Match[str]]]:
    """Each form that fits the line at `start`, with what it found there."""
    near = set(line[start : start + _NEAR])
    for form, pattern in _FORMS.items():
        if len(line) - start > _ALONE if form == "line" else near.isdisjoint(_SIGNS[form]):
            continue
        patterns = (_NUMBERED, pattern) if numbered and form == "colon" else (pattern,)
        yield from ((form, found) for p in patterns if (found := p.match(line, start)))


def named_label(name: str, names: Mapping[str, tuple[Role, str]] = _NO_NAMES) -> Label:
    """The label that a format writes apart from the words: known as in `known_label`, else of nobody we know."""
    named = _by_name(name, names)
    role, speaker, person = (named[0], named[1], "") if named else _known(name)
    return Label(name, role, speaker, person, "colon", True, _is_lower(name), 0)


def _by_name(name: str, names: Mapping[str, tuple[Role, str]]) -> tuple[Role, str] | None:
    """Role and speaker of a name that was told, with or without a remark in brackets behind it."""
    key = _unbracketed(name_key(name))
    parens = PARENS.match(key)
    return names.get(key) or (names.get(parens["outer"].strip()) if parens else None)


def name_key(name: str) -> str:
    """`name` as names are compared: width, case, composition, spaces and markup around it do not count."""
    text = "".join(ch for ch in unicodedata.normalize("NFKC", name) if unicodedata.category(ch) != "Cf")
    return " ".join(text.casefold().replace("*", " ").split()).strip(" _~-.")


def _unbracketed(key: str) -> str:
    """`key` without one pair of brackets around all of it."""
    if len(key) > 2 and key[0] in "[(【<" and key[-1] in "])】>" and not re.search(r"[\])】>].*[\[(【<]", key):
        return key[1:-1].strip()
    return key


def _known(name: str) -> tuple[Role | None, str, str]:
    """(role, speaker, person) of a name; no role when it is none of ours."""
    key = _unbracketed(name_key(name))
    parens = PARENS.match(key)
    if parens:
        outer, inner = parens["outer"], parens["inner"].strip()
        role, speaker, number = _plain(outer)
        if role:
            return role, speaker, number if _is_time(inner) else f"{number} {inner}".strip()
        role, speaker, number = _plain(inner)
        return (role, speaker, outer) if role and likeness(outer) != "speech" else (None, "", "")
    return _plain(key)


def _is_time(text: str) -> bool:
    return not text or re.fullmatch(BRACKETED, f"[{text}]") is not None


def _plain(key: str) -> tuple[Role | None, str, str]:
    found = _QUALIFIED.match(key)
    if not found:
        return None, "", ""
    word = found["word"]
    for shorter in (word, word.removesuffix("님")):
        if shorter in _ROLES:
            number = found["number"] or found["letter"] or ""
            return _ROLES[shorter], shorter + number, "" if shorter in TURN_LABELS else number
    return None, "", ""


def _form_fits(form: Form, found: re.Match[str], speaker: str, timed: bool) -> bool:
    """False where a word of ours more likely stands in a sentence: "a 10:30 meeting", "the / answer"."""
    lower, turn = _is_lower(found["name"]), speaker.rstrip("0123456789") in TURN_LABELS
    if form == "time":
        whole = found.end() == len(found.string.rstrip())
        return not turn or whole or CLEAR.fullmatch(found["time"]) is not None
    if form == "line":
        return timed or not (turn or lower)
    return form in ("colon", "tab", "point") or not (turn and lower)


def _is_lower(name: str) -> bool:
    letter = next((ch for ch in name if ch.isalpha()), "")
    return letter.islower()


def _end(line: str, found: re.Match[str], opened: bool) -> int:
    """Where the words begin: behind the label, and behind the end of its bold type."""
    end = found.end()
    if opened and not re.search(r"[*_]|</", found[0]):
        closing = _AFTER_MARKUP.match(line, end)
        return closing.end() if closing else end
    return end
