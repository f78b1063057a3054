"""The timeline: four sources, one order, every event once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from crm import audit
from crm.audit.verbs import GROUPS
from crm.choices import ImportStatus, Stage
from crm.models import ImportBatch, Note, Platform, Relationship
from crm.paging import BadCursor
from crm.services import creators, notes, relationships
from crm.timeline import timeline
from tests.factories import (
    NOW,
    MetricSnapshotFactory,
    NoteFactory,
    ProfileFactory,
    RelationshipFactory,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def relationship(brand):
    return RelationshipFactory(brand=brand, creator__name="Ida Holm")


def told(relationship, **options):
    page = timeline(relationship, **options)
    return [(event.title, event.who, event.text) for event in page.items]


def batch(brand, user, **values):
    return ImportBatch.objects.create(
        **{
            "brand": brand,
            "created_by": user,
            "source": "modash",
            "file_name": "list.csv",
            "captured_at": NOW,
            "status": ImportStatus.APPLIED,
            "applied_at": NOW + 5 * HOUR,
        }
        | values
    )


def test_every_source_is_told_once_newest_first(brand, other_brand, relationship, manager):
    relationships.move_stage(
        relationship_id=relationship.pk,
        to=Stage.DECLINED,
        actor=manager,
        at=NOW + HOUR,
        reason="Too busy",
        expected_version=1,
    )
    relationships.change(
        relationship_id=relationship.pk,
        changes={"owner": manager, "next_step": "Ask in spring"},
        actor=manager,
        at=NOW + 2 * HOUR,
        expected_version=2,
    )
    notes.add_note(relationship=relationship, text="Nice talk", author=manager, at=NOW + 3 * HOUR)
    relationship = Relationship.objects.get()
    creators.add_profile(
        relationship=relationship,
        platform=Platform.objects.get(key="tiktok"),
        handle="ida",
        actor=manager,
        at=NOW + 4 * HOUR,
    )
    profile = relationship.creator.profiles.get()
    MetricSnapshotFactory(profile=profile, import_batch=batch(brand, manager))
    # Neither another brand's import nor one that was undone.
    MetricSnapshotFactory(
        profile=profile, captured_at=NOW + HOUR, import_batch=batch(other_brand, None)
    )
    MetricSnapshotFactory(
        profile=profile,
        captured_at=NOW + 2 * HOUR,
        import_batch=batch(brand, manager, status=ImportStatus.UNDONE),
    )
    assert told(relationship) == [
        ("Numbers from modash: list.csv", "manager", ""),
        ("Account added: tiktok ida", "manager", ""),
        ("Note", "manager", "Nice talk"),
        ("Next step: Ask in spring", "manager", ""),
        ("Owner: manager@acme.example, before nobody", "manager", ""),
        ("Moved from Prospect to Declined", "manager", "Too busy"),
        ("Became known as Prospect", "", ""),
    ]


def test_pages_meet_each_event_once_even_within_one_moment(brand, relationship, manager):
    for number in range(7):
        NoteFactory(relationship=relationship, text=str(number), created_at=NOW)
    for number in range(3):
        relationships.set_next_step(
            relationship_id=relationship.pk,
            text=f"step {number}",
            on=None,
            actor=manager,
            at=NOW,
            expected_version=None,
        )
    everything = timeline(relationship, size=50).items
    assert len(everything) == 11
    seen, cursor = [], None
    while True:
        page = timeline(relationship, cursor=cursor, size=2)
        seen += page.items
        if page.next is None:
            break
        cursor = page.next
    assert seen == everything


def test_a_cursor_that_is_not_ours_is_refused(relationship):
    with pytest.raises(BadCursor):
        timeline(relationship, cursor="nonsense")


def test_notes_of_another_brand_are_not_told(relationship, other_brand):
    theirs = RelationshipFactory(brand=other_brand, creator=relationship.creator)
    NoteFactory(relationship=theirs, text="Secret")
    assert Note.objects.count() == 1
    assert told(relationship) == [("Became known as Prospect", "", "")]


def test_an_import_by_profile_is_told(brand, relationship, manager):
    ProfileFactory(creator=relationship.creator, import_batch=batch(brand, manager))
    assert told(relationship)[0][0] == "Numbers from modash: list.csv"


def test_acts_are_told_in_words(brand, relationship):
    acts = {
        "campaigns.risk.changed": ({"tier": ["low", "high"]}, "Risk: high, before low"),
        "campaigns.trust.changed": (
            {"before": Decimal("62.0"), "score": Decimal("71.4")},
            "Trust: 71 of 100, before 62",
        ),
        "crm.privacy.told": ({}, f"{GROUPS['crm.privacy']}: told"),
    }
    for verb, (data, _words) in acts.items():
        audit.record(brand=brand, verb=verb, target=relationship, actor=None, at=NOW, data=data)
    shown = {event.title for event in timeline(relationship).items}
    assert shown >= {words for _data, words in acts.values()}
