"""Tokens of the REST API: made, shown once, revoked."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from crm import audit
from crm.choices import Scope
from crm.models import ApiToken, Brand, User, UserRole

PREFIX = "rapport_"


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
) -> tuple[ApiToken, str]:
    """A token that acts as `user` in `brand` within `scopes`, and its secret, which is not kept.

    Raises TokenRefused for a scope that does not exist or a user without a role in the brand.
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
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        brand=brand,
        user=user,
        name=name,
        prefix=secret[:12],
        digest=ApiToken.digest_of(secret),
        scopes=wanted,
    )
    audit.record(
        brand=brand,
        verb="crm.token.created",
        target=token,
        actor=actor,
        at=at,
        data={"user": user.email, "scopes": wanted},
        label=token.name,
    )
    return token, secret


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
