"""To whom a brand writes no more: put somebody on the list, take them off with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from crm import audit
from crm.choices import ContactKind, StopReason, SuppressionOrigin, SuppressionReason
from crm.models import (
    Brand,
    ContactPoint,
    Creator,
    Relationship,
    SuppressedAddress,
    Suppression,
    User,
)
from crm.outreach import addresses as addressing
from crm.outreach import unsubscribing
from crm.services.outreach import stopping

NOTE_MAX = 300
_STOPS = {
    SuppressionReason.OPT_OUT: StopReason.OPT_OUT,
    SuppressionReason.BOUNCE: StopReason.BOUNCE,
}


class SuppressionRefused(Exception):
    """The list stays as it is; the message is fit for the user, `field` says where."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def suppress_creator(
    *,
    brand: Brand,
    creator: Creator,
    reason: SuppressionReason,
    origin: SuppressionOrigin,
    at: datetime,
    actor: User | None = None,
    note: str = "",
    digests: Iterable[str] = (),
) -> Suppression:
    """Write to a creator no more, by any address of today or later; stops what runs for them.

    On the list already: the entry stays, and learns of addresses that are new. `digests` are hashes
    of further addresses.
    """
    relationship = _lock(brand, creator)
    found = (
        Suppression.objects.in_force().filter(brand=brand, creator=creator, is_person=True).first()
    )
    is_new = found is None
    entry = found or Suppression.objects.create(
        brand=brand,
        creator=creator,
        is_person=True,
        reason=reason,
        origin=origin,
        note=_note(note),
        at=at,
        by=actor,
    )
    mails = ContactPoint.objects.filter(brand=brand, creator=creator, kind=ContactKind.EMAIL)
    known = {
        addressing.digest(brand.pk, value): _hint(value, reason)
        for value in mails.values_list("value", flat=True)
    }
    _add(entry, {**dict.fromkeys(digests, ""), **known})
    if is_new:
        _record(entry, relationship, "crm.outreach.suppressed", actor, at)
    if relationship is not None:
        stops = _STOPS.get(SuppressionReason(entry.reason), StopReason.SUPPRESSED)
        stopping.stop_for([relationship.pk], reason=stops, at=at, actor=actor)
    return entry


@transaction.atomic
def suppress_address(
    *,
    brand: Brand,
    address: str,
    reason: SuppressionReason,
    origin: SuppressionOrigin,
    at: datetime,
    actor: User | None = None,
    note: str = "",
) -> Suppression:
    """Write to one address no more; a creator's other addresses stay. Raises SuppressionRefused.

    An opt-out or a complaint is a person's: where the address is a creator's, it covers them whole.
    """
    address = addressing.normal(address)
    try:
        validate_email(address)
    except ValidationError:
        raise SuppressionRefused("This is no e-mail address.", "address") from None
    contact = (
        ContactPoint.objects.select_related("creator")
        .filter(brand=brand, kind=ContactKind.EMAIL, value=address)
        .first()
    )
    creator = contact.creator if contact else None
    if creator is not None and reason != SuppressionReason.BOUNCE:
        return suppress_creator(
            brand=brand,
            creator=creator,
            reason=reason,
            origin=origin,
            at=at,
            actor=actor,
            note=note,
        )
    relationship = _lock(brand, creator) if creator else None
    hashed = addressing.digest(brand.pk, address)
    found = (
        Suppression.objects.in_force()
        .filter(brand=brand, is_person=False, addresses__digest=hashed)
        .first()
    )
    if found is not None:
        return found
    entry = Suppression.objects.create(
        brand=brand,
        creator=creator,
        reason=reason,
        origin=origin,
        note=_note(note),
        at=at,
        by=actor,
    )
    _add(entry, {hashed: _hint(address, reason)})
    _record(entry, relationship, "crm.outreach.suppressed", actor, at)
    return entry


@transaction.atomic
def lift(*, suppression_id: int, note: str, actor: User, at: datetime) -> Suppression:
    """Allow mail again, with the reason. Raises SuppressionRefused."""
    entry = (
        Suppression.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "creator")
        .get(pk=suppression_id)
    )
    if entry.lifted_at is not None:
        raise SuppressionRefused("Somebody has lifted it already.")
    if entry.reason == SuppressionReason.ERASURE:
        raise SuppressionRefused(
            "Who asked to be erased is never written to again. They can write to you."
        )
    if not note.strip():
        raise SuppressionRefused("Say why mail is allowed again.", "note")
    entry.lifted_at, entry.lifted_by, entry.lifted_note = at, actor, _note(note)
    entry.save(update_fields=["lifted_at", "lifted_by", "lifted_note"])
    relationship = Relationship.objects.filter(brand=entry.brand, creator=entry.creator).first()
    _record(entry, relationship, "crm.outreach.suppression_lifted", actor, at)
    return entry


@transaction.atomic
def opt_out(*, token: str, at: datetime) -> Brand:
    """Somebody used the link in a mail. Raises unsubscribing.BadToken. Twice is once."""
    leaver = unsubscribing.read(token)
    brand = Brand.objects.filter(pk=leaver.brand_id).first()
    if brand is None:
        raise unsubscribing.BadToken("The brand that wrote to you is not here any more.")
    creator = Creator.objects.select_related("merged_into").filter(pk=leaver.creator_id).first()
    if creator is None:
        _opt_out_unknown(brand, leaver.digest, at)
    else:
        suppress_creator(
            brand=brand,
            creator=creator.merged_into or creator,
            reason=SuppressionReason.OPT_OUT,
            origin=SuppressionOrigin.LINK,
            at=at,
            digests=[leaver.digest],
        )
    return brand


def _opt_out_unknown(brand: Brand, digest: str, at: datetime) -> None:
    """The creator's row is gone, the address may come back by an import."""
    there = Suppression.objects.in_force().filter(brand=brand, addresses__digest=digest)
    if there.exists():
        return
    entry = Suppression.objects.create(
        brand=brand,
        reason=SuppressionReason.OPT_OUT,
        origin=SuppressionOrigin.LINK,
        at=at,
    )
    _add(entry, {digest: ""})
    _record(entry, None, "crm.outreach.suppressed", None, at)


def _lock(brand: Brand, creator: Creator) -> Relationship | None:
    """One change at a time for a creator of the brand."""
    return (
        Relationship.objects.select_for_update(no_key=True, of=("self",))
        .select_related("creator")
        .filter(brand=brand, creator=creator)
        .first()
    )


def _add(entry: Suppression, hints: dict[str, str]) -> None:
    SuppressedAddress.objects.bulk_create(
        [
            SuppressedAddress(suppression=entry, brand_id=entry.brand_id, digest=hashed, hint=hint)
            for hashed, hint in sorted(hints.items())
        ],
        ignore_conflicts=True,
    )


def _hint(address: str, reason: SuppressionReason) -> str:
    return "" if reason == SuppressionReason.ERASURE else addressing.hint(address)


def _note(note: str) -> str:
    return " ".join(note.split())[:NOTE_MAX]


def _record(
    entry: Suppression,
    relationship: Relationship | None,
    verb: str,
    actor: User | None,
    at: datetime,
) -> None:
    audit.record(
        brand=entry.brand,
        verb=verb,
        target=relationship or entry,
        actor=actor,
        at=at,
        data={"suppression": entry.pk, "reason": entry.reason, "origin": entry.origin},
        label=relationship.creator.name if relationship else f"suppression {entry.pk}",
    )
