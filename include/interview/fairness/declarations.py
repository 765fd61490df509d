"""What candidates may declare about themselves, voluntarily: categories, and answers checked against them.

A declaration serves the fairness report only. It is on no card and in no ranking.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import msgspec

from include.interview.assessment.policy import load_profile
from include.interview.errors import BadInput
from include.interview.records import Bilingual, Record

FILE = Path(__file__).with_name("declarations.yaml")
UNDISCLOSED = "undisclosed"
"""The answer "prefer not to say": counts as not declared."""
UNDISCLOSED_NAME = Bilingual("응답하지 않음", "Prefer not to say")


class Option(Record, frozen=True):
    """One answer of a category."""

    id: str
    name: Bilingual


class Category(Record, frozen=True):
    """One thing that may be declared, with its answers; "prefer not to say" is offered beside them."""

    id: str
    name: Bilingual
    options: tuple[Option, ...]

    def label(self, option_id: str, language: str) -> str:
        """The words of an answer, or the id itself of one that is no longer offered."""
        return next((o.name.text(language) for o in self.options if o.id == option_id), option_id)


@cache
def categories() -> tuple[Category, ...]:
    """All categories that a policy profile may ask for."""
    return msgspec.yaml.decode(FILE.read_bytes(), type=tuple[Category, ...])


def attribute_name(attribute: str, language: str) -> str:
    """The words of a category's id; an attribute that is none of ours as it is."""
    return next((c.name.text(language) for c in categories() if c.id == attribute), attribute)


def group_name(attribute: str, group: str, language: str) -> str:
    """The words of an option's id; a group that is none of ours as it is."""
    return next((c.label(group, language) for c in categories() if c.id == attribute), group)


def categories_of(profiles: Iterable[str]) -> tuple[Category, ...]:
    """The categories that any of these policy profiles asks for.

    Raises:
        NotFound: there is no such profile.
        BadInput: a profile names a category that does not exist.
    """
    wanted = {category for profile in profiles for category in load_profile(profile).declarations}
    known = {category.id for category in categories()}
    if wanted - known:
        raise BadInput(
            f"A policy profile asks for declarations that do not exist: {', '.join(sorted(wanted - known))}.",
            f"Known are: {', '.join(sorted(known))}.",
        )
    return tuple(category for category in categories() if category.id in wanted)


def checked_answers(given: Mapping[str, str], offered: Iterable[Category]) -> dict[str, str]:
    """`given` (category -> option) in the order of `offered`, when each is one of the answers offered; none is needed.

    Raises:
        BadInput: code "declaration": a category or an option that is not offered. No answer is repeated in the message.
    """
    by_id = {category.id: category for category in offered}
    unknown = sorted(given.keys() - by_id.keys())
    if unknown:
        raise BadInput(
            "This declaration answers what is not asked.",
            f"Asked is: {', '.join(by_id) or 'nothing'}.",
            code="declaration",
        )
    for category, option in given.items():
        options = [o.id for o in by_id[category].options]
        if option not in (*options, UNDISCLOSED):
            raise BadInput(
                f"The answer to {category} is not one of those offered.",
                f"Use one of: {', '.join((*options, UNDISCLOSED))}.",
                code="declaration",
            )
    return {category: given[category] for category in by_id if category in given}


def declared_group(answers: Mapping[str, str], category: str) -> str | None:
    """The group that was declared in `category`; None for no answer and for "prefer not to say"."""
    answer = answers.get(category)
    return None if answer in (None, UNDISCLOSED) else answer
