"""What a merge did is undone to the last row, or not at all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from crm.choices import ImportStatus
from crm.models import (
    AuditEntry,
    Creator,
    CreatorTag,
    CustomField,
    DuplicatePair,
    Enrolment,
    FieldValue,
    ImportBatch,
    PostalAddress,
    Relationship,
    Reminder,
    Sequence,
    SequenceVersion,
    Snooze,
    SuppressedAddress,
    Suppression,
    Tag,
    Task,
    Thread,
)
from crm.services import merge as merging
from crm.services import relationships
from crm.services.imports.hindrances import reasons_against
from tests.crm.duplicates.worlds import DAY, everything, merge
from tests.factories import NOW, CreatorNicheFactory, RelationshipFactory

pytestmark = pytest.mark.django_db


def test_an_undo_brings_back_every_row(ida, double, manager, brand):
    tag = Tag.objects.create(brand=brand, key="vegan", name="Vegan")
    for creator in (ida.creator, double.creator):
        CreatorTag.objects.create(tag=tag, creator=creator, created_at=NOW)
    niche = CreatorNicheFactory(creator=ida.creator).niche
    CreatorNicheFactory(creator=double.creator, niche=niche)
    field = CustomField.objects.filter(
        brand=brand, type="text"
    ).first() or CustomField.objects.create(brand=brand, key="shoe", label="Shoe", type="text")
    FieldValue.objects.create(field=field, creator=ida.creator, since=NOW - 2 * DAY, text="38")
    FieldValue.objects.create(field=field, creator=double.creator, since=NOW - DAY, text="39")
    stranger = RelationshipFactory(brand=brand).creator
    DuplicatePair.objects.create(
        brand=brand,
        first=double.creator,
        second=stranger,
        score=50,
        reasons=[],
        found_at=NOW,
        decided_at=NOW,
        why_different="Sisters",
    )
    before = everything()
    # A moment as clocks have it: what the merge notes is kept to the microsecond.
    at = NOW + timedelta(microseconds=123_456)
    made = merge(ida, double, manager, at=at, choices={f"field-{field.key}": "kept"})
    assert everything() != before
    held = FieldValue.objects.filter(creator=ida.creator).order_by("since")
    assert list(held.values_list("text", flat=True)) == ["38", "39", "38"]
    pair = DuplicatePair.objects.get()
    assert {pair.first_id, pair.second_id} == {ida.creator_id, stranger.pk}
    merging.undo(merge_id=made.pk, actor=manager, at=NOW + DAY, allowed={brand.pk})
    assert everything() == before
    made.refresh_from_db()
    assert (made.undone_at, made.undone_by) == (NOW + DAY, manager)
    assert AuditEntry.objects.filter(verb="crm.creator.merge_undone").count() == 1


def put_off(user, relationship, source, row):
    Snooze.objects.create(
        user=user, brand=relationship.brand, source=source, row=row, until=date(2026, 12, 1)
    )


def test_a_day_s_work_with_both_is_one_creators_and_two_again(ida, double, manager, brand):
    for row in (ida, double):
        Task.objects.create(brand=brand, relationship=row, title=f"Call {row.creator}")
        Thread.objects.create(brand=brand, relationship=row, subject=str(row.creator))
        Reminder.objects.create(user=manager, relationship=row, due_at=NOW, sent_at=NOW)
        entry = Suppression.objects.create(
            brand=brand,
            creator=row.creator,
            is_person=True,
            reason="opt_out",
            origin="link",
            at=NOW,
        )
        for digest in ("both", str(row.creator)):
            SuppressedAddress.objects.create(suppression=entry, brand=brand, digest=digest)
        PostalAddress.objects.create(
            brand=brand,
            creator=row.creator,
            recipient="Ida",
            street=f"Street of {row.creator}",
            city="Aarhus",
            country="DK",
            confirmed_at=NOW - (DAY if row == ida else 0 * DAY),
        )
    sequence = Sequence.objects.create(brand=brand, name="Spring")
    Enrolment.objects.create(
        brand=brand,
        version=SequenceVersion.objects.create(sequence=sequence, number=1),
        relationship=double,
        stage_at_start="core",
        started_at=NOW,
    )
    put_off(manager, ida, "next_step", ida.pk)
    for source in ("next_step", "stalled_core", "task"):
        put_off(manager, ida, source, double.pk)
    before = everything()
    made = merge(ida, double, manager)
    assert set(Snooze.objects.values_list("source", "row")) == {
        ("next_step", ida.pk),
        ("stalled_core", ida.pk),
        # The number of a task.
        ("task", double.pk),
    }
    assert set(ida.tasks.values_list("title", flat=True)) == {"Call Ida Holm", "Call Ida H."}
    assert ida.threads.count() == 2
    assert Reminder.objects.get().relationship == ida
    assert Enrolment.objects.get().relationship == ida
    address = PostalAddress.objects.get()
    assert (address.creator, address.street, address.confirmed_at) == (
        ida.creator,
        "Street of Ida H.",
        NOW,
    )
    entry = Suppression.objects.get()
    assert entry.creator == ida.creator
    assert set(entry.addresses.values_list("digest", flat=True)) == {"both", "Ida Holm", "Ida H."}
    merging.undo(merge_id=made.pk, actor=manager, at=NOW + DAY, allowed={brand.pk})
    assert everything() == before
    merge(ida, double, manager, choices={"address-acme": "kept"})
    assert PostalAddress.objects.get().street == "Street of Ida Holm"


def test_an_undo_waits_for_what_is_newer(ida, double, manager, brand):
    made = merge(ida, double, manager)
    relationships.change(
        relationship_id=ida.pk,
        changes={"owner": None},
        actor=manager,
        at=NOW + DAY,
        expected_version=None,
    )
    before = everything()
    with pytest.raises(merging.UndoRefused, match="set owner or next step, since"):
        merging.undo(merge_id=made.pk, actor=manager, at=NOW + 2 * DAY, allowed={brand.pk})
    assert everything() == before


def test_merges_are_undone_from_the_last_on(ida, double, manager, brand):
    third = RelationshipFactory(brand=brand, creator__name="I. Holm")
    before = everything()
    first = merge(ida, double, manager)
    second = merge(third, ida, manager, at=NOW + DAY)
    gone = Creator.objects.get(pk=double.creator_id)
    assert gone.merged_into_id == third.creator_id
    with pytest.raises(merging.UndoRefused, match=r"Ida Holm was merged into I\. Holm later"):
        merging.undo(merge_id=first.pk, actor=manager, at=NOW + 2 * DAY, allowed={brand.pk})
    for made in (second, first):
        merging.undo(merge_id=made.pk, actor=manager, at=NOW + 2 * DAY, allowed={brand.pk})
    assert everything() == before


def test_an_import_of_merged_creators_is_not_undone_before_the_merge(ida, double, manager, brand):
    batch = ImportBatch.objects.create(
        brand=brand,
        source="modash",
        file_name="list.csv",
        captured_at=NOW,
        status=ImportStatus.APPLIED,
        applied_at=NOW,
    )
    Creator.objects.filter(pk=double.creator_id).update(import_batch=batch)
    Relationship.objects.filter(pk=double.pk).update(import_batch=batch)
    made = merge(ida, double, manager)
    assert "Creators that were merged since: 1. Undo the merges first." in reasons_against(batch)
    merging.undo(merge_id=made.pk, actor=manager, at=NOW + DAY, allowed={brand.pk})
    assert not any("merged" in reason for reason in reasons_against(batch))
