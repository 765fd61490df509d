"""Static files: our own styles and ES modules, under an address that changes with their content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Annotated

from litestar import Response, get
from litestar.params import FromPath, PathParameter

from include.interview.errors import NotFound
from include.reporting.scorecard import stylesheet
from live_gateway.web.page_scope import PUBLIC

STATIC = Path(__file__).with_name("static")
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
REPORT = "report.css"
"""The reports' look, from their own room."""
FOREVER = "public, max-age=31536000, immutable"
AGAIN = "no-cache"


@cache
def _files() -> dict[str, bytes]:
    """Name -> content. Read once: a replica serves what it was started with."""
    found = {path.name: path.read_bytes() for path in sorted(STATIC.iterdir()) if path.suffix in TYPES}
    found[REPORT] = stylesheet().encode()
    return found


@cache
def version() -> str:
    """Digest over all static files, as it stands in their addresses."""
    digest = hashlib.sha256()
    for name, content in _files().items():
        digest.update(name.encode() + b"\0" + content)
    return digest.hexdigest()[:12]


def asset_url(name: str) -> str:
    """The address of a static file. Modules import each other beside it, so all of them share the version."""
    if name not in _files():
        raise KeyError(name)
    return f"/static/{version()}/{name}"


@get("/static/{release:str}/{name:str}", sync_to_thread=False, opt={PUBLIC: True})
def static(release: FromPath[str], name: Annotated[str, PathParameter(max_length=100)]) -> Response[bytes]:
    """A static file. One that was asked for by an older page is answered too, but not kept."""
    content = _files().get(name)
    if content is None:
        raise NotFound("There is no such file.", "Check the address.")
    kept = FOREVER if release == version() else AGAIN
    return Response(content, media_type=TYPES[Path(name).suffix], headers={"Cache-Control": kept})
