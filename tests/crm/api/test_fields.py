"""Fields and their values over REST."""

from __future__ import annotations

import pytest

from crm.choices import Source
from crm.models import AuditEntry, CustomField, FieldValue
from crm.services.field_values import set_values
from crm.services.fields import STANDARD
from tests.factories import NOW, RelationshipFactory
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def creator(brand):
    return RelationshipFactory(brand=brand).creator


@pytest.fixture
def rest(manager, brand):
    return rest_as(manager, brand)


def by_key(body):
    return {row["key"]: row for row in body["results"]}


def test_fields_with_their_lists(rest, brand):
    CustomField.objects.filter(brand=brand, key="themes").update(archived_at=NOW)
    body = rest.json("fields/")
    assert [row["key"] for row in body["results"]] == [one["key"] for one in STANDARD]
    role = rest.json("fields/content_role/")
    assert role == by_key(body)["content_role"]
    assert role["choices"][0] == {
        "value": "educator",
        "label": "Educator",
        "definition": "Explains concepts, comparisons and how it works.",
    }
    assert (role["type"], role["unit"], role["is_standard"]) == ("choice", None, True)
    themes = rest.json("fields/themes/")
    assert (themes["choices"], themes["archived_at"]) == (None, "2026-11-22T12:00:00Z")
    assert_problem(rest.get("fields/nonsense/"), 404)


def test_what_fields_hold(rest, brand, creator, manager, django_assert_num_queries):
    set_values(
        brand=brand,
        creator_ids=[creator.pk],
        values={"content_role": "educator", "formats": []},
        at=creator.created_at,
        actor=manager,
        source=Source.CREATOR,
        note="Told us",
    )
    with django_assert_num_queries(5):  # token, role, creator, fields, values
        body = rest.json(f"creators/{creator.uid}/fields/")
    rows = by_key(body)
    assert body["count"] == len(rows) == len(STANDARD)
    said = rows["content_role"]
    assert said["since"] is not None
    assert {key: said[key] for key in ("value", "words", "source", "note", "author")} == {
        "value": "educator",
        "words": "Educator",
        "source": "creator",
        "note": "Told us",
        "author": manager.email,
    }
    assert (rows["formats"]["value"], rows["formats"]["words"]) == ([], "none")
    assert set(rows["risk_level"].values()) == {"risk_level", "Risk", None}


def test_values_are_said_and_taken_away(rest, brand, creator, manager):
    path = f"creators/{creator.uid}/fields"
    values = {"content_role": "educator", "themes": ["SPF", "how to"], "deal_focused": False}
    answer = rest.send("PATCH", path, {"values": values, "note": "Read", "source": "estimated"})
    assert answer.status_code == 200
    assert by_key(answer.json())["themes"]["value"] == ["how to", "spf"]
    assert set(FieldValue.objects.values_list("source", "note", "author")) == {
        ("estimated", "Read", manager.pk)
    }
    answer = rest.send("PATCH", path, {"values": {"content_role": None}})
    assert by_key(answer.json())["content_role"]["value"] is None
    assert by_key(answer.json())["deal_focused"]["value"] is False
    assert AuditEntry.objects.filter(verb="crm.field_value.set").count() == 2


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, [("/values", "required")]),
        ({"values": {}}, [("/values", "empty")]),
        ({"values": []}, [("/values", "not_a_dict")]),
        ({"values": {"content_role": "x"}}, [("/values/content_role", "unknown_value")]),
        (
            {"values": {"deal_focused": "yes", "nothing": 1, "themes": ["spf"]}},
            [("/values/deal_focused", "invalid"), ("/values/nothing", "unknown_field")],
        ),
        ({"values": {"a/b~\x00": 1}}, [("/values/a~1b~0\\x00", "unknown_field")]),
        ({"values": {"\ud800": 1}}, [("/values/\\ud800", "unknown_field")]),
        ({"values": {"themes": ["\ud800"]}}, [("/values/themes", "invalid")]),
        ({"values": {"themes": None}, "sauce": "x"}, [("/sauce", "unknown_member")]),
        ({"values": {"themes": None}, "source": "x"}, [("/source", "invalid_choice")]),
        ({"values": {"themes": None}, "note": "x" * 301}, [("/note", "max_length")]),
        ({"values": {"themes": ["a"]}, "note": "a\u202eb"}, [("/note", "invalid")]),
    ],
)
def test_what_cannot_be_said_is_refused_with_its_place(rest, creator, body, faults):
    answer = rest.send("PATCH", f"creators/{creator.uid}/fields/", body)
    problem = assert_problem(answer, 400)
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == faults
    assert not FieldValue.objects.exists()
    assert not AuditEntry.objects.exists()


def test_strangers_and_archived_fields_are_not_there(rest, brand, other_brand, creator):
    stranger = RelationshipFactory(brand=other_brand).creator
    body = {"values": {"themes": ["spf"]}}
    assert_problem(rest.get(f"creators/{stranger.uid}/fields/"), 404)
    assert_problem(rest.send("PATCH", f"creators/{stranger.uid}/fields/", body), 404)
    CustomField.objects.filter(brand=brand, key="themes").update(archived_at=NOW)
    answer = rest.send("PATCH", f"creators/{creator.uid}/fields/", body)
    assert_problem(answer, 400, "unknown_field")
    assert "themes" not in by_key(rest.json(f"creators/{creator.uid}/fields/"))
    assert not FieldValue.objects.exists()


def test_a_strategist_reads_but_does_not_write(strategist, brand, creator):
    rest = rest_as(strategist, brand)
    rest.json(f"creators/{creator.uid}/fields/")
    answer = rest.send("PATCH", f"creators/{creator.uid}/fields/", {"values": {"themes": []}})
    assert_problem(answer, 403)
    assert not FieldValue.objects.exists()


SIZES = {
    "label": "Shoe size system",
    "type": "choice",
    "choices": [
        {"value": "eu", "label": "EU"},
        {"value": "us", "label": "US", "definition": "US."},
    ],
}


def test_a_field_is_defined_reworded_archived_and_back(strategist, brand):
    rest = rest_as(strategist, brand)
    made = rest.send("POST", "fields/", SIZES)
    assert made.status_code == 201
    row = made.json()
    assert (row["key"], row["description"], row["is_standard"]) == ("shoe_size_system", None, False)
    assert row["choices"] == [
        {"value": "eu", "label": "EU", "definition": None},
        {"value": "us", "label": "US", "definition": "US."},
    ]
    path = f"fields/{row['key']}"
    changed = rest.send("PATCH", f"{path}/", {"label": "Shoe sizes", "description": "By system"})
    assert changed.json() == row | {"label": "Shoe sizes", "description": "By system"}
    assert rest.send("POST", f"{path}:archive").json()["archived_at"]
    assert rest.send("POST", f"{path}:restore").json() == changed.json()


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"key": "followers"}, "/key"),
        ({"label": "!"}, "/key"),
        ({"choices": []}, "/choices"),
        ({"type": "number"}, "/choices"),
        ({"type": "colour"}, "/type"),
        ({"position": 3}, "/position"),
    ],
)
def test_a_field_that_cannot_be_is_refused(strategist, brand, said, pointer):
    before = CustomField.objects.count()
    answer = rest_as(strategist, brand).send("POST", "fields/", SIZES | said)
    assert assert_problem(answer, 400)["errors"][0]["pointer"] == pointer
    assert CustomField.objects.count() == before


def test_who_edits_no_segments_defines_no_fields(manager, brand):
    assert_problem(rest_as(manager, brand).send("POST", "fields/", SIZES), 403)
