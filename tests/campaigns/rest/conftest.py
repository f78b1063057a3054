"""A brand with one record of each kind, and callers of the API by role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from campaigns.models import Campaign, Deliverable
from crm.choices import Role
from crm.models import AuditEntry, Brand, User
from tests.campaigns.deliverables.worlds import active
from tests.campaigns.incidents.made import reported
from tests.campaigns.made import engage
from tests.campaigns.rest_records import give_records
from tests.campaigns.series.test_keeping import make_series
from tests.factories import BrandFactory
from tests.people import person
from tests.rest import ROOT, Rest, assert_problem, rest_as


@dataclass(frozen=True)
class World:
    """Who asks, and what there is."""

    brand: Brand
    people: Mapping[Role, User]
    rests: Mapping[Role, Rest]
    stranger: Rest
    campaign: Campaign
    piece: Deliverable

    def __getitem__(self, role: Role) -> Rest:
        return self.rests[role]

    def refused(
        self, role: Role, method: str, path: str, body: Any, status: int, pointer: str, code: str
    ) -> None:
        """That it is refused with this first fault, and nothing was written down."""
        before = AuditEntry.objects.count()
        problem = assert_problem(self.rests[role].send(method, path, body), status)
        found = [(fault["pointer"], fault["code"]) for fault in problem["errors"]][:1]
        assert found == [(pointer, code)], problem
        assert AuditEntry.objects.count() == before

    def elsewhere(self, method: str, path: str, body: Any = None) -> None:
        """That another brand's admin finds nothing there."""
        assert_problem(self.stranger.send(method, path, body), 404)


@pytest.fixture(scope="module")
def world(module_db) -> World:
    brand = BrandFactory(slug="acme", name="Acme")
    other = BrandFactory(slug="globex", name="Globex")
    people = {role: person(brand, role) for role in Role}
    manager = people[Role.MANAGER]
    campaign = active(brand, manager)
    place = engage(campaign)
    piece = Deliverable.objects.create(
        engagement=place, title="Reel", platform_id="instagram", kind="review", form="short_video"
    )
    make_series(brand)
    reported(brand, manager, place.relationship, owner=manager)
    give_records(brand, people[Role.ADMIN])
    rests = {role: rest_as(user, brand) for role, user in people.items()}
    stranger = rest_as(person(other, Role.ADMIN), other)
    return World(brand, people, rests, stranger, campaign, piece)


def if_match(rest: Rest, method: str, path: str, tag: str, body: Any = None) -> Any:
    """Send it with an If-Match."""
    asked = getattr(rest.client, method.lower())
    return asked(f"{ROOT}/{path}", body, "application/json", headers={"If-Match": tag})
