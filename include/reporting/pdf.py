"""HTML to PDF through WeasyPrint. Imported only when a PDF is asked for: WeasyPrint loads Pango."""

from __future__ import annotations

import hashlib
import logging

from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher

logging.getLogger("weasyprint").setLevel(logging.ERROR)
"""Its warnings name style rules meant for screens, dozens per report."""


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
    """
    identifier = hashlib.sha256(page.encode("utf-8")).digest()[:16]
    document = HTML(string=page, url_fetcher=_OwnDataOnly(allowed_protocols=("data",)))
    value: bytes = document.write_pdf(pdf_tags=True, pdf_identifier=identifier)
    return value
