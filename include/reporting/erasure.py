"""The receipt of an erasure as a page for the person, in Korean and English: ids and counts, no name."""

from __future__ import annotations

from markupsafe import Markup

from include.interview.privacy.erasure import SignedReceipt
from include.reporting.scorecard import environment, own_style_policy, stylesheet
from include.reporting.strings import Strings


def render_receipt_html(signed: SignedReceipt, language: str) -> str:
    """The receipt as one HTML file, without script or outside request.

    Raises:
        ValueError: `language` is neither "ko" nor "en".
    """
    return _render(signed, language, stylesheet(), own_style_policy())


def render_receipt_pdf(signed: SignedReceipt, language: str) -> bytes:
    """The same as a tagged PDF on A4 with its fonts embedded.

    Raises:
        ValueError: `language` is neither "ko" nor "en".
    """
    from include.reporting.pdf import write_pdf

    return write_pdf(_render(signed, language, stylesheet(paper=True), ""))


def _render(signed: SignedReceipt, language: str, css: str, csp: str) -> str:
    template = environment().get_template("erasure.html.j2")
    css_markup = Markup(css)  # noqa: S704 - our own file
    return template.render(t=Strings(language), language=language, signed=signed, css=css_markup, csp=csp)
