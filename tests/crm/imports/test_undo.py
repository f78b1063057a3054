"""Undo: the state of before, exactly; refused once others have built on it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, models
from django.test import Client

from crm.choices import ImportStatus
from crm.importers.mapping import Kind
from crm.models import (
    Agent,
    AuditEntry,
    Brand,
    Creator,
    Enrolment,
    FactChange,
    ImportBatch,
    Job,
    JobRow,
    MetricSnapshot,
    PostalAddress,
    Profile,
    Relationship,
    Reminder,
    Representation,
    Sequence,
    SequenceVersion,
    Suppression,
    Task,
    Thread,
    User,
)
from crm.services import merge as merging
from crm.services.imports.hanging import ELSEWHERE, GOES_WITH, hangings, hindering
from crm.services.imports.hindrances import reasons_against
from crm.services.imports.undoing import UndoRefused, undo_import
from crm.services.imports.writing import ADDED
from crm.services.metrics import refresh_metrics
from tests.crm.imports.conftest import Put
from tests.crm.imports.state import dump, imported
from tests.crm.imports.test_apply import LIST, POSTS, TRENDING
from tests.factories import NOW, CreatorFactory, NoteFactory, ProfileFactory, RelationshipFactory

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


def test_undo_of_a_first_import_leaves_nothing(brand: Brand, manager: User, put: Put) -> None:
    before = dump()
    batch, _ = imported(brand, put(LIST))
    assert dump() != before
    FactChange.objects.all().delete()
    undo_import(batch_id=batch.pk, actor=manager, at=LATER)
    assert dump() == before
    batch.refresh_from_db()
    assert (batch.status, batch.undone_at) == (ImportStatus.UNDONE, LATER)
    entry = AuditEntry.objects.order_by("-number").first()
    assert entry is not None
    assert (entry.verb, entry.actor) == ("crm.import.undone", manager)
    assert entry.data["removed"]["creator"] == 2
    assert not FactChange.objects.exists()


def test_undo_puts_back_what_was_changed(brand: Brand, other_brand: Brand, put: Put) -> None:
    anna = CreatorFactory(name="Anna Old", country="SE")
    profile = ProfileFactory(
        creator=anna,
        handle="anna.berg",
        followers=5,
        engagement_rate=0.1234567890123,
        metrics_at=NOW - timedelta(days=100),
        metrics_source="creator",
        bio="Hej",
    )
    RelationshipFactory(brand=other_brand, creator=anna)
    imported(brand, put("username,followers\nbo,1\n", "other.csv"), platform="instagram")
    refresh_metrics(creator_ids=None, as_of=NOW)
    before = dump()
    batch, counts = imported(brand, put(LIST))
    assert (counts.creators_new, counts.creators_updated) == (0, 2)
    profile.refresh_from_db()
    assert (profile.followers, profile.creator.name) == (13_800_000, "Anna Berg")
    undo_import(batch_id=batch.pk, actor=None, at=LATER)
    assert dump() == before
    assert FactChange.objects.filter(creator=anna).exists()


@pytest.mark.parametrize(("text", "name"), [(POSTS, "posts.jsonl"), (TRENDING, "videos.csv")])
def test_undo_of_posts(brand: Brand, put: Put, text: str, name: str) -> None:
    first = text.splitlines(keepends=True)
    imported(brand, put("".join(first[:2]), name), kind=Kind.POSTS, captured_on=date(2026, 1, 1))
    before = dump()
    batch, counts = imported(brand, put(text, name), kind=Kind.POSTS, captured_on=date(2026, 2, 1))
    assert counts.posts_new >= 1
    undo_import(batch_id=batch.pk, actor=None, at=LATER)
    assert dump() == before


def test_after_undo_the_file_can_be_imported_again(brand: Brand, put: Put) -> None:
    batch, first = imported(brand, put(LIST))
    undo_import(batch_id=batch.pk, actor=None, at=LATER)
    _, again = imported(brand, put(LIST))
    assert again == first


def test_imports_are_undone_newest_first(brand: Brand, put: Put) -> None:
    start = dump()
    older, _ = imported(
        brand, put("username,followers\nanna,5\nbo,6\n"), captured_on=date(2022, 1, 1)
    )
    between = dump()
    newer, _ = imported(brand, put("username,followers\nanna,7\n"), captured_on=date(2022, 2, 1))
    before = dump()
    with pytest.raises(UndoRefused, match=f"later import #{newer.pk} .* undo that one first"):
        undo_import(batch_id=older.pk, actor=None, at=LATER)
    assert dump() == before
    older.refresh_from_db()
    assert older.status == ImportStatus.APPLIED
    undo_import(batch_id=newer.pk, actor=None, at=LATER)
    assert dump() == between
    undo_import(batch_id=older.pk, actor=None, at=LATER)
    assert dump() == start


def test_a_later_import_of_others_is_no_hindrance(brand: Brand, put: Put) -> None:
    older, _ = imported(brand, put("username,followers\nanna,5\n"))
    imported(brand, put("username,followers\nbo,6\n"))
    undo_import(batch_id=older.pk, actor=None, at=LATER)
    assert list(Profile.objects.values_list("handle", flat=True)) == ["bo"]


def test_another_brand_that_works_with_the_creators_is_a_hindrance(
    brand: Brand, other_brand: Brand, put: Put
) -> None:
    path = put("username,followers\nanna,5\n")
    batch, _ = imported(brand, path)
    imported(other_brand, path)
    with pytest.raises(UndoRefused, match="Another brand's import"):
        undo_import(batch_id=batch.pk, actor=None, at=LATER)


def build_on_it(what: str, batch: ImportBatch) -> None:
    relationship = Relationship.objects.get(creator__profiles__handle="anna.berg")
    profile = Profile.objects.get(handle="anna.berg")
    if what == "note":
        NoteFactory(relationship=relationship)
    elif what == "step":
        Relationship.objects.filter(pk=relationship.pk).update(next_step="Call", version=2)
    elif what == "name":
        creator = Creator.objects.get(pk=profile.creator_id)
        creator.name = "Somebody"
        creator.save()
    elif what == "number":
        MetricSnapshot.objects.create(profile=profile, captured_at=LATER, followers=1)
    elif what == "task":
        for title in ("Call", "Write"):
            Task.objects.create(brand=batch.brand, relationship=relationship, title=title)
    elif what == "mail":
        Thread.objects.create(brand=batch.brand, relationship=relationship)
    elif what == "sequence":
        enrol(relationship)
    elif what == "address":
        PostalAddress.objects.create(
            brand=batch.brand,
            creator_id=profile.creator_id,
            recipient="x",
            street="x",
            city="x",
            confirmed_at=NOW,
        )
    elif what == "agent":
        agent = Agent.objects.create(brand=batch.brand, name="Bo")
        Representation.objects.create(agent=agent, creator_id=profile.creator_id)


def enrol(relationship: Relationship) -> Enrolment:
    sequence = Sequence.objects.create(brand=relationship.brand, name="Spring")
    return Enrolment.objects.create(
        brand=relationship.brand,
        version=SequenceVersion.objects.create(sequence=sequence, number=1),
        relationship=relationship,
        stage_at_start=relationship.stage,
        started_at=NOW,
    )


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("note", "Creators that have notes: 1."),
        ("step", "Creators that were moved, or got an owner or a next step, since: 1."),
        ("name", "Creators that were edited since: 1."),
        ("number", "Profile numbers added by hand since: 1."),
        ("task", "Tasks about creators that it added: 2."),
        ("mail", "Conversations about creators that it added: 1."),
        ("sequence", "Stays in sequences about creators that it added: 1."),
        ("address", "Postal addresses about creators that it added: 1."),
        ("agent", "Agents about creators that it added: 1."),
    ],
)
def test_what_people_did_since_is_not_thrown_away(
    brand: Brand, put: Put, what: str, words: str
) -> None:
    batch, _ = imported(brand, put(LIST))
    build_on_it(what, batch)
    before = dump()
    with pytest.raises(UndoRefused, match=words):
        undo_import(batch_id=batch.pk, actor=None, at=LATER)
    assert dump() == before
    assert len(reasons_against(batch)) == 1


def test_what_hinders_is_told_by_kind_and_number_before_anything_happens(
    brand: Brand, put: Put, manager_client: Client
) -> None:
    batch, _ = imported(brand, put(LIST))
    for what in ("task", "mail", "note"):
        build_on_it(what, batch)
    page = manager_client.get(f"/acme/imports/{batch.pk}/undo/")
    assert page.status_code == 409
    for words in (
        "Creators that have notes: 1.",
        "Conversations about creators that it added: 1.",
        "Tasks about creators that it added: 2.",
    ):
        assert words in page.content.decode()
    assert "Undo the import</button>" not in page.content.decode()


def test_what_the_product_wrote_itself_goes_along(brand: Brand, manager: User, put: Put) -> None:
    """Rows of jobs, reminders; that somebody opted out stays, without whom it was about."""
    before = dump()
    batch, _ = imported(brand, put(LIST))
    relationship = Relationship.objects.get(creator__profiles__handle="anna.berg")
    job = Job.objects.create(brand=brand, asked_by=manager, kind="x", title="x")
    JobRow.objects.create(job=job, relationship=relationship)
    Reminder.objects.create(user=manager, relationship=relationship, due_at=NOW, sent_at=NOW)
    Suppression.objects.create(
        brand=brand, creator=relationship.creator, reason="opt_out", origin="link", at=NOW
    )
    assert reasons_against(batch) == []
    undo_import(batch_id=batch.pk, actor=None, at=LATER)
    assert dump() == before
    assert not JobRow.objects.exists()
    assert Suppression.objects.get().creator is None


def test_a_merge_that_was_undone_goes_with_its_creators(
    brand: Brand, manager: User, put: Put
) -> None:
    batch, _ = imported(brand, put(LIST))
    one, other = Creator.objects.order_by("pk")
    made = merging.merge(
        kept_id=one.pk,
        gone_id=other.pk,
        brand=brand,
        choices={},
        actor=manager,
        at=NOW,
        allowed={brand.pk},
    )
    merging.undo(merge_id=made.pk, actor=manager, at=NOW, allowed={brand.pk})
    undo_import(batch_id=batch.pk, actor=None, at=LATER)
    assert not Creator.objects.exists()


def test_every_key_to_an_imported_row_is_followed() -> None:
    """A new table hinders unless it says otherwise; what is left to the database goes there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text,"
            " c.confdeltype FROM pg_constraint c JOIN pg_attribute a"
            " ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
            " WHERE c.contype = 'f' AND c.confrelid::regclass::text = ANY(%s)"
            " AND NOT c.conrelid::regclass::text = ANY(%s)",
            [list(ADDED), list(ADDED)],
        )
        kept = {tuple(row[:3]): row[3] for row in cursor.fetchall()}
    found = {(one.model._meta.db_table, one.column, one.parent): one for one in hangings()}
    # A cascade or a trigger of the database sees to these.
    left = {key for key, one in found.items() if one.on_delete is models.DO_NOTHING}
    assert {key for key, deletion in kept.items() if deletion == "a"} == set(found) - left
    labels = {one.model._meta.label for one in found.values()}
    assert {*GOES_WITH, *ELSEWHERE} <= labels
    assert {"crm.Task", "crm.Thread", "crm.Enrolment"} <= {
        one.model._meta.label for one in hindering()
    }


def test_a_change_by_hand_of_what_the_import_changed_is_a_hindrance(brand: Brand, put: Put) -> None:
    profile = ProfileFactory(handle="anna.berg", followers=5)
    batch, _ = imported(brand, put(LIST))
    Profile.objects.filter(pk=profile.pk).update(followers=99)
    with pytest.raises(UndoRefused, match="Profiles that it changed and that changed again since"):
        undo_import(batch_id=batch.pk, actor=None, at=LATER)


def test_a_change_by_hand_of_something_else_stays(brand: Brand, put: Put) -> None:
    profile = ProfileFactory(handle="anna.berg", followers=5)
    batch, _ = imported(brand, put(LIST))
    Profile.objects.filter(pk=profile.pk).update(bio="Written since")
    undo_import(batch_id=batch.pk, actor=None, at=LATER)
    profile.refresh_from_db()
    assert (profile.followers, profile.bio) == (5, "Written since")


def test_a_niche_that_has_come_into_use_stays(brand: Brand, put: Put) -> None:
    older, _ = imported(brand, put("username,category\nanna,Beauty\n"))
    _, counts = imported(brand, put("username,category\nbo,Beauty\n"))
    assert counts.creators_new == 1
    undo_import(batch_id=older.pk, actor=None, at=LATER)
    assert Creator.objects.get().niches.get().key == "beauty"


def test_an_import_that_was_not_applied_cannot_be_undone(brand: Brand, put: Put) -> None:
    batch, _ = imported(brand, put(LIST))
    ImportBatch.objects.filter(pk=batch.pk).update(status=ImportStatus.CHECKED)
    with pytest.raises(UndoRefused, match="checked, not applied"):
        undo_import(batch_id=batch.pk, actor=None, at=LATER)
