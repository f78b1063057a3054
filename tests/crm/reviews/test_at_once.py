"""Two reviewers hand in, and two third persons decide, at the same moment: it is settled once."""

from __future__ import annotations

import pytest

from crm.models import Review, VettingResult
from crm.services.reviews.answers import Given
from tests.crm.reviews.world import ask, decide, publish, said, write
from tests.crm.test_at_once import at_once
from tests.factories import RelationshipFactory, UserFactory, UserRoleFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_drain(monkeypatch):
    """What happens after the commit is somebody else's test."""
    monkeypatch.setattr("crm.services.facts._ask_to_drain", lambda: None)


def test_both_at_the_same_moment(brand, strategist, manager, analyst, admin_user):
    publish(brand, strategist)
    other = UserFactory(email="other@acme.example")
    UserRoleFactory(user=other, brand=brand)
    vetting = ask(RelationshipFactory(brand=brand), manager, analyst, strategist)
    results = at_once(
        lambda: write(vetting, analyst, said(5, 3, 1, "never")),
        lambda: write(vetting, strategist, said(2, 3, 1, "never")),
    )
    assert [type(result).__name__ for result in results] == ["Review", "Review"]
    vetting.refresh_from_db()
    assert vetting.status == "disputed"
    results = at_once(
        lambda: decide(vetting, admin_user, tone=Given(score=3)),
        lambda: decide(vetting, other, tone=Given(score=4)),
    )
    assert sorted(type(result).__name__ for result in results) == ["ReviewRefused", "Vetting"]
    assert Review.objects.filter(is_adjudication=True).count() == 1
    assert VettingResult.objects.filter(vetting=vetting).count() == 4


def test_two_who_ask_for_the_same_creator(brand, strategist, manager, analyst, admin_user):
    publish(brand, strategist)
    ida = RelationshipFactory(brand=brand)
    results = at_once(
        lambda: ask(ida, manager, analyst, strategist),
        lambda: ask(ida, admin_user, analyst, strategist),
    )
    assert sorted(type(result).__name__ for result in results) == ["ReviewRefused", "Vetting"]
    assert Review.objects.count() == 2
