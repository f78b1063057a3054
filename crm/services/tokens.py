"""Tokens of the REST API: made, shown once, revoked."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import ip_network

from django.db import transaction

from crm import audit
from crm.choices import Scope
from crm.models import ApiToken, Brand, User, UserRole

PREFIX = "rapport_"
NETWORKS_MAX = 20
# How long a token that was replaced works on, so that programs can change to the new one.
OVERLAP = timedelta(days=1)


class TokenRefused(Exception):
    """The token is not made; the message is fit for the user."""


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
) -> tuple[ApiToken, str]:
    """A token that acts as `user` in `brand` within `scopes`, and its secret, which is not kept.

    It ends at `expires_at`, else when it is revoked, and works from `networks` only (an address or
    CIDR notation), else from everywhere.

    Raises TokenRefused for a scope that does not exist, a user without a role in the brand, an end
    that is past, or a network that is none.
    """
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in Scope.values]
    if unknown:
        raise TokenRefused(
            f"There is no scope {', '.join(unknown)}. Scopes: {', '.join(Scope.values)}."
        )
    if not wanted:
        raise TokenRefused(f"Name at least one scope: {', '.join(Scope.values)}.")
    if not UserRole.objects.filter(brand=brand, user=user).exists():
        raise TokenRefused(f"{user.email} has no role in {brand}.")
    if expires_at is not None and expires_at <= at:
        raise TokenRefused("A token ends in the future.")
    known = sorted({_network(one) for one in networks})
    if len(known) > NETWORKS_MAX:
        raise TokenRefused(f"A token has {NETWORKS_MAX} networks at most.")
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
    *, token_id: int, brand: Brand, actor: User | None, at: datetime, overlap: timedelta = OVERLAP
) -> tuple[ApiToken, str]:
    """A new token like one of `brand`, and its secret; the old one works for `overlap` longer.

    Raises TokenRefused where the old one has ended or was revoked, or its user has no role left.
    """
    old = (
        ApiToken.objects.select_for_update(of=("self",))
        .select_related("user")
        .get(pk=token_id, brand=brand)
    )
    if old.revoked_at is not None or old.has_expired(at):
        raise TokenRefused("This token does not work any more: make another one.")
    ends = at + overlap
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
        networks=old.networks,
    )


@transaction.atomic
def revoke_token(*, token_id: int, brand: Brand, actor: User | None, at: datetime) -> ApiToken:
    """End a token of `brand` for good; one that is revoked already stays as it is."""
    token = ApiToken.objects.select_for_update().get(pk=token_id, brand=brand)
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


def _network(text: str) -> str:
    try:
        return str(ip_network(text.strip()))
    except ValueError:
        raise TokenRefused(
            f"“{text.strip()[:60]}” is no network: write 203.0.113.7, 203.0.113.0/24 or "
            "2001:db8::/32, with nothing set behind the prefix."
        ) from None
