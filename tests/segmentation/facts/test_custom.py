"""A brand's own fields as facts: as of the moment, with source and age, and rules over them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from crm.choices import FieldType, Source
from crm.models import CustomField
from crm.services.field_values import set_values
from crm.services.fields import archive_field, define_field, restore_field
from segmentation.choices import SegmentStatus
from segmentation.facts.catalogue import catalogue
from segmentation.facts.readings import read_facts
from segmentation.facts.refresh import refresh_facts
from segmentation.facts.scratch import scratch_facts
from segmentation.models import CreatorFacts, Membership
from segmentation.services.outbox import drain
from tests.factories import NOW, RelationshipFactory
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.runs.worlds import run_now

pytestmark = pytest.mark.django_db

EARLIER = NOW - timedelta(days=90)
LATER = NOW + timedelta(days=1)
VALUES = {
    "number": -0.1,
    "money": 1_234.5,
    "percent": 0.3,
    "text": "o'clock %s",
    "choice": "one",
    "set": ['with "quotes", commas', "{braces}", "spf", "null", "a\\b"],
    "date": date(2026, 3, 31),
    "boolean": False,
}


@pytest.fixture
def creator(brand):
    return RelationshipFactory(brand=brand, since=EARLIER).creator


def say(brand, creator, values, at=NOW, **more):
    set_values(brand=brand, creator_ids=[creator.pk], values=values, at=at, actor=None, **more)


def readings(brand, creator, as_of=NOW, *, stored=False):
    facts = catalogue(brand)
    return read_facts(brand=brand, creator=creator, as_of=as_of, facts=facts, stored=stored)


def test_a_field_of_each_type_is_read_as_it_was_said(brand, creator):
    for kind in FieldType:
        choices = [{"value": "one", "label": "One"}] if kind == FieldType.CHOICE else []
        define_field(
            brand=brand, label=f"my {kind}", type=kind, at=NOW, actor=None, choices=choices
        )
    say(brand, creator, {f"my_{kind}": value for kind, value in VALUES.items()})
    refresh_facts(brand=brand, as_of=NOW)
    wanted = {**VALUES, "set": sorted(VALUES["set"])}
    for stored in (False, True):
        found = readings(brand, creator, stored=stored)
        assert {kind: found[f"my_{kind}"].value for kind in VALUES} == wanted


def test_a_run_of_the_past_sees_what_was_said_then(brand, creator):
    say(brand, creator, {"content_role": "educator"}, at=EARLIER)
    say(brand, creator, {"content_role": "reviewer"}, at=NOW)
    say(brand, creator, {"content_role": None}, at=LATER)
    values = [
        readings(brand, creator, as_of)["content_role"].value
        for as_of in (EARLIER, NOW - timedelta(seconds=1), NOW, LATER)
    ]
    assert values == ["educator", "educator", "reviewer", None]
    with scratch_facts(brand, EARLIER) as table:
        assert table
        refresh_facts(brand=brand, as_of=EARLIER)
    assert CreatorFacts.objects.get().custom == {"content_role": "educator"}
    refresh_facts(brand=brand, as_of=LATER)
    assert CreatorFacts.objects.get().custom == {}


def test_brands_do_not_see_each_others_values(brand, other_brand, creator):
    RelationshipFactory(brand=other_brand, creator=creator, since=EARLIER)
    say(brand, creator, {"content_role": "educator"})
    refresh_facts(brand=other_brand, as_of=NOW)
    assert CreatorFacts.objects.get(brand=other_brand).custom == {}
    assert readings(other_brand, creator)["content_role"].value is None


def test_a_reading_tells_who_said_it_when_and_why(brand, creator, manager):
    set_values(
        brand=brand,
        creator_ids=[creator.pk],
        values={"risk_level": "high"},
        at=EARLIER,
        actor=manager,
        source=Source.VENDOR,
        note="Two missed disclosures",
    )
    found = readings(brand, creator)
    assert found["risk_level"].source == (
        f"Vendor by {manager.display_name} (Two missed disclosures)"
    )
    assert found["risk_level"].captured_at == EARLIER
    assert (found["content_role"].source, found["content_role"].captured_at) == (
        "Field of the brand",
        None,
    )


@pytest.mark.parametrize(
    ("rule", "inside"),
    [
        ("content_role is educator", True),
        ("content_role in (reviewer, entertainer)", False),
        ('themes any of ("SPF", "nothing")', True),
        ('themes all of ("spf", "how to")', True),
        ('themes none of ("spf")', False),
        ("formats is empty", True),
        ("formats any of (interview)", False),
        ("deal_focused is false", True),
        ("risk_level is unknown", True),
        ("risk_level is high", False),
    ],
)
def test_rules_read_fields(brand, creator, rule, inside):
    said = {
        "content_role": "educator",
        "themes": ["SPF", "how to"],
        "formats": [],
        "deal_focused": False,
    }
    say(brand, creator, said)
    segment = segment_of(dimension_of(brand), "custom", rule)
    run_now(brand)
    assert Membership.objects.filter(segment=segment, left_at=None).exists() is inside


def test_a_new_value_moves_the_creator_without_a_run(brand, creator):
    segment = segment_of(dimension_of(brand), "risky", "risk_level is high")
    run_now(brand)
    assert not Membership.objects.exists()
    say(brand, creator, {"risk_level": "high"}, at=LATER)
    drain(at=LATER)
    stay = Membership.objects.get(segment=segment)
    assert (stay.creator_id, stay.entered_at, stay.left_at) == (creator.pk, LATER, None)


def test_an_archived_field_breaks_its_segments_loudly_and_members_stay(brand, creator, strategist):
    segment = segment_of(dimension_of(brand), "risky", "risk_level is high")
    say(brand, creator, {"risk_level": "high"})
    run_now(brand)
    field = CustomField.objects.get(brand=brand, key="risk_level")
    archive_field(field_id=field.pk, at=LATER, actor=strategist)
    drain(at=LATER)
    segment.refresh_from_db()
    assert segment.status == SegmentStatus.BROKEN
    assert "The field “Risk” (risk_level) is archived: bring it back" in segment.broken_reason
    assert Membership.objects.get(segment=segment).left_at is None

    restore_field(field_id=field.pk, at=LATER, actor=strategist)
    drain(at=LATER)
    segment.refresh_from_db()
    assert (segment.status, segment.broken_reason) == (SegmentStatus.ACTIVE, "")
    assert Membership.objects.get(segment=segment).left_at is None
