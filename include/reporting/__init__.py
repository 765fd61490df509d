"""Reports: scorecards as HTML, PDF and page fragments, in Korean and English."""

from __future__ import annotations

from include.reporting.scorecard import render_fragment, render_html, render_pdf

__all__ = ["render_fragment", "render_html", "render_pdf"]
