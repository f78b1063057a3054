"""What a next post is expected to be seen, as a fact with a history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.urls import reverse

from crm.models import Brand, FactChange, Post, Relationship
from segmentation.facts.catalogue import catalogue
from segmentation.facts.readings import read_facts
from segmentation.models import CreatorForecast, ExpectedViews
from segmentation.services.forecasts import asking
from tests.factories import NOW, BrandFactory
from tests.rest import rest_as
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.forecasts.building import learned, posting

LATER = NOW + timedelta(days=1)


@pytest.fixture(scope="module")
def brand_pk(module_db) -> int:
    brand = BrandFactory(slug="expecting", currency="EUR")
    people = posting(brand)
    Relationship.objects.filter(pk=people[0].pk).update(unprofiled_at=NOW)
    learned(brand)
    return brand.pk


@pytest.fixture
def brand(brand_pk, db) -> Brand:
    return Brand.objects.get(pk=brand_pk)


def again(brand, at=LATER):
    model = asking.ask(brand=brand, actor=None, at=at)
    assert asking.learn(model_id=model.pk, at=at).status == "done"


def test_what_is_expected_is_a_fact_that_says_what_it_rests_on(brand):
    told = CreatorForecast.objects.filter(relationship__brand=brand, measure="views")
    held = ExpectedViews.objects.filter(relationship__brand=brand, replaced_at=None)
    assert held.count() == told.count() == 39
    row = told.filter(own=4).select_related("relationship__creator").first()
    creator = row.relationship.creator
    read = read_facts(brand=brand, creator=creator, as_of=NOW, facts=catalogue(brand))
    found = read["expected_views"]
    assert (found.value, found.captured_at) == (round(row.middle), NOW)
    assert found.source == (
        f"Forecast, version 1: instagram, 4 own posts; 80% of outcomes from {row.low:,.0f} to "
        f"{row.high:,.0f}"
    )
    assert read["expected_views_low"].value == round(row.low)
    assert (read["expected_views_high"].value, read["expected_views_posts"].value) == (
        round(row.high),
        4,
    )
    earlier = read_facts(
        brand=brand, creator=creator, as_of=NOW - timedelta(minutes=1), facts=catalogue(brand)
    )
    assert earlier.get("expected_views") is None or earlier["expected_views"].value is None


def test_only_what_moved_makes_a_new_row_and_the_past_stays(brand, admin_user, client):
    held = ExpectedViews.objects.filter(relationship__brand=brand)
    person, *_, other = [row.relationship for row in held.filter(own=4)]
    # As it was before their newest post, which brought no more than the others.
    held.filter(relationship=other).update(own=3)
    again(brand)
    # Nothing else was published: a day older, forecasts move by less than a twentieth.
    new = held.get(told_at=LATER)
    assert (new.relationship, new.own) == (other, 4)
    before = held.get(relationship=person)
    Post.objects.filter(creator=person.creator).update(views=F("views") * 5)
    again(brand, LATER + timedelta(days=1))
    old, new = held.filter(relationship=person).order_by("told_at")
    assert (old.pk, old.replaced_at) == (before.pk, new.told_at)
    assert new.middle > 2 * old.middle
    facts = catalogue(brand)
    values = [
        read_facts(brand=brand, creator=person.creator, as_of=at, facts=facts)[
            "expected_views"
        ].value
        for at in (LATER, LATER + timedelta(days=2))
    ]
    assert values == [round(old.middle), round(new.middle)]
    rest, path = rest_as(admin_user, brand), f"creators/{person.creator.uid}"
    assert [
        (one["told_at"], one["replaced_at"] is None, one["middle"], one["own_posts"])
        for one in rest.json(f"{path}/expected-views/")["results"]
    ] == [
        (
            row.told_at.isoformat().replace("+00:00", "Z"),
            row.replaced_at is None,
            row.middle,
            row.own,
        )
        for row in (new, old)
    ]
    client.force_login(admin_user)
    panel = reverse("segmentation:creator_forecasts", args=[brand.slug, person.creator.uid])
    page = client.get(panel).content.decode()
    assert page.count('<td class="text-nowrap">now</td>') == 1
    assert "Expected views so far" in page
    # Nothing is expected any more of who objects; what was, was.
    Relationship.objects.filter(pk=person.pk).update(unprofiled_at=LATER)
    again(brand, LATER + timedelta(days=3))
    assert not held.filter(relationship=person, replaced_at=None).exists()
    assert rest.json(f"{path}/expected-views/")["results"] == []
    assert "Expected views so far" not in client.get(panel).content.decode()


def test_creators_are_looked_at_again_where_a_rule_asks_for_it(brand):
    person = ExpectedViews.objects.filter(relationship__brand=brand, own=4).first().relationship
    Post.objects.filter(creator=person.creator).update(views=F("views") * 5)
    again(brand)
    assert not FactChange.objects.filter(cause="forecast").exists()
    segment_of(dimension_of(brand), "seen", "expected_views >= 100000")
    Post.objects.filter(creator=person.creator).update(views=F("views") * 5)
    again(brand, LATER + timedelta(days=1))
    marked = FactChange.objects.filter(brand=brand, cause="forecast")
    assert person.creator_id in set(marked.values_list("creator", flat=True))
