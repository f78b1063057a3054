"""Creators who become one: their vettings come along, and go back."""

from __future__ import annotations

import pytest

from crm.models import Vetting
from crm.services import merge as merging
from tests.crm.reviews.world import LATER, ask, publish, said, write
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db


def test_vettings_come_along_and_go_back(brand, strategist, manager, analyst, manager_client):
    publish(brand, strategist)
    ida, double = (
        RelationshipFactory(brand=brand, creator__name=name) for name in ("Ida", "Ida H")
    )
    # One each that is open: neither is lost.
    kept = ask(ida, manager, analyst, strategist)
    moved = ask(double, manager, analyst, strategist)
    write(moved, analyst, said(5, 3, 1, "never"), "Warm")
    merging.merge(
        kept_id=ida.creator_id,
        gone_id=double.creator_id,
        brand=brand,
        choices={},
        actor=manager,
        at=LATER,
        allowed={brand.pk},
    )
    assert set(Vetting.objects.filter(relationship=ida)) == {kept, moved}
    page = manager_client.get(f"/acme/creators/{ida.creator.uid}/vettings/")
    assert "2 reviews asked for" in page.content.decode()
    write(moved, strategist, said(4, 3, 1, "never"))
    moved.refresh_from_db()
    assert (moved.status, moved.relationship) == ("settled", ida)
    assert ida.creator.field_values.filter(field__key="review_tone").get().number == 4.5


def test_an_undo_gives_them_back(brand, strategist, manager, analyst):
    publish(brand, strategist)
    ida, double = (
        RelationshipFactory(brand=brand, creator__name=name) for name in ("Ida", "Ida H")
    )
    moved = ask(double, manager, analyst, strategist)
    made = merging.merge(
        kept_id=ida.creator_id,
        gone_id=double.creator_id,
        brand=brand,
        choices={},
        actor=manager,
        at=NOW,
        allowed={brand.pk},
    )
    moved.refresh_from_db()
    assert moved.relationship_id == ida.pk
    merging.undo(merge_id=made.pk, actor=manager, at=LATER, allowed={brand.pk})
    moved.refresh_from_db()
    assert moved.relationship_id == double.pk
