"""Cells that a page of creators asks for at once: by relationship, whatever the page's length."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from crm.choices import ContactKind, MailStatus
from crm.field_types import shown
from crm.models import (
    Brand,
    ContactPoint,
    CreatorNiche,
    CreatorTag,
    CustomField,
    FieldValue,
    Message,
    Tag,
)
from crm.selectors import CreatorRow

Rows = Sequence[CreatorRow]
Cells = Mapping[int, Any]


def plain(cell: Any) -> Any:
    """A cell as a file holds it: of tags and the like their names."""
    if isinstance(cell, list):
        return [str(item) for item in cell]
    return cell


def fields(brand: Brand) -> QuerySet[CustomField]:
    """The brand's fields in use, in their order."""
    return CustomField.objects.filter(brand=brand).in_use()


class FieldCells:
    """What the brand's fields hold for a page of creators: one query for all of them."""

    def __init__(self, fields: Iterable[CustomField]) -> None:
        self.fields = {field.pk: field for field in fields}
        self._of: tuple[int, ...] = ()
        self._cells: dict[int, dict[int, str]] = {}

    def cells(self, field: CustomField, _brand: Brand, rows: Rows) -> Cells:
        """What one of the fields holds, in words."""
        creators = _creators(rows)
        if self._of != tuple(creators):
            self._of, self._cells = tuple(creators), defaultdict(dict)
            held = FieldValue.objects.filter(field__in=self.fields, creator__in=creators)
            for row in held.as_of(timezone.now()):
                words = shown(self.fields[row.field_id], row.value)
                self._cells[row.field_id][creators[row.creator_id]] = words
        return self._cells.get(field.pk, {})


def last_contacts(brand: Brand, rows: Rows) -> Cells:
    """When the last mail went to or came from each."""
    found = (
        Message.objects.filter(
            brand=brand,
            thread__relationship__in=[row.relationship.pk for row in rows],
            status__in=[MailStatus.SENT, MailStatus.RECEIVED, MailStatus.BOUNCED],
        )
        .order_by()
        .values_list("thread__relationship")
        .annotate(at=Max("at"))
    )
    return dict(found)


def tags(brand: Brand, rows: Rows) -> Cells:
    """The brand's tags of each, by name."""
    found = CreatorTag.objects.filter(tag__brand=brand, creator__in=_creators(rows))
    in_order = found.select_related("tag").order_by("tag__name", "pk")
    return _grouped(rows, ((row.creator_id, row.tag) for row in in_order))


def niches(_brand: Brand, rows: Rows) -> Cells:
    """The subjects of each."""
    found = CreatorNiche.objects.filter(creator__in=_creators(rows))
    named = found.order_by("niche__label").values_list("creator", "niche__label")
    return _grouped(rows, named)


def addresses(brand: Brand, rows: Rows) -> Cells:
    """The e-mail addresses of each that the brand was given."""
    found = ContactPoint.objects.filter(
        brand=brand, kind=ContactKind.EMAIL, creator__in=_creators(rows)
    )
    return _grouped(rows, found.order_by("value").values_list("creator", "value"))


def _creators(rows: Rows) -> dict[int, int]:
    """Each creator with their relationship."""
    return {row.creator.pk: row.relationship.pk for row in rows}


def _grouped(rows: Rows, pairs: Iterable[tuple[int, Any]]) -> Cells:
    creators = _creators(rows)
    found: dict[int, list[str | Tag]] = defaultdict(list)
    for creator, item in pairs:
        found[creators[creator]].append(item)
    return found
