"""Merges beside other merges and imports: one after the other, and words for who waits."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from django.db import connection, transaction

from crm.models import Creator, Merge, Relationship
from crm.services import merge as merging
from tests.crm.test_at_once import at_once
from tests.factories import NOW, NoteFactory, RelationshipFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_drain(monkeypatch):
    """What happens after the commit is somebody else's test."""
    monkeypatch.setattr("crm.services.facts._ask_to_drain", lambda: None)


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """On a busy machine one merge may take longer than a person waits for another."""
    monkeypatch.setattr("segmentation.services.ledger.PATIENCE", 60)


def merge(kept, gone):
    return lambda: merging.merge(
        kept_id=kept.creator_id,
        gone_id=gone.creator_id,
        brand=kept.brand,
        choices={},
        actor=None,
        at=NOW,
        allowed={kept.brand_id},
    )


def test_of_two_who_merge_the_same_one_is_told(brand):
    one, two, three = (RelationshipFactory(brand=brand) for _ in range(3))
    for relationship in (one, two, three):
        NoteFactory(relationship=relationship)
    results = at_once(merge(one, three), merge(two, three))
    assert sorted(type(result).__name__ for result in results) == ["AlreadyMerged", "Merge"]
    # And crosswise, where a wrong order of locks would be a dead lock.
    kept = Merge.objects.get().kept_id
    left = next(row for row in (one, two) if row.creator_id != kept)
    stays = next(row for row in (one, two) if row.creator_id == kept)
    results = at_once(merge(left, stays), merge(stays, left))
    assert sorted(type(result).__name__ for result in results) == ["AlreadyMerged", "Merge"]
    assert Creator.objects.filter(merged_into=None).count() == 1
    assert Relationship.objects.get().notes.count() == 3


def test_nobody_merges_while_an_import_is_written(brand):
    one, two = (RelationshipFactory(brand=brand) for _ in range(2))
    written, done = Event(), Event()

    def hold_the_lock():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('crm.import', 0))")
            written.set()
            done.wait(10)
        connection.close()

    writer = Thread(target=hold_the_lock)
    writer.start()
    written.wait(10)
    try:
        with pytest.raises(merging.BusyImporting, match="An import is being written"):
            merge(one, two)()
    finally:
        done.set()
        writer.join()
    assert not Merge.objects.exists()
    assert merge(one, two)().gone_id == two.creator_id
