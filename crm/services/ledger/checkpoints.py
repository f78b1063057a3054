"""Signed checkpoints: how far the ledger was, in a file that somebody else keeps.

Whoever can write to the database and has time can write a whole ledger anew. They cannot change
the checkpoints that are elsewhere, nor sign others.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction

from crm import audit
from crm.models import AuditEntry, Brand, LedgerCheckpoint, LedgerKeeping, User
from crm.outreach.headers import in_header
from crm.services.ledger import keys
from crm.services.promised_tasks import promise

FORMAT = "rapport-ledger-checkpoint-1"
# By name: tasks are above services.
MAIL_TASK = "crm.tasks.mail_checkpoint"
_SIGNED = ("format", "brand", "number", "hash", "at", "key")


class CheckpointRefused(Exception):
    """There is nothing to sign, or the file proves nothing; the message is fit for the user."""


class AddressRefused(Exception):
    """Checkpoints are not sent there; the message is fit for the user."""


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint whose signature holds: of which brand, what, by which key."""

    brand_id: int
    mark: audit.Mark
    at: str
    fingerprint: str


@transaction.atomic
def make(*, brand: Brand, at: datetime) -> LedgerCheckpoint:
    """Sign how far the ledger is; the one there is where nothing was done since.

    Raises CheckpointRefused for an empty ledger.
    """
    last = AuditEntry.objects.filter(brand=brand).order_by("-number").first()
    if last is None:
        raise CheckpointRefused("Nothing is in the ledger yet, so there is nothing to sign.")
    key, private = keys.signer(at=at)
    found = LedgerCheckpoint(brand=brand, number=last.number, hash=last.hash, at=at, key=key)
    there = LedgerCheckpoint.objects.filter(brand=brand, number=last.number, key=key)
    if standing := there.select_related("key").first():
        return standing
    found.signature = base64.b64encode(private.sign(_message(_signed(found)))).decode()
    found.save(force_insert=True)
    return found


@transaction.atomic
def sign(*, brand: Brand, at: datetime) -> LedgerCheckpoint:
    """Make a checkpoint for somebody who asks, and mail it. Raises CheckpointRefused."""
    made = make(brand=brand, at=at)
    promise(MAIL_TASK, checkpoint_id=made.pk)
    return made


def newest(brand: Brand) -> LedgerCheckpoint | None:
    """The last one that was made."""
    return LedgerCheckpoint.objects.filter(brand=brand).select_related("key").first()


def document(checkpoint: LedgerCheckpoint) -> str:
    """The file: what was signed, the signature, and the key to check it with."""
    said = _signed(checkpoint) | {
        "brand_name": checkpoint.brand.name,
        "public_key": checkpoint.key.public_key,
        "signature": checkpoint.signature,
    }
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def file_name(checkpoint: LedgerCheckpoint) -> str:
    """What the file is called."""
    return f"ledger-{checkpoint.brand.slug}-{checkpoint.number}.json"


def read(text: str) -> Checkpoint:
    """A checkpoint from its file. Raises CheckpointRefused unless its signature holds."""
    try:
        said = json.loads(text)
        number, brand = said["number"], said["brand"]
        signature = base64.b64decode(said["signature"], validate=True)
        key = keys.public(said["public_key"])
    except (ValueError, KeyError, TypeError) as error:
        raise CheckpointRefused("This is no checkpoint of a ledger.") from error
    if said.get("format") != FORMAT or not isinstance(number, int) or not isinstance(brand, int):
        raise CheckpointRefused("This is no checkpoint of a ledger.")
    if said["key"] != keys.fingerprint_of(said["public_key"]):
        raise CheckpointRefused("The checkpoint names another key than the one it holds.")
    try:
        key.verify(signature, _message({name: said.get(name) for name in _SIGNED}))
    except InvalidSignature as error:
        raise CheckpointRefused(
            "The signature does not fit: the checkpoint was changed after it was signed."
        ) from error
    return Checkpoint(brand, audit.Mark(number, said["hash"]), said["at"], said["key"])


def kept(brand: Brand) -> list[LedgerCheckpoint]:
    """All of a brand's checkpoints that are still here."""
    return list(LedgerCheckpoint.objects.filter(brand=brand).select_related("brand", "key"))


def address_of(brand: Brand) -> str:
    """Where checkpoints are mailed to; empty: nowhere."""
    found = LedgerKeeping.objects.filter(brand=brand).first()
    return found.address if found else ""


@transaction.atomic
def set_address(*, brand: Brand, address: str, actor: User, at: datetime) -> None:
    """Mail checkpoints there from now on (empty: no more). Raises AddressRefused."""
    wanted = address.strip().lower()
    if wanted:
        try:
            validate_email(wanted)
        except ValidationError:
            raise AddressRefused(f"“{address}” is no e-mail address.") from None
    keeping, _ = LedgerKeeping.objects.select_for_update(no_key=True).get_or_create(brand=brand)
    if keeping.address == wanted:
        return
    before, keeping.address = keeping.address, wanted
    keeping.save(update_fields=["address"])
    audit.record(
        brand=brand,
        verb="crm.ledger.address_set",
        target=brand,
        actor=actor,
        at=at,
        data={"address": [before, wanted]},
    )


def mail(checkpoint: LedgerCheckpoint) -> bool:
    """Send a checkpoint to who keeps them for the brand; whether somebody does."""
    address = address_of(checkpoint.brand)
    if not address:
        return False
    brand = checkpoint.brand
    message = EmailMessage(
        subject=in_header(f"Ledger of {brand.name}: checkpoint at entry {checkpoint.number}"),
        body=(
            f"The audit ledger of {brand.name} held {checkpoint.number} entries at "
            f"{checkpoint.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC.\n\n"
            "Please keep the attached file. With it anybody can prove later that nothing up to "
            "that entry was changed or removed:\n"
            "manage.py verify_ledger --checkpoint FILE\n"
        ),
        to=[address],
    )
    message.attach(file_name(checkpoint), document(checkpoint), "application/json")
    message.send()
    return True


def _signed(checkpoint: LedgerCheckpoint) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "brand": _brand_of(checkpoint),
        "number": checkpoint.number,
        "hash": checkpoint.hash,
        "at": checkpoint.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "key": checkpoint.key.fingerprint,
    }


def _brand_of(checkpoint: LedgerCheckpoint) -> int:
    """Its number where the checkpoint was signed: the brand may have come with its ledger."""
    origins = audit.Origins.of_brand(checkpoint.brand_id)
    return origins.brand_at(checkpoint.number, checkpoint.brand_id)


def _message(said: dict[str, Any]) -> bytes:
    return audit.canonical(said).encode()
