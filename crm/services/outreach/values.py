"""What merge fields hold for creators: read for many at once, one query for each table."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import F, Prefetch

from crm.field_types import shown
from crm.models import Brand, CustomField, FieldValue, Mailbox, Profile, Relationship, User
from crm.outreach import merge_fields
from crm.outreach.merge_fields import CUSTOM, MergeField

# "Ana of Acme" is how mailboxes are called.
_OF_BRAND = re.compile(r" (?:of|from|at|\||-) ")


def fields_of(brand: Brand) -> dict[str, MergeField]:
    """All fields that a mail of the brand can have: one query."""
    custom = CustomField.objects.filter(brand=brand).in_use()
    return merge_fields.catalogue(dict(custom.values_list("key", "label")))


def values_of(
    relationships: Sequence[int],
    *,
    brand: Brand,
    sender: User | None,
    keys: Collection[str],
    at: datetime,
    mailbox: Mailbox | None = None,
) -> dict[int, dict[str, str]]:
    """What the fields `keys` hold, by relationship; the personal line is the enrolment's own.

    Who has not told their name is called what their mailbox is called.
    """
    accounts = Profile.objects.select_related("platform").order_by(
        F("followers").desc(nulls_last=True), "pk"
    )
    rows = (
        Relationship.objects.filter(brand=brand, pk__in=relationships)
        .select_related("creator")
        .prefetch_related(Prefetch("creator__profiles", queryset=accounts), "creator__niches")
    )
    box_name = mailbox.name if mailbox else ""
    of_sender = {
        "brand": brand.name,
        "sender_name": (sender.get_full_name() if sender else "") or box_name,
        "sender_first_name": (sender.first_name if sender else "")
        or merge_fields.first_name(_OF_BRAND.split(box_name)[0]),
    }
    found = {row.pk: {**of_sender, **_own(row)} for row in rows}
    wanted = [key.removeprefix(CUSTOM) for key in keys if key.startswith(CUSTOM)]
    if wanted:
        _add_custom(found, {row.creator_id: row.pk for row in rows}, brand, wanted, at)
    return found


def _own(row: Relationship) -> dict[str, str]:
    creator = row.creator
    account = next(iter(creator.profiles.all()), None)
    return {
        "creator_name": creator.name,
        "first_name": merge_fields.first_name(creator.name),
        "handle": f"@{account.handle}" if account else "",
        "platform": account.platform.name if account else "",
        "country": merge_fields.country_name(creator.country),
        "niches": ", ".join(niche.label for niche in creator.niches.all()),
        "next_step": row.next_step,
    }


def _add_custom(
    found: dict[int, dict[str, str]],
    by_creator: dict[int, int],
    brand: Brand,
    keys: Collection[str],
    at: datetime,
) -> None:
    fields = {
        field.pk: field for field in CustomField.objects.filter(brand=brand, key__in=keys).in_use()
    }
    rows = FieldValue.objects.filter(field__in=fields, creator__in=by_creator).as_of(at)
    for row in rows:
        field = fields[row.field_id]
        found[by_creator[row.creator_id]][f"{CUSTOM}{field.key}"] = shown(field, row.value)
