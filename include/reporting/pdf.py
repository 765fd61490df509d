"""HTML to PDF through WeasyPrint. Imported only when a PDF is asked for: WeasyPrint loads Pango."""

from __future__ import annotations

import hashlib
import logging
from contextvars import ContextVar

from weasyprint import HTML
from weasyprint.text.ffi import ffi, fontconfig
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from include.interview.errors import ServiceFailure

NO_GLYPH = ".notdef glyph"
"""How WeasyPrint's warning begins about a character that no installed font has; its first argument is the character."""
_without_glyph: ContextVar[set[str] | None] = ContextVar("without_glyph", default=None)
"""Characters of the PDF being written that no font has."""


def _only_errors(record: logging.LogRecord) -> bool:
    """Let errors pass, and take note of characters without a glyph.

    Other warnings name style rules meant for screens, dozens per report, and may repeat what the report says.
    """
    noted = _without_glyph.get()
    if noted is not None and str(record.msg).startswith(NO_GLYPH) and isinstance(record.args, tuple):
        noted.add(str(record.args[0]))
    return record.levelno >= logging.ERROR


logging.getLogger("weasyprint").setLevel(logging.WARNING)
logging.getLogger("weasyprint").addFilter(_only_errors)


class OutsideRequestError(FatalURLFetchingError):  # type: ignore[misc]  # WeasyPrint has no types
    """A page tried to load something from outside itself."""


class _OwnDataOnly(URLFetcher):  # type: ignore[misc]
    """Lets a page use the pictures inside it and refuses everything else."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> object:
        if not url.startswith("data:"):
            raise OutsideRequestError("A report may not load anything from outside itself.")
        return super().fetch(url, headers)


def write_pdf(page: str) -> bytes:
    """`page` as a tagged PDF. The same page gives the same bytes: the file's identifier is the page's own hash.

    Raises:
        OutsideRequestError: the page refers to something outside itself.
        ServiceFailure: code "font_missing": no installed font has the letters of the reports' languages.
    """
    if not _any_font():  # Pango ends the process
        raise _font_missing()
    identifier = hashlib.sha256(page.encode("utf-8")).digest()[:16]
    document = HTML(string=page, url_fetcher=_OwnDataOnly(allowed_protocols=("data",)))
    noted: set[str] = set()
    token = _without_glyph.set(noted)
    try:
        value: bytes = document.write_pdf(pdf_tags=True, pdf_identifier=identifier)
    finally:
        _without_glyph.reset(token)
    if any(_is_letter_of_ours(character) for character in noted):
        raise _font_missing()
    return value


def _font_missing() -> ServiceFailure:
    return ServiceFailure(
        "No installed font has the letters of the report, so a PDF would show empty boxes.",
        "Install a Korean font (Debian: fonts-noto-cjk or fonts-nanum) and make the report again.",
        code="font_missing",
    )


def _any_font() -> bool:
    """Whether Fontconfig knows of any font."""
    config = ffi.gc(fontconfig.FcInitLoadConfigAndFonts(), fontconfig.FcConfigDestroy)
    found = fontconfig.FcConfigGetFonts(config, fontconfig.FcSetSystem)
    return bool(found != ffi.NULL and found.nfont > 0)


def _is_letter_of_ours(character: str) -> bool:
    """Whether every report needs it: a letter or digit of ASCII, or a syllable of hangul.

    A name may hold a character of another script that no font here has; its report is written all the same.
    """
    return (character.isascii() and character.isalnum()) or "\uac00" <= character <= "\ud7a3"
