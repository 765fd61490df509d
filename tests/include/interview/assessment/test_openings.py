"""Opening files: short forms, equal content equal id, pointed errors; and the built-in opening."""

from __future__ import annotations

import re

import msgspec
import pytest

from include.interview.assessment.openings import MAX_BYTES, general_opening, parse_opening
from include.interview.assessment.question_map import feeds, thin_criteria
from include.interview.errors import BadInput
from include.interview.intake.faults import InvalidFields
from include.interview.records import Bilingual

pytestmark = pytest.mark.unit

SHORT = """
title: Data engineer
description: {ko: 데이터를 다룹니다., en: Works with data.}
competencies: [SQL, {id: team, name: Teamwork, description: Helps others, weight: 2}]
keywords: [airflow, {term: SQL, synonyms: [에스큐엘], weight: 2}]
questions:
  - Why us?
  - {text: {ko: 왜요?, en: Why?}, competencies: [team]}
"""


def test_short_forms():
    opening = parse_opening(SHORT.encode(), "o.yaml")
    assert opening.title == Bilingual("Data engineer", "Data engineer")
    assert opening.description.ko == "데이터를 다룹니다."
    assert [(c.id, c.name.en, c.weight) for c in opening.competencies] == [
        ("c1", "SQL", 1.0),
        ("team", "Teamwork", 2.0),
    ]
    assert [(k.term, k.synonyms, k.weight) for k in opening.keywords] == [
        ("airflow", (), 1.0),
        ("SQL", ("에스큐엘",), 2.0),
    ]
    assert [(q.id, q.text.ko, q.competencies) for q in opening.questions] == [
        ("q1", "Why us?", ()),
        ("q2", "왜요?", ("team",)),
    ]
    assert opening.stage_weights == {"ai": 40.0, "practical": 30.0, "executive": 30.0}


def test_equal_content_has_an_equal_id_and_other_content_another():
    first = parse_opening(SHORT.encode(), "a.yaml")
    assert parse_opening(("# a comment\n" + SHORT).encode(), "b.yaml").id == first.id
    assert parse_opening(SHORT.replace("Why us?", "Why them?").encode(), "a.yaml").id != first.id
    assert parse_opening(b"id: mine\n" + SHORT.encode(), "a.yaml").id == "mine"


def test_values_may_be_plain_or_bilingual_and_leave_ids_of_openings_without_any_alone():
    valued = parse_opening((SHORT + "values: [Trust, {ko: 정직합니다., en: We are honest.}]").encode(), "o.yaml")
    assert valued.values == (Bilingual("Trust", "Trust"), Bilingual("정직합니다.", "We are honest."))
    plain = parse_opening(SHORT.encode(), "o.yaml")
    assert plain.values == ()
    assert plain.id == "de3d4d0f-506f-526a-a285-87a522856804"
    assert valued.id != plain.id


def test_places_are_read_and_default_to_three_without_another_id():
    assert parse_opening((SHORT + "places: 7").encode(), "o.yaml").places == 7
    unstated, stated = parse_opening(SHORT.encode(), "o.yaml"), parse_opening((SHORT + "places: 3").encode(), "o.yaml")
    assert (unstated.places, unstated.id) == (3, stated.id)


def test_json_and_our_own_encoding_are_read():
    opening = parse_opening(SHORT.encode(), "o.yaml")
    assert parse_opening(msgspec.json.encode(opening), "o.json") == opening


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("title: x", "description"),
        (SHORT + "salary: 5", "salary"),
        (SHORT.replace("weight: 2}]\nkey", "weight: heavy}]\nkey"), r"competencies"),
        (SHORT.replace("weight: 2}]\nkey", "weight: -1}]\nkey"), "above 0"),
        (SHORT.replace("[team]", "[teem]"), "'teem'"),
        (SHORT + "profile: mars", "standard"),
        (SHORT + "stage_weights: {phone: 3}", "stage_weights"),
        (SHORT + "stage_weights: {ai: 0}", "stage_weights"),
        (SHORT + "language: de", r"language"),
        ("title: [unclosed", "line"),
        ("- a\n- b", "object"),
        (SHORT.replace("airflow", "' '"), "keyword is empty"),
        (SHORT.replace("id: team", "id: c1"), "'c1' occurs twice"),
        ("title: ''\ndescription: x", "must not be empty"),
        ("{", "JSON"),
        (SHORT + "places: 0", "places is 0"),
        (SHORT + "places: 10001", "from 1 to 10000"),
        (SHORT + "places: many", "places"),
        (SHORT + "values: ['  ']", "value 1 is empty"),
        (SHORT + "values: [{ko: 정직}]", "values"),
        (SHORT + "values: [Trust, Trust]", "'Trust' occurs twice"),
        (SHORT + "values: [" + "x" * 501 + "]", "500 characters"),
        (SHORT + "values: [" + ", ".join(f"v{n}" for n in range(21)) + "]", "more than 20"),
    ],
)
def test_errors_point_at_the_place(text, message):
    with pytest.raises(BadInput, match=message) as caught:
        parse_opening(text.encode(), "job.yaml")
    assert str(caught.value).startswith("job.yaml")


def test_all_faults_of_a_file_are_told_at_once():
    with pytest.raises(InvalidFields) as caught:
        parse_opening(b"title: 3\nlanguage: de\nsalary: 5\nkeywords: [{synonyms: [a]}]", "job.yaml")
    assert {one.field for one in caught.value.faults} == {
        "title", "language", "salary", "description", "keywords[0].term",
    }  # fmt: skip
    with pytest.raises(InvalidFields) as caught:
        parse_opening((SHORT + "profile: mars\nplaces: 0\nvalues: [Trust, Trust]").encode(), "job.yaml")
    assert [one.field for one in caught.value.faults] == ["profile", "values", "places"]
    assert str(caught.value).count(";") == 3


def test_a_huge_file_is_refused_before_reading():
    with pytest.raises(BadInput, match="256 KB"):
        parse_opening(b"#" * (MAX_BYTES + 1), "job.yaml")


def test_yaml_that_would_build_objects_is_refused():
    with pytest.raises(BadInput):
        parse_opening(b"title: !!python/object/apply:os.system ['true']\ndescription: x", "job.yaml")


def test_the_general_opening():
    opening = general_opening("ko")
    assert opening.language == "ko"
    assert general_opening().language == "auto"
    assert len(opening.questions) == 8
    assert opening.questions[0].criteria == ()
    assert not list(thin_criteria(opening))
    first_five = opening.questions[:5]
    for criterion in ("psychological", "cognitive", "job_fit"):
        assert sum(feeds(q, criterion) for q in first_five) == 2, "an ordinary interview of five answers is enough"
    assert {c.id for c in opening.competencies} == {
        "communication",
        "problem_solving",
        "teamwork",
        "ownership",
        "learning",
    }
    assert opening.keywords
    texts = [opening.title, opening.description, *(q.text for q in opening.questions)]
    texts += [t for c in opening.competencies for t in (c.name, c.description)]
    for text in (*texts, *opening.values):
        assert re.search("[가-힣]", text.ko)
        assert not re.search("[가-힣]", text.en)
    asked = {c for q in opening.questions for c in q.competencies}
    assert asked == {c.id for c in opening.competencies}
