"""A file of conversions: all of it or none, with each line's mistake; and taken back again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from campaigns.choices import ConversionSource
from campaigns.models import Conversion, ConversionBatch, Refund
from campaigns.services.conversions import files, taking
from campaigns.services.conversions.files import Fault, Read
from campaigns.services.conversions.told import ConversionsRefused, Mistake
from campaigns.services.money import CURRENCIES
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.importers.rows import Unreadable
from crm.models import Brand, User
from crm.services.imports.files import sha256_of

_CHUNK = 2_000
SHOWN = 200


class FileRefused(CampaignRefused):
    """Nothing of a file was taken; `faults` says which lines are wrong and why, the first ones."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        number = len(faults)
        lines = "One line is" if number == 1 else f"{number:,} things are"
        super().__init__(f"{lines} wrong, so nothing was taken.", field="file")
        self.faults = sorted(faults, key=lambda fault: (fault.line, fault.column))[:SHOWN]


@transaction.atomic
def take_file(
    *, brand: Brand, path: Path, name: str, currency: str, actor: User, at: datetime
) -> ConversionBatch:
    """Take all that a file says. Raises FileRefused, or CampaignRefused if it cannot be read."""
    if currency and currency not in CURRENCIES:
        raise CampaignRefused("A currency has three letters, as EUR.", field="currency")
    try:
        found = files.read(path, name=name, currency=currency, zone=ZoneInfo(brand.timezone), at=at)
    except Unreadable as refusal:
        raise CampaignRefused(str(refusal), field="file") from refusal
    if found.faults:
        raise FileRefused(found.faults)
    if not found.told:
        raise CampaignRefused("There is no conversion in this file.", field="file")
    batch = ConversionBatch.objects.create(
        brand=brand,
        file_name=name[:255],
        sha256=sha256_of(path),
        shape=found.shape,
        counts={},
        created_by=actor,
        created_at=at,
    )
    origin = taking.Origin(ConversionSource.FILE, at, batch=batch)
    new = _take_all(brand, found, origin)
    if not new["conversions"] and not new["refunds"]:
        raise CampaignRefused("Everything in this file is known already.", field="file")
    batch.counts = {"rows": found.rows, "told": len(found.told), **new}
    batch.save(update_fields=("counts",))
    audit.record(
        brand=brand,
        verb="campaigns.conversion_file.taken",
        target=batch,
        actor=actor,
        at=at,
        data={"digest": batch.sha256, **batch.counts},
    )
    return batch


@transaction.atomic
def undo(*, batch_id: int, brand: Brand, actor: User, at: datetime) -> ConversionBatch:
    """Take a file back: its conversions and refunds are gone.

    Raises CampaignRefused, ConversionBatch.DoesNotExist.
    """
    batch = ConversionBatch.objects.select_for_update(no_key=True).get(pk=batch_id, brand=brand)
    if batch.undone_at is not None:
        raise CampaignRefused("This file was taken back already.", code="outdated")
    others = Refund.objects.filter(conversion__batch=batch).exclude(batch=batch).count()
    if others:
        raise CampaignRefused(
            f"{others:,} of its conversions were refunded since, by what came in another way: "
            "taking the file back would lose that."
        )
    refunds = Refund.objects.filter(batch=batch).delete()[0]
    conversions = Conversion.objects.filter(batch=batch).delete()[0]
    batch.undone_at, batch.undone_by = at, actor
    batch.save(update_fields=("undone_at", "undone_by"))
    audit.record(
        brand=brand,
        verb="campaigns.conversion_file.undone",
        target=batch,
        actor=actor,
        at=at,
        data={"conversions": conversions, "refunds": refunds},
    )
    return batch


def _take_all(brand: Brand, found: Read, origin: taking.Origin) -> dict[str, int]:
    """Take everything in parts; every mistake is told at once."""
    faults: list[Fault] = []
    new = {"conversions": 0, "refunds": 0}
    for start in range(0, len(found.told), _CHUNK):
        part = found.told[start : start + _CHUNK]
        try:
            told = [one for _line, one in part]
            new["conversions"] += len(taking.take(brand=brand, told=told, origin=origin).new)
        except ConversionsRefused as refusal:
            faults += [_fault(one, [line for line, _one in part]) for one in refusal.mistakes]
    if not faults:
        for start in range(0, len(found.refunds), _CHUNK):
            some = found.refunds[start : start + _CHUNK]
            try:
                back = [one for _line, one in some]
                new["refunds"] += len(taking.take_back(brand=brand, told=back, origin=origin).new)
            except ConversionsRefused as refusal:
                faults += [_fault(one, [line for line, _one in some]) for one in refusal.mistakes]
    if faults:
        raise FileRefused(faults)
    return new


def _fault(mistake: Mistake, lines: Sequence[int]) -> Fault:
    return Fault(lines[mistake.place], mistake.field, mistake.message)
