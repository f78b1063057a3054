"""Who asks: a token in the Authorization header. The token fixes the brand."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from crm.choices import Role
from crm.models import ApiToken, Brand, User, UserRole
from crm.public_forms.gate import address_of
from crm.statements import prepared

if TYPE_CHECKING:
    from rest_framework.request import Request

SCHEME = "Bearer"
# `last_used_at` is for people who tidy up tokens: a minute is exact enough and spares a write.
LAST_USED_STEP = timedelta(minutes=1)
MAX_SECRET = 200
# All of them, since whoever answers may use any.
_COLUMNS = tuple(
    [field.attname for field in model._meta.concrete_fields] for model in (ApiToken, User, Brand)
)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer TOKEN`. Sets request.user and request.auth (the ApiToken).

    A cookie of a log-in is not looked at: a page of another site cannot act through the API.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's user and the token; None without the header; refused when it is not valid."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        secret = secret.strip()
        if scheme.lower() != SCHEME.lower() or not secret or len(secret) > MAX_SECRET:
            raise AuthenticationFailed("Send the header “Authorization: Bearer TOKEN”.")
        token = _find(secret)
        if token is None:
            raise AuthenticationFailed("This token is not known or was revoked.")
        now = timezone.now()
        if token.has_expired(now):
            raise AuthenticationFailed(
                f"This token ended at {token.expires_at:%Y-%m-%d %H:%M} UTC."
            )
        if not token.user.is_active:
            raise AuthenticationFailed("The account of this token's user is closed.")
        address = address_of(request._request)
        if not token.may_come_from(address):
            raise PermissionDenied(f"This token may not be used from {address or 'there'}.")
        _note_use(token, now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """The challenge: makes a refusal a 401."""
        return f'{SCHEME} realm="api"'


def role_of(token: ApiToken) -> Role | None:
    """The role of the token's user in the token's brand; None when it was taken away since."""
    role = getattr(token, "role", None)
    return None if role is None else Role(role)


_ROLE = UserRole.objects.filter(user=OuterRef("user"), brand=OuterRef("brand")).order_by()


@cache
def _statement() -> tuple[str, int, int]:
    """SQL that finds a valid token by its digest: its columns, its user's, its brand's, the role.

    Also where the user's columns begin, and the brand's. Put together once, and planned once by
    each connection: both took longer than running it, and each request asks.
    """
    of_token, of_user, of_brand = _COLUMNS
    rows = (
        ApiToken.objects.filter(revoked_at=None, digest="")
        .order_by()
        .values_list(
            *of_token,
            *(f"user__{name}" for name in of_user),
            *(f"brand__{name}" for name in of_brand),
            Subquery(_ROLE.values("role")),
        )
    )
    text, _digest = rows.query.sql_with_params()
    return text, len(of_token), len(of_token) + len(of_user)


def _find(secret: str) -> ApiToken | None:
    """The valid token with its user, brand and role: one query for each request."""
    text, user, brand = _statement()
    with connection.cursor() as cursor:
        cursor.execute(*prepared(text, [ApiToken.digest_of(secret)]))
        row = cursor.fetchone()
    if row is None:
        return None
    using = connection.alias
    token = ApiToken.from_db(using, _COLUMNS[0], row[:user])
    token.user = User.from_db(using, _COLUMNS[1], row[user:brand])
    token.brand = Brand.from_db(using, _COLUMNS[2], row[brand:-1])
    token.role = row[-1]  # type: ignore[attr-defined] # for role_of
    return token


def _note_use(token: ApiToken, now: datetime) -> None:
    if token.last_used_at is None or token.last_used_at < now - LAST_USED_STEP:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
