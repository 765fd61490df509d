"""The page of the REST interface: it leaves nothing of the description out and loads nothing from elsewhere."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from include.gateway_client.addresses import DESCRIPTION, REFERENCE
from live_gateway.web.reference import kind_of, reference
from tests.live_gateway.web.test_browser import CHECKER
from tests.support.web_site import Site, size


@pytest.mark.unit
@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"oneOf": [{"$ref": "#/components/schemas/Quote"}, {"type": "null"}]}, "Quote | null"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, '["a" | "b", …]'),
        ({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]}, "[integer, string]"),
        ({"type": "object", "additionalProperties": {"type": ["number", "null"]}}, "{name: number | null}"),
        ({}, "any"),
    ],
)
def test_types_in_words(schema: dict[str, Any], words: str) -> None:
    assert "".join(piece.text for piece in kind_of(schema)) == words


@pytest.mark.browser
@pytest.mark.services
def test_the_page_shows_every_operation_and_record(site: Site, chromium: Any) -> None:
    document = httpx.get(site.url + DESCRIPTION, trust_env=False).json()
    found = reference(document)
    shown = {(o.method.lower(), o.path) for group in found.groups for o in group.operations}
    assert shown == {(method, path) for path, item in document["paths"].items() for method in item}
    assert {record.name for record in found.records} == set(document["components"]["schemas"])
    for language in ("ko", "en"):
        chromium.get(f"{site.url}/language/{language}?next={REFERENCE}")
        ids = set(chromium.execute_script("return [...document.querySelectorAll('[id]')].map((e) => e.id)"))
        assert {f"o-{o.id}" for group in found.groups for o in group.operations} <= ids
        links = chromium.execute_script(
            "return [...document.querySelectorAll('main a[href^=\"#\"]')].map((e) => e.hash)"
        )
        assert links
        assert {link.removeprefix("#") for link in links} <= ids
        for width in (1280, 390):
            size(chromium, width)
            chromium.execute_script("document.getElementById('o-give_review').open = true")
            assert chromium.execute_script(CHECKER) == [], (language, width)
        size(chromium, 1280)
    names = chromium.execute_script("return performance.getEntriesByType('resource').map((e) => e.name)")
    assert names
    assert all(name.startswith(site.url) for name in names)
