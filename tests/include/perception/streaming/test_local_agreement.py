from __future__ import annotations

import pytest

from include.perception.streaming.local_agreement import LocalAgreement

pytestmark = pytest.mark.unit


def test_two_hypotheses_agree_on_their_common_beginning() -> None:
    agreement = LocalAgreement()
    assert agreement.hear("and so my") == ("", "and so my")
    assert agreement.hear("And so, my fellow American") == ("And so, my", "fellow American")
    assert agreement.hear("And so, my fellow Americans ask") == ("And so, my fellow", "Americans ask")


def test_stable_words_are_never_taken_back() -> None:
    agreement = LocalAgreement()
    agreement.hear("프로젝트를 만들려면 마법사")
    stable, _ = agreement.hear("프로젝트를 만들려면 마법사에서")
    assert stable == "프로젝트를 만들려면"
    assert agreement.hear("전혀 다른 말 입니다") == ("프로젝트를 만들려면", "말 입니다")
    assert agreement.hear("") == ("프로젝트를 만들려면", "")
    assert agreement.hear("프로젝트를 만들려면 마법사에서 제공")[0] == "프로젝트를 만들려면"
    assert agreement.hear("프로젝트를 만들려면 마법사에서 제공하는")[0] == "프로젝트를 만들려면 마법사에서"


def test_one_hypothesis_makes_nothing_stable() -> None:
    assert LocalAgreement().hear("네") == ("", "네")
