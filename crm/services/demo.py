"""The demo brand: a place to look around, with a person for every role."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from crm.choices import Role
from crm.models import Brand, User
from crm.registry import Registry
from crm.services import brands

SLUG = "demo"
# Address and name of the person who holds each role.
PEOPLE = {
    Role.ADMIN: ("admin@demo.example", "Asta Admin"),
    Role.STRATEGIST: ("strategist@demo.example", "Sol Strategist"),
    Role.MANAGER: ("manager@demo.example", "Mira Manager"),
    Role.ANALYST: ("analyst@demo.example", "Ari Analyst"),
    Role.LEGAL: ("legal@demo.example", "Lou Legal"),
}


@dataclass(frozen=True)
class DemoPart:
    """Something that an upper app adds to the demo brand."""

    key: str
    # Called with brand, seed and at; how many there are then.
    fill: Callable[..., int]


# Upper apps add theirs in AppConfig.ready() (docs/adr/0011).
PARTS: Registry[DemoPart] = Registry()


@transaction.atomic
def ensure_demo_brand(*, passwords: Mapping[str, str], at: datetime) -> Brand:
    """The demo brand and its users, made where missing; safe to call at every start.

    `passwords` maps each user's address to their password. A user who has another one gets the
    given one back, so that the passwords shown at the start are always true.
    """
    brand = Brand.objects.filter(slug=SLUG).first()
    if brand is None:
        brand = brands.create_brand(
            slug=SLUG, name="Demo brand", timezone="Europe/Copenhagen", currency="EUR", at=at
        )
    for role, (email, name) in PEOPLE.items():
        user = User.objects.filter(email=email).first()
        if user is None:
            brands.create_user(
                email=email, password=passwords[email], name=name, brand=brand, role=role, at=at
            )
            continue
        if not user.check_password(passwords[email]):
            user.set_password(passwords[email])
            user.save(update_fields=["password"])
        brands.set_role(brand=brand, user=user, role=role, at=at)
    return brand
