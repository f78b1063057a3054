"""A brand's fields: which there are from the start, how one is made, reworded and archived."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from crm import fact_keys
from crm.choices import FieldType
from crm.models import AuditEntry, CustomField, FactChange
from crm.services.brands import create_brand
from crm.services.field_values import set_values
from crm.services.fields import (
    STANDARD,
    FieldRefused,
    add_standard_fields,
    archive_field,
    change_field,
    define_field,
    restore_field,
)
from segmentation.facts.catalogue import catalogue
from segmentation.rules.facts import RESERVED_WORDS, is_fact_key
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db


def define(brand, label="Tone of voice", kind=FieldType.TEXT, actor=None, **given):
    return define_field(brand=brand, label=label, type=kind, at=NOW, actor=actor, **given)


def test_every_brand_has_the_standard_fields():
    brand = create_brand(slug="new", name="New", at=NOW)
    fields = CustomField.objects.filter(brand=brand).in_use()
    assert [field.key for field in fields] == [one["key"] for one in STANDARD]
    assert all(field.is_standard and field.description.endswith(".") for field in fields)
    role = fields.get(key="content_role")
    assert list(role.labels) == [
        "educator",
        "reviewer",
        "entertainer",
        "community_leader",
        "lifestyle_integrator",
    ]
    assert role.choices[0]["definition"] == "Explains concepts, comparisons and how it works."
    assert list(fields.get(key="risk_level").labels) == ["low", "medium", "high"]
    assert fields.get(key="themes").type == FieldType.SET


def test_the_standard_fields_leave_a_field_that_is_there_as_it_is(brand):
    CustomField.objects.filter(brand=brand, key="themes").update(
        label="Subjects", is_standard=False
    )
    add_standard_fields(brand=brand)
    assert CustomField.objects.filter(brand=brand).count() == len(STANDARD)
    assert CustomField.objects.get(brand=brand, key="themes").label == "Subjects"


def test_this_app_knows_the_names_that_rules_and_facts_have(brand):
    assert fact_keys.RESERVED_WORDS == RESERVED_WORDS
    CustomField.objects.all().delete()
    keys = {key for key in catalogue(brand) if not key.startswith(fact_keys.OF_A_PLATFORM)}
    assert keys == fact_keys.BUILT_IN
    for key in ("a", "a_1", "tone_of_voice", "x" * fact_keys.MAX_LENGTH):
        assert fact_keys.why_not(key) == ""
        assert is_fact_key(key)


@pytest.mark.parametrize(
    ("label", "key"),
    [("Tone of voice", "tone_of_voice"), ("  2024 Ärger! ", "rger"), ("???", "")],
)
def test_a_label_suggests_a_key(label, key):
    assert fact_keys.key_of(label) == key


def test_a_field_is_a_fact_at_once(brand, strategist):
    field = define(brand, "Fee", FieldType.MONEY, strategist, unit="EUR", description="Asked fee.")
    assert (field.key, field.position, field.is_standard) == ("fee", len(STANDARD) + 1, False)
    fact = catalogue(brand)["fee"]
    assert (fact.label, fact.type, fact.unit, fact.app) == ("Fee", "money", "EUR", "crm")
    assert fact.description == "Asked fee."
    entry = AuditEntry.objects.get(verb="crm.field.defined")
    assert (entry.actor, entry.target_label) == (strategist, "Fee")
    assert FactChange.objects.filter(brand=brand, creator=None).exists()


def test_another_brand_does_not_see_it(brand, other_brand, strategist):
    define(brand, "Fee", FieldType.MONEY)
    assert "fee" not in catalogue(other_brand)
    assert not CustomField.objects.visible_to(strategist).filter(brand=other_brand).exists()


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"key": "Tone"}, "key", "small letters"),
        ({"key": "1st"}, "key", "begins with a small letter"),
        ({"key": "x" * 61}, "key", "at most 60 characters"),
        ({"key": "unknown"}, "key", "word of the rule language"),
        ({"key": "followers"}, "key", "a fact that every brand has"),
        ({"key": "strength_x"}, "key", "a fact that every brand has"),
        ({"key": "themes"}, "key", "The field “Themes” has the key “themes”."),
        ({"label": "  "}, "key", "none can be made from this label"),
        ({"label": " ", "key": "tone"}, "label", "Give the field a label"),
        ({"label": "x" * 121, "key": "tone"}, "label", "at most 120 characters"),
        ({"unit": "x" * 31}, "unit", "at most 30 characters"),
        ({"description": "x" * 2_001}, "description", "at most 2,000 characters"),
        ({"kind": FieldType.CHOICE}, "choices", "Give the values to choose from"),
        ({"choices": [{"value": "a", "label": "A"}]}, "choices", "have a list"),
        (
            {"kind": FieldType.SET, "choices": [{"value": "Ä b", "label": "A"}]},
            "choices",
            "“Ä b” cannot be a value",
        ),
        (
            {
                "kind": FieldType.SET,
                "choices": [{"value": "a", "label": "A"}, {"value": "b", "label": "a"}],
            },
            "choices",
            "in the list twice",
        ),
        (
            {"kind": FieldType.SET, "choices": [{"value": "", "label": "A"}] * 2},
            "choices",
            "“A” is in the list twice",
        ),
        (
            {
                "kind": FieldType.SET,
                "choices": [{"value": f"v{n}", "label": f"V{n}"} for n in range(501)],
            },
            "choices",
            "at most 500 values",
        ),
        (
            {"kind": FieldType.SET, "choices": [{"value": "a", "label": "x" * 121}]},
            "choices",
            "too long",
        ),
    ],
)
def test_what_cannot_be_a_field_is_refused_and_nothing_changes(brand, given, field, words):
    with pytest.raises(FieldRefused, match=words) as refused:
        define(brand, **given)
    assert refused.value.field == field
    assert CustomField.objects.filter(brand=brand).count() == len(STANDARD)
    assert not AuditEntry.objects.exists()
    assert not FactChange.objects.exists()


def test_a_brand_has_a_limit_of_fields(brand, monkeypatch):
    monkeypatch.setattr("crm.services.fields.FIELDS_MAX", len(STANDARD))
    with pytest.raises(FieldRefused, match="at most"):
        define(brand)


def test_the_database_refuses_a_key_that_sql_could_not_hold(brand):
    with pytest.raises(IntegrityError, match="crm_field_key_valid"):
        CustomField.objects.create(brand=brand, key="a'b", label="A", type=FieldType.TEXT)


def test_a_field_is_reworded(brand, strategist):
    field = CustomField.objects.get(brand=brand, key="deal_focused")
    changes = {"label": "Lives  from deals", "position": 50, "description": field.description}
    change_field(field_id=field.pk, changes=changes, at=NOW, actor=strategist)
    field.refresh_from_db()
    assert (field.label, field.position) == ("Lives from deals", 50)
    entry = AuditEntry.objects.get()
    assert entry.verb == "crm.field.changed"
    assert entry.data == {
        "key": "deal_focused",
        "label": ["Deal-focused", "Lives from deals"],
        "position": [5, 50],
    }
    change_field(field_id=field.pk, changes=changes, at=NOW, actor=strategist)
    assert AuditEntry.objects.count() == 1


def test_a_list_grows_and_loses_only_what_nobody_holds(brand, strategist):
    field = CustomField.objects.get(brand=brand, key="formats")
    creator = RelationshipFactory(brand=brand).creator
    set_values(
        brand=brand,
        creator_ids=[creator.pk],
        values={"formats": ["interview", "routine"]},
        at=NOW,
        actor=strategist,
    )
    without = [one for one in field.choices if one["value"] != "routine"]
    with pytest.raises(FieldRefused, match=r"would lack: “Routine” \(1\)") as refused:
        change_field(field_id=field.pk, changes={"choices": without}, at=NOW, actor=strategist)
    assert refused.value.field == "choices"
    field.refresh_from_db()
    assert "routine" in field.labels
    kept = [one for one in field.choices if one["value"] in {"interview", "routine"}]
    wanted = [*kept, {"value": "", "label": "Live shopping", "definition": " Sells  live. "}]
    changed = change_field(field_id=field.pk, changes={"choices": wanted}, at=NOW, actor=strategist)
    assert changed.choices[-1] == {
        "value": "live_shopping",
        "label": "Live shopping",
        "definition": "Sells live.",
    }
    assert list(catalogue(brand)["formats"].allowed) == ["interview", "routine", "live_shopping"]


def test_words_that_creators_hold_stay_possible_when_a_set_gets_a_list(brand, strategist):
    field = CustomField.objects.get(brand=brand, key="themes")
    creator = RelationshipFactory(brand=brand).creator
    say = {"brand": brand, "creator_ids": [creator.pk], "at": NOW, "actor": strategist}
    set_values(**say, values={"themes": ["SPF"]})
    choices = [{"value": "skin", "label": "Skin"}]
    with pytest.raises(FieldRefused, match=r"would lack: “spf” \(1\)"):
        change_field(field_id=field.pk, changes={"choices": choices}, at=NOW, actor=strategist)


def test_an_archived_field_is_no_fact_until_it_is_brought_back(brand, strategist):
    field = CustomField.objects.get(brand=brand, key="content_role")
    archive_field(field_id=field.pk, at=NOW, actor=strategist)
    assert "content_role" not in catalogue(brand)
    assert "content_role" not in [
        one.key for one in CustomField.objects.filter(brand=brand).in_use()
    ]
    archive_field(field_id=field.pk, at=NOW, actor=strategist)
    with pytest.raises(FieldRefused, match="is archived: bring it back instead"):
        define(brand, "Content role")
    restore_field(field_id=field.pk, at=NOW, actor=strategist)
    assert "content_role" in catalogue(brand)
    verbs = AuditEntry.objects.order_by("number").values_list("verb", flat=True)
    assert list(verbs) == ["crm.field.archived", "crm.field.restored"]
    assert FactChange.objects.filter(brand=brand, creator=None, cause="field").count() == 2


def test_a_built_in_fact_keeps_its_key_from_a_field_of_before(brand):
    CustomField.objects.create(brand=brand, key="followers", label="Mine", type=FieldType.TEXT)
    assert catalogue(brand)["followers"].label == "Followers"
