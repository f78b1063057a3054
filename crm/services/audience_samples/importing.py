"""A file of samples of followers: all of it or nothing, and its undoing.

A row is one follower of one account. Who they are becomes a number before anything is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.base import File
from django.db import transaction

from crm import audit
from crm.choices import Source
from crm.importers.numbers import BadValue, parse_count
from crm.importers.tables import Line, TableRefused, read_table
from crm.models import AudienceSample, Brand, Profile, SampleBatch, User
from crm.services.post_comments.authors import number_of

# The headings that exports have, in small letters.
COLUMNS: Mapping[str, Sequence[str]] = {
    "platform": ("platform",),
    "handle": ("handle", "account", "creator", "username"),
    "member": ("member", "follower", "follower_id", "follower id", "user_id"),
    "size": ("size", "audience_size", "followers", "followers_count"),
}
REQUIRED = ("platform", "handle", "member")
KEY_MAX = 200


class SamplesRefused(Exception):
    """Nothing was changed: the file is undone; the message is fit for the user."""

    code = "undone"


@dataclass
class _Told:
    """What the file says of one account."""

    profile: Profile
    line: int
    members: set[int] = field(default_factory=set)
    size: int | None = None


@transaction.atomic
def import_samples(
    *,
    brand: Brand,
    upload: File[Any],
    taken_on: date | None,
    source: Source,
    actor: User | None,
    at: datetime,
) -> SampleBatch:
    """Take a file in. Raises TableRefused with every fault, each with its line.

    Days are those of the brand; None: drawn today. Of how many a sample is, is in the file, or the
    newest count of the account's followers.
    """
    today = at.astimezone(ZoneInfo(brand.timezone)).date()
    taken_on = taken_on or today
    if taken_on > today:
        raise TableRefused(["The day of the samples lies ahead."])
    lines = read_table(upload, COLUMNS, required=REQUIRED)
    told = _read(brand, lines)
    # The same file sent twice at once is told that it is there already.
    Brand.objects.select_for_update(no_key=True, of=("self",)).get(pk=brand.pk)
    known = set(
        AudienceSample.objects.filter(
            brand=brand, taken_on=taken_on, profile__in=[one.profile for one in told]
        ).values_list("profile", flat=True)
    )
    faults = []
    for one in told:
        one.size = one.profile.followers if one.size is None else one.size
        name = f"Line {one.line}: {one.profile.handle}"
        if one.profile.pk in known:
            faults.append(f"{name} has a sample of this day already: take that back first.")
        elif one.size is None:
            faults.append(f"{name}: nobody knows how many followers there are. Add “size”.")
        elif one.size < len(one.members):
            faults.append(f"{name} has fewer followers than the sample has people.")
    if faults:
        raise TableRefused(faults)
    batch = SampleBatch.objects.create(
        brand=brand,
        file_name=(upload.name or "samples")[:255],
        samples=len(told),
        people=sum(len(one.members) for one in told),
        created_by=actor,
        created_at=at,
    )
    AudienceSample.objects.bulk_create(
        AudienceSample(
            brand=brand,
            profile=one.profile,
            taken_on=taken_on,
            audience_size=one.size or 0,  # known: faults were told above
            people=len(one.members),
            members=sorted(one.members),
            source=source,
            batch=batch,
            created_at=at,
        )
        for one in told
    )
    _record(batch, "crm.audience_samples.imported", actor, at)
    return batch


@transaction.atomic
def undo_import(*, batch_id: int, brand: Brand, actor: User | None, at: datetime) -> SampleBatch:
    """Take a file back: its samples are gone. Raises SamplesRefused."""
    batch = SampleBatch.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=batch_id, brand=brand
    )
    if batch.undone_at is not None:
        msg = "This file was taken back already."
        raise SamplesRefused(msg)
    AudienceSample.objects.filter(batch=batch).delete()
    batch.undone_at = at
    batch.save(update_fields=["undone_at"])
    _record(batch, "crm.audience_samples.import_undone", actor, at)
    return batch


def _record(batch: SampleBatch, verb: str, actor: User | None, at: datetime) -> None:
    audit.record(
        brand=batch.brand,
        verb=verb,
        target=batch,
        actor=actor,
        at=at,
        label=f"file #{batch.pk}",
        data={"samples": batch.samples, "people": batch.people},
    )


def _read(brand: Brand, lines: Sequence[Line]) -> list[_Told]:
    accounts = _accounts(brand, lines)
    told: dict[int, _Told] = {}
    faults = []
    for line in lines:
        platform, handle, member = (_cell(line, name) for name in REQUIRED)
        profile = accounts.get((platform.lower(), _handle(handle)))
        number = number_of(brand_id=brand.pk, platform=platform.lower(), key=member)
        if profile is None:
            faults.append(f"Line {line.number}: no creator of yours has “{handle[:60]}” there.")
        elif number is None or len(member) > KEY_MAX:
            faults.append(f"Line {line.number}: a follower has a key of 1 to {KEY_MAX} characters.")
        else:
            one = told.setdefault(profile.pk, _Told(profile, line.number))
            one.members.add(number)
            try:
                size = parse_count(line.cells.get("size"))
            except BadValue as wrong:
                faults.append(f"Line {line.number}: {wrong}")
                continue
            if size is not None and one.size is not None and size != one.size:
                faults.append(f"Line {line.number}: it had {one.size:,} followers before.")
            one.size = one.size if size is None else size
    if faults:
        raise TableRefused(faults)
    return list(told.values())


def _accounts(brand: Brand, lines: Sequence[Line]) -> Mapping[tuple[str, str], Profile]:
    handles = {_handle(_cell(line, "handle")) for line in lines}
    rows = Profile.objects.filter(handle__in=handles, creator__relationships__brand=brand)
    return {(row.platform_id, row.handle): row for row in rows}


def _handle(cell: str) -> str:
    return cell.removeprefix("@").lower()


def _cell(line: Line, name: str) -> str:
    return str(line.cells.get(name) or "").strip()
