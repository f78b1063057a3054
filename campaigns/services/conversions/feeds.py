"""Shops that send their orders themselves: signed, each once, read by JSON pointers."""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_datetime

from campaigns.choices import ConversionSource, FeedSignature
from campaigns.models import Conversion, ConversionFeed
from campaigns.services.conversions import taking
from campaigns.services.conversions.told import ConversionsRefused, Mistake, Told
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.models import Brand, User
from crm.outreach.secrets import SecretLost, decrypt, encrypt
from crm.signatures import is_recent, is_same, mac

BODY_MAX = 1_000_000
_PLACE_DIGITS = 7  # of a place in a list: no message holds more
_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
STAMPED_HEADER, BODY_HEADER = "Rapport-Signature", "X-Shopify-Hmac-Sha256"

FIELDS = ("key", "at", "value", "currency", "code", "click", "link", "is_new_customer", "kind")
PRESETS: Mapping[str, Mapping[str, str]] = {
    "plain": {name: f"/{name}" for name in FIELDS},
    # As an order of Shopify lies in its messages.
    "shopify": {
        "key": "/id",
        "at": "/created_at",
        "value": "/total_price",
        "currency": "/currency",
        "code": "/discount_codes/0/code",
        "click": "/landing_site",
    },
}


class SignatureRefused(CampaignRefused):
    """It is not shown that the message is the shop's; the words tell the shop's maker what."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody says of a feed. An empty secret: it stays, or one is made."""

    name: str
    signature: str
    secret: str
    pointers: Mapping[str, str]


@transaction.atomic
def create(
    *, brand: Brand, wanted: Wanted, actor: User, at: datetime
) -> tuple[ConversionFeed, str]:
    """A feed and its secret, which is shown once. Raises CampaignRefused."""
    secret = wanted.secret or secrets.token_urlsafe(32)
    feed = ConversionFeed(brand=brand, created_by=actor, created_at=at, version=0)
    _write(feed, wanted, secret)
    _record(feed, "created", actor, at)
    return feed, secret


@transaction.atomic
def change(
    *,
    feed_id: int,
    brand: Brand,
    wanted: Wanted,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> ConversionFeed:
    """Another name, secret or places. Raises CampaignRefused, ConversionFeed.DoesNotExist."""
    feed = ConversionFeed.objects.live().select_for_update(no_key=True).get(pk=feed_id, brand=brand)
    if expected_version is not None and feed.version != expected_version:
        raise CampaignOutdated("Somebody else changed it since: look at it again.")
    _write(feed, wanted, wanted.secret)
    _record(feed, "changed", actor, at)
    return feed


@transaction.atomic
def archive(*, feed_id: int, brand: Brand, actor: User, at: datetime) -> ConversionFeed:
    """It takes no more messages; what it brought stays. Raises ConversionFeed.DoesNotExist."""
    feed = ConversionFeed.objects.live().select_for_update(no_key=True).get(pk=feed_id, brand=brand)
    feed.archived_at = at
    feed.save(update_fields=("archived_at",))
    _record(feed, "archived", actor, at)
    return feed


def receive(
    *, feed: ConversionFeed, body: bytes, headers: Mapping[str, str], at: datetime
) -> tuple[Conversion, bool]:
    """Take what a shop sent; whether it is new. What is refused is noted with the feed.

    Raises SignatureRefused and ConversionsRefused.
    """
    try:
        check_signature(feed, body, headers, at=at)
        told = read(feed.pointers, _parsed(body))
        origin = taking.Origin(ConversionSource.WEBHOOK, at, feed=feed)
        taken = taking.take(brand=feed.brand, told=[told], origin=origin)
    except CampaignRefused as refusal:
        ConversionFeed.objects.filter(pk=feed.pk).update(refused_at=at, refusal=str(refusal)[:300])
        raise
    ConversionFeed.objects.filter(pk=feed.pk).update(received_at=at)
    return taken.rows[0], bool(taken.new)


def check_signature(
    feed: ConversionFeed, body: bytes, headers: Mapping[str, str], *, at: datetime
) -> None:
    """Raises SignatureRefused unless whoever sent this knows the secret."""
    try:
        secret = decrypt(feed.secret).encode()
    except SecretLost as lost:
        raise SignatureRefused(str(lost)) from lost
    if feed.signature == FeedSignature.BODY:
        wanted = base64.b64encode(mac(secret, body)).decode()
        if not is_same(headers.get(BODY_HEADER, ""), wanted):
            raise SignatureRefused(f"The header {BODY_HEADER} does not fit the message.")
        return
    found = re.fullmatch(r"t=(\d{1,10}),\s*v1=([0-9a-f]{64})", headers.get(STAMPED_HEADER, ""))
    if found is None:
        raise SignatureRefused(f"The header {STAMPED_HEADER} must be t=seconds,v1=signature.")
    signed = f"{found[1]}.".encode() + body
    if not is_same(found[2], mac(secret, signed).hex()):
        raise SignatureRefused("The signature does not fit time and message.")
    if not is_recent(int(found[1]), at):
        raise SignatureRefused("The message is more than five minutes old, or of the future.")


def try_out(pointers: Mapping[str, str], sample: str) -> Told:
    """What a message would be taken for; nothing is kept. Raises ConversionsRefused."""
    return read(pointers, _parsed(sample.encode()))


def read(pointers: Mapping[str, str], message: Any) -> Told:
    """The conversion of a message. Raises ConversionsRefused with what cannot be read."""
    found: dict[str, Any] = {}
    mistakes: list[Mistake] = []
    for name, pointer in pointers.items():
        value = _at(message, pointer)
        if value is None or value == "":
            continue
        try:
            found[name] = _READERS[name](value)
        except (ValueError, InvalidOperation, TypeError, OverflowError, KeyError):
            words = f"What lies at {pointer} cannot be read: {str(value)[:60]}"
            mistakes.append(Mistake(0, name, "invalid", words))
    for name in ("key", "at"):
        if name not in found and not any(one.field == name for one in mistakes):
            words = (
                f"There is nothing at {pointers.get(name, 'any place')}, where {name} should be."
            )
            mistakes.append(Mistake(0, name, "required", words))
    if mistakes:
        raise ConversionsRefused(mistakes)
    if "value" not in found:
        found.pop("currency", None)
    return Told(**found)


def _write(feed: ConversionFeed, wanted: Wanted, secret: str) -> None:
    name = " ".join(wanted.name.split())
    if not name or len(name) > 80:
        raise CampaignRefused("A name of at most 80 characters.", field="name")
    others = ConversionFeed.objects.filter(brand=feed.brand, name__iexact=name)
    if others.exclude(pk=feed.pk).exists():
        raise CampaignRefused("There is a feed of this name already.", field="name")
    if wanted.signature not in FeedSignature.values:
        raise CampaignRefused("Choose how the shop signs.", field="signature")
    for field, pointer in wanted.pointers.items():
        if field not in FIELDS or not re.fullmatch(r"(/[^/\0]{1,60}){1,10}", pointer):
            raise CampaignRefused(
                "A place looks like /order/total_price: each part after a slash.", field=field
            )
    for field in ("key", "at"):
        if field not in wanted.pointers:
            raise CampaignRefused("Without this nothing can be taken.", field=field)
    if len(secret) > 200:
        raise CampaignRefused("200 characters are the most.", field="secret")
    feed.name, feed.signature, feed.pointers = name, wanted.signature, dict(wanted.pointers)
    if secret:
        feed.secret = encrypt(secret)
    feed.version += 1
    try:
        with transaction.atomic():
            feed.save()
    except IntegrityError as error:  # Two gave the same name in the same moment.
        raise CampaignRefused("There is a feed of this name already.", field="name") from error


def _record(feed: ConversionFeed, verb: str, actor: User, at: datetime) -> None:
    audit.record(
        brand=feed.brand,
        verb=f"campaigns.conversion_feed.{verb}",
        target=feed,
        actor=actor,
        at=at,
        data={"version": feed.version},
    )


def _parsed(body: bytes) -> Any:
    if len(body) > BODY_MAX:
        raise ConversionsRefused([Mistake(0, "", "too_large", "One megabyte is the most.")])
    try:
        # As text: a price must not become a binary fraction on the way.
        return json.loads(body, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise ConversionsRefused([Mistake(0, "", "parse_error", "This is no JSON.")]) from None


def _at(message: Any, pointer: str) -> Any:
    """What lies at a JSON pointer (RFC 6901); None where nothing does."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(message, Mapping):
            message = message.get(name)
        elif isinstance(message, list) and _is_place(name) and int(name) < len(message):
            message = message[int(name)]
        else:
            return None
    return None if isinstance(message, Mapping | list) else message


def _is_place(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) < _PLACE_DIGITS


def _text(value: Any) -> str:
    return str(value).strip()


def _number(value: Any) -> Decimal:
    number = Decimal(_text(value))
    if not number.is_finite():
        raise ValueError(value)
    return number


def _moment(value: Any) -> datetime:
    text = _text(value)
    if text.isascii() and text.isdigit():
        return _BEGIN + timedelta(seconds=int(text))
    moment = parse_datetime(text)
    if moment is None or moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _click(value: Any) -> UUID | None:
    """The click itself, or the address to which it led."""
    text = _text(value)
    if "?" not in text:
        return UUID(text)
    for values in parse_qs(urlsplit(text).query).values():
        for one in values:
            if re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", one):
                return UUID(one)
    return None


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[
        _text(value).lower()
    ]


_READERS: Mapping[str, Any] = {
    "key": _text,
    "at": _moment,
    "value": _number,
    "currency": lambda value: _text(value).upper(),
    "code": _text,
    "click": _click,
    "link": _text,
    "is_new_customer": _flag,
    "kind": lambda value: _text(value).lower(),
}
