"""Tokens of the REST API: made, shown once, revoked."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

from django.db import transaction

from crm import audit
from crm.choices import Scope
from crm.models import ApiToken, Brand, User, UserRole

PREFIX = "rapport_"
NETWORKS_MAX = 20
# How long a token that was replaced works on, so that programs can change to the new one.
OVERLAP = timedelta(days=1)


class TokenRefused(Exception):
    """The token is not made or changed; the message is fit for the user, `field` says where."""

    def __init__(self, message: str, field: str = "", code: str = "refused") -> None:
        super().__init__(message)
        self.field, self.code = field, code


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a token reaches: its scopes, its end and its networks (none: from everywhere)."""

    scopes: tuple[str, ...]
    expires_at: datetime | None
    networks: tuple[str, ...]

    @classmethod
    def of(cls, token: ApiToken) -> Bounds:
        """As far as this one."""
        return cls(tuple(token.scopes), token.expires_at, tuple(token.networks))

    def within(self, outer: Bounds) -> None:
        """That this reaches no further than `outer`; TokenRefused says where it does."""
        if further := sorted(set(self.scopes) - set(outer.scopes)):
            raise TokenRefused(f"It may not have more scopes: {', '.join(further)}.", "scopes")
        if outer.expires_at is not None and (
            self.expires_at is None or self.expires_at > outer.expires_at
        ):
            raise TokenRefused(
                f"It may not work after {outer.expires_at:%Y-%m-%d %H:%M} UTC.", "expires_at"
            )
        if outer.networks and not self.networks:
            raise TokenRefused(f"It may work from {', '.join(outer.networks)} only.", "networks")
        for network in self.networks if outer.networks else ():
            if not any(_is_inside(network, wider) for wider in outer.networks):
                raise TokenRefused(f"It may not work from {network}.", "networks")


@transaction.atomic
def create_token(
    *,
    brand: Brand,
    user: User,
    name: str,
    scopes: Iterable[str],
    at: datetime,
    actor: User | None = None,
    expires_at: datetime | None = None,
    networks: Iterable[str] = (),
    within: Bounds | None = None,
) -> tuple[ApiToken, str]:
    """A token that acts as `user` in `brand` within `scopes`, and its secret, which is not kept.

    It ends at `expires_at`, else when it is revoked, and works from `networks` only (an address or
    CIDR notation), else from everywhere. With `within` it reaches no further than that.

    Raises TokenRefused for a scope that does not exist, a user without a role in the brand, an end
    that is past, a network that is none, or more than `within`.
    """
    wanted = _scopes(scopes)
    if not UserRole.objects.filter(brand=brand, user=user).exists():
        raise TokenRefused(f"{user.email} has no role in {brand}.")
    if expires_at is not None and expires_at <= at:
        raise TokenRefused("A token ends in the future.", "expires_at")
    known = _networks(networks)
    if within is not None:
        Bounds(tuple(wanted), expires_at, tuple(known)).within(within)
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        brand=brand,
        user=user,
        name=name,
        prefix=secret[:12],
        digest=ApiToken.digest_of(secret),
        scopes=wanted,
        expires_at=expires_at,
        networks=known,
    )
    audit.record(
        brand=brand,
        verb="crm.token.created",
        target=token,
        actor=actor,
        at=at,
        data={
            "user": user.email,
            "scopes": wanted,
            "expires_at": None if expires_at is None else expires_at.isoformat(),
            "networks": known,
        },
        label=token.name,
    )
    return token, secret


@transaction.atomic
def rotate_token(
    *,
    token_id: int,
    brand: Brand,
    actor: User | None,
    at: datetime,
    overlap: timedelta = OVERLAP,
    within: Bounds | None = None,
) -> tuple[ApiToken, str]:
    """A new token like one of `brand`, and its secret; the old one works for `overlap` longer.

    It ends when the old one would have, and with `within` it reaches no further than that. Raises
    TokenRefused where it would, the old one has ended or was revoked, or its user has no role left.
    """
    old = (
        ApiToken.objects.select_for_update(no_key=True, of=("self",))
        .select_related("user")
        .get(pk=token_id, brand=brand)
    )
    if old.revoked_at is not None or old.has_expired(at):
        raise TokenRefused("This token does not work any more: make another one.", code="over")
    expires_at, ends = old.expires_at, at + overlap
    if old.expires_at is None or old.expires_at > ends:
        old.expires_at = ends
        old.save(update_fields=["expires_at"])
    return create_token(
        brand=brand,
        user=old.user,
        name=old.name,
        scopes=old.scopes,
        at=at,
        actor=actor,
        expires_at=expires_at,
        networks=old.networks,
        within=within,
    )


@transaction.atomic
def narrow_token(
    *, token_id: int, brand: Brand, changes: Mapping[str, Any], actor: User, at: datetime
) -> ApiToken:
    """Another `name`, fewer `scopes`, an earlier end (`expires_at`) or smaller `networks`.

    Raises TokenRefused for what would let it reach further, and for one that works no more.
    """
    token = ApiToken.objects.select_for_update(no_key=True).get(pk=token_id, brand=brand)
    if token.revoked_at is not None or token.has_expired(at):
        raise TokenRefused("This token does not work any more.", code="over")
    before = Bounds.of(token)
    token.name = changes.get("name", token.name)
    token.scopes = _scopes(changes.get("scopes", token.scopes))
    token.expires_at = changes.get("expires_at", token.expires_at)
    token.networks = _networks(changes.get("networks", token.networks))
    after = Bounds.of(token)
    after.within(before)
    if token.expires_at is not None and token.expires_at <= at:
        raise TokenRefused("A token ends in the future: end it now instead.", "expires_at")
    token.save(update_fields=["name", "scopes", "expires_at", "networks"])
    moved = {
        name: [_told(getattr(before, name)), _told(getattr(after, name))]
        for name in ("scopes", "expires_at", "networks")
        if getattr(before, name) != getattr(after, name)
    }
    audit.record(
        brand=brand,
        verb="crm.token.narrowed",
        target=token,
        actor=actor,
        at=at,
        data=moved,
        label=token.name,
    )
    return token


@transaction.atomic
def revoke_token(*, token_id: int, brand: Brand, actor: User | None, at: datetime) -> ApiToken:
    """End a token of `brand` for good; one that is revoked already stays as it is."""
    token = ApiToken.objects.select_for_update(no_key=True).get(pk=token_id, brand=brand)
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        audit.record(
            brand=brand,
            verb="crm.token.revoked",
            target=token,
            actor=actor,
            at=at,
            label=token.name,
        )
    return token


def _scopes(scopes: Iterable[str]) -> list[str]:
    """Each once, in order; TokenRefused for one that does not exist and for none."""
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in Scope.values]
    if unknown:
        raise TokenRefused(
            f"There is no scope {', '.join(unknown)}. Scopes: {', '.join(Scope.values)}.", "scopes"
        )
    if not wanted:
        raise TokenRefused(f"Name at least one scope: {', '.join(Scope.values)}.", "scopes")
    return wanted


def _networks(texts: Iterable[str]) -> list[str]:
    known = sorted({_network(one) for one in texts})
    if len(known) > NETWORKS_MAX:
        raise TokenRefused(f"A token has {NETWORKS_MAX} networks at most.", "networks")
    return known


def _is_inside(network: str, wider: str) -> bool:
    inner, outer = ip_network(network), ip_network(wider)
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type] # alike


def _told(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _network(text: str) -> str:
    try:
        return str(ip_network(text.strip()))
    except ValueError:
        raise TokenRefused(
            f"“{text.strip()[:60]}” is no network: write 203.0.113.7, 203.0.113.0/24 or "
            "2001:db8::/32, with nothing set behind the prefix.",
            "networks",
        ) from None
