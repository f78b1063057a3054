"""A merge of two creators and the ledger of segments: one history, masks in step, undone whole."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import models

from crm.models import Creator, Relationship
from crm.services import merge as merging
from crm.services.merge.tables import links_to
from segmentation.models import Change, CreatorFacts, Membership, Override, RunEvidence, Segment
from segmentation.services import outbox
from tests.factories import NOW, RelationshipFactory
from tests.segmentation.world import make_run, make_segment, stay

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def days(number):
    """So many days from now, to the microsecond as moments are in real life."""
    return NOW + timedelta(days=number, microseconds=7)


@pytest.fixture
def both(brand):
    return [
        RelationshipFactory(brand=brand, creator__name=name, since=days(-100))
        for name in ("Ida Holm", "Ida H.")
    ]


def ledger():
    return [
        (
            row.segment.key,
            row.creator.name,
            (row.entered_at - days(0)) / DAY,
            row.left_at and (row.left_at - days(0)) / DAY,
        )
        for row in Membership.objects.select_related("segment", "creator").order_by(
            "segment__key", "creator__name", "entered_at"
        )
    ]


def masks():
    return dict(CreatorFacts.objects.values_list("creator__name", "member_bits"))


def counts():
    return dict(Segment.objects.values_list("key", "members_count"))


def merge(both, actor=None, at=NOW):
    kept, gone = both
    return merging.merge(
        kept_id=kept.creator_id,
        gone_id=gone.creator_id,
        brand=kept.brand,
        choices={},
        actor=actor,
        at=at,
        allowed={kept.brand_id},
    )


def test_two_histories_become_one_and_two_again(brand, both):
    kept, gone = (one.creator for one in both)
    shared, theirs, past = (make_segment(brand, key) for key in ("shared", "theirs", "past"))
    stay(shared, kept, days(-60), days(-40))
    stay(shared, kept, days(-20))
    stay(shared, gone, days(-50), days(-30))
    stay(shared, gone, days(-10))
    stay(theirs, gone, days(-5))
    stay(past, gone, days(-70), days(-65))
    Segment.objects.filter(pk=shared.pk).update(members_count=2)
    Segment.objects.filter(pk=theirs.pk).update(members_count=1)
    for creator, bits in ((kept, 0b001), (gone, 0b011)):
        CreatorFacts.objects.create(
            brand=brand, creator=creator, as_of=days(-1), member_bits=[bits]
        )
    before = ledger(), masks(), counts()
    made = merge(both)
    assert ledger() == [
        ("past", "Ida Holm", -70, -65),
        ("shared", "Ida Holm", -60, -30),
        ("shared", "Ida Holm", -20, None),
        ("theirs", "Ida Holm", -5, None),
    ]
    assert masks() == {"Ida Holm": [0b011]}
    assert counts() == {"shared": 1, "theirs": 1, "past": 0}
    # A waiting change set leaves whoever is newer than it alone.
    assert CreatorFacts.objects.get().as_of == NOW
    merging.undo(merge_id=made.pk, actor=None, at=days(1), allowed={brand.pk})
    assert (ledger(), masks(), counts()) == before


def test_the_outbox_finds_ledger_and_masks_in_step(brand, both):
    _kept, gone = (one.creator for one in both)
    segment = make_segment(brand, "shared")
    stay(segment, gone, days(-10))
    Segment.objects.update(members_count=1)
    CreatorFacts.objects.create(brand=brand, creator=gone, as_of=days(-1), member_bits=[1])
    made = merge(both)
    # The rule asks for followers, which nobody knows: the creator leaves.
    outbox.drain(at=days(1))
    assert Membership.objects.filter(left_at=None).count() == counts()["shared"]
    merging.undo(merge_id=made.pk, actor=None, at=days(2), allowed={brand.pk})
    outbox.drain(at=days(3))
    assert Membership.objects.filter(left_at=None).count() == counts()["shared"]
    assert set(Membership.objects.values_list("creator__name", flat=True)) == {gone.name}


def test_lines_of_change_sets_move_and_none_stands_twice(brand, both):
    kept, gone = (one.creator for one in both)
    segment, other = make_segment(brand, "shared"), make_segment(brand, "other")
    run = make_run(brand, days(-10), status="waiting", applied_at=None)
    for creator, where in ((kept, segment), (gone, segment), (gone, other)):
        Change.objects.create(
            run=run, segment=where, version=where.active_version, creator=creator, kind="joined"
        )
    for creator in (kept, gone):
        RunEvidence.objects.create(run=run, creator=creator, values=[creator.name])
    before = sorted(Change.objects.values_list("pk", "creator"))
    made = merge(both)
    assert sorted(Change.objects.values_list("segment__key", "creator__name")) == [
        ("other", "Ida Holm"),
        ("shared", "Ida Holm"),
    ]
    assert RunEvidence.objects.get().values == ["Ida Holm"]
    merging.undo(merge_id=made.pk, actor=None, at=days(1), allowed={brand.pk})
    assert sorted(Change.objects.values_list("pk", "creator")) == before
    assert RunEvidence.objects.count() == 2


def test_decisions_of_people_move_and_the_kept_ones_stand(brand, both, strategist):
    kept, gone = (one.creator for one in both)
    segment, other = make_segment(brand, "shared"), make_segment(brand, "other")
    for creator, where, kind in (
        (kept, segment, "in"),
        (gone, segment, "out"),
        (gone, other, "in"),
    ):
        Override.objects.create(
            segment=where,
            creator=creator,
            kind=kind,
            reason="Seen",
            author=strategist,
            starts_at=NOW,
        )
    merge(both)
    assert sorted(Override.objects.values_list("segment__key", "creator__name", "kind")) == [
        ("other", "Ida Holm", "in"),
        ("shared", "Ida Holm", "in"),
    ]


@pytest.mark.parametrize("model", [Creator, Relationship])
def test_a_walk_meets_only_tables_that_it_can_move(model):
    """Composite keys and the like are moved by a Part of their app: add the table to one."""
    for link in links_to(model):
        assert not isinstance(link.model._meta.pk, models.CompositePrimaryKey), link.key
        assert link.model._meta.pk.column == "id", link.key
        assert not any(field.generated for field in link.model._meta.concrete_fields), link.key
