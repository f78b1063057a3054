"""The link that takes a creator off: signed, without an end, used without logging in (RFC 8058)."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.urls import reverse

from crm.outreach import addresses

_signer = signing.Signer(salt="crm.unsubscribe")


class BadToken(Exception):
    """The link is not one of ours, or was cut; the message is fit for the reader."""


class Leaver(NamedTuple):
    """Who leaves, whom, and by which address (its hash)."""

    brand_id: int
    creator_id: int
    digest: str


def token(*, brand_id: int, creator_id: int, to: str) -> str:
    """The signed part of the link. It has no end: a mail may be read years later."""
    return _signer.sign_object([brand_id, creator_id, addresses.digest(brand_id, to)])


def read(given: str) -> Leaver:
    """Who leaves by this token. Raises BadToken."""
    try:
        brand_id, creator_id, digest = _signer.unsign_object(given)
    except (signing.BadSignature, ValueError) as error:
        raise BadToken(
            "This link is not complete. Copy it whole from the mail, or answer the mail and say "
            "that you want no more of them."
        ) from error
    return Leaver(brand_id, creator_id, digest)


def link(*, brand_id: int, creator_id: int, to: str) -> str:
    """The whole address; empty where the installation does not know its own (RAPPORT_URL)."""
    if not settings.RAPPORT_URL:
        return ""
    signed = token(brand_id=brand_id, creator_id=creator_id, to=to)
    return f"{settings.RAPPORT_URL}{reverse('unsubscribe', args=[signed])}"
