"""What fields hold for creators: checked by type, kept with history, source, note and author."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from crm.choices import FieldType, Source
from crm.field_types import ValueRefused, clean, shown
from crm.models import AuditEntry, CustomField, FactChange, FieldValue
from crm.services.field_values import FieldValuesRefused, set_values
from crm.services.fields import archive_field
from crm.timeline import timeline
from tests.factories import NOW, CreatorFactory, RelationshipFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)

CHOICES = [{"value": "low", "label": "Low"}, {"value": "high_one", "label": "High one"}]


def field(kind: FieldType, *, listed: bool = False, unit: str = "") -> CustomField:
    return CustomField(key="f", label="F", type=kind, unit=unit, choices=CHOICES if listed else [])


@pytest.mark.parametrize(
    ("kind", "listed", "given", "held", "words"),
    [
        (FieldType.NUMBER, False, 1_234, 1_234.0, "1,234 kg"),
        (FieldType.NUMBER, False, -0.1, -0.1, "-0.1 kg"),
        (FieldType.MONEY, False, 1_234.5, 1_234.5, "1,234.50 kg"),
        (FieldType.PERCENT, False, 0.125, 0.125, "12.5 %"),
        (FieldType.PERCENT, False, -10, -10.0, "-1,000 %"),
        (FieldType.TEXT, False, "  two \n words ", "two words", "two words"),
        (FieldType.CHOICE, True, "low", "low", "Low"),
        (FieldType.CHOICE, True, "HIGH ONE", "high_one", "High one"),
        (FieldType.SET, True, ["Low", "high_one", "LOW"], ["high_one", "low"], "High one, Low"),
        (FieldType.SET, False, ["SPF", "how  to", "spf"], ["how to", "spf"], "how to, spf"),
        (FieldType.SET, False, [], [], "none"),
        (FieldType.DATE, False, "2026-03-31", date(2026, 3, 31), "31 March 2026"),
        (FieldType.DATE, False, date(2026, 3, 1), date(2026, 3, 1), "1 March 2026"),
        (FieldType.BOOLEAN, False, False, False, "no"),
        (FieldType.BOOLEAN, False, True, True, "yes"),
    ],
)
def test_values_that_a_type_takes(kind, listed, given, held, words):
    made = field(kind, listed=listed, unit="kg" if kind in {"number", "money"} else "")
    value = clean(made, given)
    assert value == held
    assert type(value) is type(held)
    assert shown(made, value) == words
    assert shown(made, None) == ""


@pytest.mark.parametrize(
    ("kind", "listed", "given", "words"),
    [
        (FieldType.NUMBER, False, "12", "“F” is a number."),
        (FieldType.NUMBER, False, True, "“F” is a number."),
        (FieldType.NUMBER, False, float("nan"), "a number between"),
        (FieldType.NUMBER, False, float("inf"), "a number between"),
        (FieldType.NUMBER, False, 10**400, "a number between"),
        (FieldType.PERCENT, False, 35, "35 would be 3,500 %. A percentage is given as a fraction"),
        (FieldType.PERCENT, False, "x", "is a fraction: 0.35 is 35 %"),
        (FieldType.PERCENT, False, 10**400, "is a fraction: 0.35 is 35 %"),
        (FieldType.TEXT, False, " ", "is empty"),
        (FieldType.TEXT, False, "a\0b", "cannot be shown"),
        (FieldType.TEXT, False, "x" * 501, "has 501 characters; it may have 500"),
        (FieldType.TEXT, False, 5, "“F” is text."),
        (FieldType.CHOICE, True, "medium", "“medium” is no value of “F”: it is one of Low, High"),
        (FieldType.SET, True, ["low", "x"], "“x” is no value"),
        (FieldType.SET, False, "spf", "is a list of values"),
        (FieldType.SET, False, {"spf": 1}, "is a list of values"),
        (FieldType.SET, False, ["x" * 121], "it may have 120"),
        (FieldType.SET, False, [str(n) for n in range(101)], "has 101 values; it may have 100"),
        (FieldType.DATE, False, "31.3.2026", "a date such as 2026-03-31"),
        (FieldType.DATE, False, NOW, "a date such as 2026-03-31"),
        (FieldType.DATE, False, 20260331, "a date such as 2026-03-31"),
        (FieldType.DATE, False, "0001-01-01", "between 1900 and 2200"),
        (FieldType.BOOLEAN, False, "yes", "is yes or no"),
        (FieldType.BOOLEAN, False, 1, "is yes or no"),
    ],
)
def test_values_that_a_type_refuses_with_words(kind, listed, given, words):
    with pytest.raises(ValueRefused) as refused:
        clean(field(kind, listed=listed), given)
    assert words in str(refused.value)


def say(brand, creators, values, *, at=NOW, actor=None, **more) -> int:
    return set_values(
        brand=brand,
        creator_ids=[one.pk for one in creators],
        values=values,
        at=at,
        actor=actor,
        **more,
    )


@pytest.fixture
def creator(brand):
    return RelationshipFactory(brand=brand).creator


def held(creator, key, at=NOW):
    rows = FieldValue.objects.filter(creator=creator, field__key=key).as_of(at)
    return [row.value for row in rows]


def test_a_value_is_kept_with_source_note_and_author(brand, creator, manager):
    assert (
        say(brand, [creator], {"content_role": "Educator"}, actor=manager, note=" Her  series ")
        == 1
    )
    row = FieldValue.objects.get()
    assert (row.value, row.text, row.source, row.note) == (
        "educator",
        "educator",
        Source.MANUAL,
        "Her series",
    )
    assert (row.author, row.since, row.import_batch) == (manager, NOW, None)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.target_id) == ("crm.field_value.set", creator.pk)
    assert entry.data == {"values": {"content_role": [None, "Educator"]}, "note": "Her series"}
    assert list(FactChange.objects.values_list("brand", "creator")) == [(brand.pk, creator.pk)]


def test_what_is_equal_is_not_written(brand, creator, manager):
    say(brand, [creator], {"themes": ["spf", "skin"]}, actor=manager)
    FactChange.objects.all().delete()
    again = say(brand, [creator], {"themes": ["Skin", "SPF"]}, at=LATER, actor=manager)
    assert again == 0
    assert FieldValue.objects.count() == AuditEntry.objects.count() == 1
    assert not FactChange.objects.exists()
    assert say(brand, [creator], {"themes": ["Skin", "SPF"]}, at=LATER, note="Looked again") == 1


def test_history_stays_and_the_moment_decides(brand, creator):
    say(brand, [creator], {"content_role": "educator"}, at=NOW - timedelta(days=90))
    say(brand, [creator], {"content_role": "reviewer"}, at=NOW)
    say(brand, [creator], {"content_role": None}, at=LATER)
    assert held(creator, "content_role", NOW - timedelta(days=91)) == []
    assert held(creator, "content_role", NOW - timedelta(days=1)) == ["educator"]
    assert held(creator, "content_role", NOW) == ["reviewer"]
    assert held(creator, "content_role", LATER) == [None]
    assert FieldValue.objects.count() == 3
    assert AuditEntry.objects.order_by("number").last().data["values"] == {
        "content_role": ["Reviewer", None]
    }


def test_what_was_never_known_cannot_be_taken_away(brand, creator):
    assert say(brand, [creator], {"content_role": None}) == 0
    assert not FieldValue.objects.exists()
    assert not AuditEntry.objects.exists()


def test_two_values_of_one_moment_are_one(brand, creator):
    say(brand, [creator], {"content_role": "educator"})
    say(brand, [creator], {"content_role": "reviewer"})
    assert held(creator, "content_role") == ["reviewer"]
    assert FieldValue.objects.count() == 1


def test_one_refused_value_keeps_all_from_being_written(brand, creator):
    with pytest.raises(FieldValuesRefused) as refused:
        say(brand, [creator], {"content_role": "x", "risk_level": "low", "nothing": 1})
    assert set(refused.value.problems) == {"content_role", "nothing"}
    assert refused.value.problems["content_role"].code == "unknown_value"
    assert refused.value.problems["nothing"].code == "unknown_field"
    assert not FieldValue.objects.exists()
    assert not AuditEntry.objects.exists()
    assert not FactChange.objects.exists()


def test_an_archived_field_takes_no_values(brand, creator, strategist):
    archive_field(
        field_id=CustomField.objects.get(brand=brand, key="themes").pk, at=NOW, actor=strategist
    )
    with pytest.raises(FieldValuesRefused, match="no field “themes”"):
        say(brand, [creator], {"themes": ["spf"]})


def test_a_note_is_short(brand, creator):
    with pytest.raises(FieldValuesRefused, match="at most 300 characters"):
        say(brand, [creator], {"risk_level": "low"}, note="x" * 301)


def test_only_creators_whom_the_brand_knows(brand, other_brand, creator):
    stranger = RelationshipFactory(brand=other_brand).creator
    assert say(brand, [creator, stranger, CreatorFactory()], {"risk_level": "low"}) == 1
    assert FieldValue.objects.get().creator == creator


def test_many_at_once_are_a_few_statements_and_one_entry(
    brand, strategist, django_assert_num_queries
):
    many = [RelationshipFactory(brand=brand).creator for _ in range(20)]
    say(brand, many[:5], {"risk_level": "low"}, actor=strategist)
    with django_assert_num_queries(9):  # fields, insert, outbox, audit 2, savepoints 4
        assert say(brand, many, {"risk_level": "low"}, at=LATER, actor=strategist) == 15
    entry = AuditEntry.objects.order_by("number").last()
    assert (entry.verb, entry.target_label) == ("crm.field_value.set_for_many", "Acme")
    assert entry.data == {"values": {"risk_level": "Low"}, "note": "", "creators": 15}


def test_more_than_a_few_thousand_are_told_as_the_whole_brand(brand, monkeypatch):
    monkeypatch.setattr("crm.services.field_values.SINGLE_FACTS_MAX", 1)
    many = [RelationshipFactory(brand=brand).creator for _ in range(2)]
    say(brand, many, {"risk_level": "low"})
    assert FactChange.objects.get().creator is None


def test_the_database_takes_one_kind_of_value(brand, creator):
    made = CustomField.objects.get(brand=brand, key="themes")
    with pytest.raises(IntegrityError, match="crm_field_value_single"), transaction.atomic():
        FieldValue.objects.create(field=made, creator=creator, since=NOW, text="a", tags=["a"])


def test_values_go_with_the_creator(brand, creator):
    say(brand, [creator], {"risk_level": "low"})
    creator.delete()
    assert not FieldValue.objects.exists()


def test_the_timeline_tells_it_in_words(brand, creator, manager):
    say(brand, [creator], {"content_role": "educator"}, actor=manager, note="Her series")
    say(brand, [creator], {"content_role": None}, at=LATER, actor=manager)
    relationship = creator.relationships.select_related("brand", "creator").get()
    told = [(event.title, event.text, event.who) for event in timeline(relationship).items]
    assert told[0] == ("Content role: not known any more", "", manager.display_name)
    assert ("Content role: Educator", "Her series", manager.display_name) in told
