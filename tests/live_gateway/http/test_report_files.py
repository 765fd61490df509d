"""Names of downloaded files: any id of an opening, in headers that are ASCII."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from live_gateway.http.report_files import download

pytestmark = pytest.mark.unit


def test_a_report_of_an_opening_with_a_korean_id_can_be_saved_under_its_name() -> None:
    answer = download("ranking", "백엔드-2026", b"PK", "xlsx", "ko", blind=True)
    said = answer.headers["Content-Disposition"]
    assert said.isascii()
    plain, _, encoded = said.partition("; filename*=UTF-8''")
    assert plain == 'attachment; filename="ranking.xlsx"'
    assert unquote(encoded) == "ranking-백엔드-2026-blind.xlsx"


def test_an_ascii_name_is_said_once() -> None:
    answer = download("ranking", "backend", b"%PDF-", "pdf", "en", blind=False)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ranking-backend-en.pdf"'
