"""What a candidate may read of an opening: nothing by which answers are judged or people are ordered."""

from __future__ import annotations

from typing import Literal

from include.interview.records import Bilingual, Opening, Record


class PublicOpening(Record, frozen=True):
    """An opening without questions, key concepts, competencies, values, weights and places."""

    id: str
    title: Bilingual
    description: Bilingual
    language: Literal["ko", "en", "auto"]
    profile: str


def public_view(opening: Opening) -> PublicOpening:
    """The opening as candidates see it."""
    return PublicOpening(opening.id, opening.title, opening.description, opening.language, opening.profile)
