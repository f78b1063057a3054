"""Brands and what people do for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from crm import audit
from crm.choices import Role
from crm.models import Brand, TierScheme, User, UserRole
from crm.services.fields import add_standard_fields

DEFAULT_TIER_SCHEME = "glossary_6"


class BrandRefused(Exception):
    """The brand cannot be like that; the message is fit for the user, `field` says where."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class LastAdminRefused(Exception):
    """A brand keeps at least one admin; the message is fit for the user."""


class EmailTaken(Exception):
    """Another account has this address; the message is fit for the user."""


@transaction.atomic
def create_brand(
    *,
    slug: str,
    name: str,
    at: datetime,
    actor: User | None = None,
    timezone: str = "UTC",
    currency: str = "USD",
    fiscal_year_start_month: int = 1,
) -> Brand:
    """A new brand with the standard fields and the glossary's tiers. Raises BrandRefused."""
    brand = Brand(
        slug=slug,
        name=name,
        timezone=timezone,
        currency=currency,
        fiscal_year_start_month=fiscal_year_start_month,
        tier_scheme=TierScheme.objects.filter(key=DEFAULT_TIER_SCHEME).first(),
    )
    _check(brand)
    brand.save()
    add_standard_fields(brand=brand)
    audit.record(brand=brand, verb="crm.brand.created", target=brand, actor=actor, at=at)
    return brand


@transaction.atomic
def change_brand(*, brand_id: int, changes: Mapping[str, Any], actor: User, at: datetime) -> Brand:
    """Set fields of a brand, e.g. {"timezone": "Europe/Copenhagen"}. Raises BrandRefused."""
    brand = Brand.objects.select_for_update(no_key=True).get(pk=brand_id)
    moved = {}
    for field, value in changes.items():
        before = getattr(brand, field)
        if before != value:
            moved[field] = [_text(before), _text(value)]
            setattr(brand, field, value)
    if not moved:
        return brand
    _check(brand)
    brand.save(update_fields=list(moved))
    audit.record(
        brand=brand, verb="crm.brand.changed", target=brand, actor=actor, at=at, data=moved
    )
    return brand


@transaction.atomic
def set_role(
    *, brand: Brand, user: User, role: Role | None, at: datetime, actor: User | None = None
) -> None:
    """Give `user` a role in `brand`, change it, or take it away (None). Raises LastAdminRefused."""
    # One change of roles at a time, or two admins could remove each other.
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    held = UserRole.objects.filter(brand=brand, user=user).first()
    before = held.role if held else None
    if before == role:
        return
    if before == Role.ADMIN and not (
        UserRole.objects.filter(brand=brand, role=Role.ADMIN).exclude(user=user).exists()
    ):
        raise LastAdminRefused(
            f"{user} is the only admin of {brand}. Make somebody else an admin first."
        )
    if role is None:
        UserRole.objects.filter(brand=brand, user=user).delete()
    else:
        UserRole.objects.update_or_create(brand=brand, user=user, defaults={"role": role})
    audit.record(
        brand=brand,
        verb="crm.role.set",
        target=user,
        actor=actor,
        at=at,
        data={"role": [before, role]},
        label=user.email,
    )


@transaction.atomic
def create_user(
    *,
    email: str,
    password: str | None,
    brand: Brand,
    role: Role,
    at: datetime,
    actor: User | None = None,
    name: str = "",
) -> User:
    """An account with a role in `brand`. Without a password log-in is refused until one is set.

    Raises EmailTaken when the address belongs to an account already.
    """
    first_name, _, last_name = name.partition(" ")
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email, password, first_name=first_name, last_name=last_name
            )
    except IntegrityError as error:
        raise EmailTaken(f"There is an account with the address {email} already.") from error
    set_role(brand=brand, user=user, role=role, at=at, actor=actor)
    return user


def _check(brand: Brand) -> None:
    try:
        brand.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise BrandRefused(" ".join(messages), field) from error


def _text(value: Any) -> Any:
    """`value` as the ledger keeps it: rows by their text."""
    return value if value is None or isinstance(value, int | str) else str(value)
