"""Links and codes as tests need them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from campaigns.models import Engagement, PromoCode, TrackingLink
from campaigns.services.tracking import codes, links, queue
from campaigns.services.tracking.places import Place
from campaigns.views.tracking.redirect import new_id
from crm.models import Brand, Relationship, User
from tests.factories import NOW, ProfileFactory, RelationshipFactory

SHOP = "https://shop.example.com/shoes?colour=blue"


def known(brand: Brand, name: str = "Noa Lind", handle: str = "noa.runs") -> Relationship:
    """A creator whom the brand knows, with an account."""
    made: Relationship = RelationshipFactory(brand=brand, creator__name=name)
    ProfileFactory(creator=made.creator, handle=handle, followers=5_000)
    return made


def a_link(
    brand: Brand, actor: User, place: Relationship | Engagement | None = None, **said: Any
) -> TrackingLink:
    """A link to the shop."""
    where = Place.of(place) if isinstance(place, Engagement) else Place(place or known(brand))
    values = {"target": SHOP} | said
    return links.make_link(brand=brand, place=where, said=values, actor=actor, at=NOW)  # type: ignore[arg-type]


def a_code(
    brand: Brand,
    actor: User,
    code: str = "NOA15",
    place: Relationship | Engagement | None = None,
    **said: Any,
) -> PromoCode:
    """A code."""
    where = Place.of(place) if isinstance(place, Engagement) else Place(place or known(brand))
    return codes.make_code(brand=brand, place=where, code=code, said=said, actor=actor, at=NOW)  # type: ignore[arg-type]


def followed(link: TrackingLink, **values: Any) -> queue.Followed:
    """A click on a link, at noon unless said otherwise."""
    at = values.pop("at", datetime(2026, 7, 1, 12, tzinfo=UTC))
    at += timedelta(seconds=values.pop("later", 0))
    said = {
        "id": new_id(),
        "brand_id": link.brand_id,
        "link_id": link.pk,
        "at": at,
        "day": at.date(),
        "kind": "person",
        "visitor": None,
        "referrer_host": "",
        "country": None,
    } | values
    said["kind"] = queue.ClickKind(said["kind"])
    return queue.Followed(**said)
