"""Which values of two creators differ, and which one stays: a person chooses, we propose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from crm.choices import CreatorType, Stage
from crm.field_types import shown
from crm.models import Brand, Creator, CustomField, FieldValue, PostalAddress, Relationship
from crm.services.merge.refusals import Outdated

KEPT, GONE = "kept", "gone"
_LABELS = {
    "name": "Name",
    "creator_type": "Kind",
    "country": "Country",
    "language": "Language",
    "timezone": "Time zone",
    "profession": "Profession",
    "is_celebrity": "Celebrity",
}
# A refusal is never lost, and a partner does not become a prospect again.
_WEIGHT = (
    Stage.PROSPECT,
    Stage.LAPSED,
    Stage.FIRST_TIME,
    Stage.CORE,
    Stage.ADVOCATE,
    Stage.DECLINED,
)


@dataclass(frozen=True)
class Difference:
    """A value of which one stays: in words, and the proposal."""

    key: str
    group: str
    label: str
    kept: str
    gone: str
    default: str


@dataclass(frozen=True)
class Pair:
    """How a brand that knows both stands with each."""

    kept: Relationship
    gone: Relationship

    @property
    def brand(self) -> Brand:
        """Whose."""
        return self.kept.brand


def differences(
    *, kept: Creator, gone: Creator, pairs: Iterable[Pair], brand: Brand, at: datetime
) -> list[Difference]:
    """Everything of which one value stays, with the proposal; the fields are those of `brand`."""
    found = [*_of_creators(kept, gone)]
    for pair in pairs:
        found += _of_relationships(pair)
    return [*found, *(one for one, _, _ in _of_fields(kept, gone, brand, at))]


def choose(found: Iterable[Difference], choices: Mapping[str, str]) -> dict[str, str]:
    """What stays, by key: as chosen, else as proposed.

    Raises Outdated for a choice about something that does not differ (any more).
    """
    known = {one.key: one for one in found}
    for key, value in choices.items():
        if key not in known or value not in {KEPT, GONE}:
            raise Outdated(
                "The two were changed since you looked at them. Look at the differences again."
            )
    return {key: choices.get(key, one.default) for key, one in known.items()}


def _of_creators(kept: Creator, gone: Creator) -> Iterable[Difference]:
    for name, label in _LABELS.items():
        ours, theirs = getattr(kept, name), getattr(gone, name)
        if ours == theirs:
            continue
        default = GONE if ours in ("", None) else KEPT
        yield Difference(
            name, "The person", label, _words(name, ours), _words(name, theirs), default
        )


def _words(name: str, value: Any) -> str:
    if value in ("", None):
        return "not known"
    if name == "creator_type":
        return str(CreatorType(value).label)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def key_of(pair: Pair, name: str) -> str:
    """The key of a difference between two relationships of a brand."""
    return f"{name}-{pair.brand.slug}"


def _of_relationships(pair: Pair) -> Iterable[Difference]:
    ours, theirs = pair.kept, pair.gone
    group = f"How {pair.brand} stands with them"
    if ours.stage != theirs.stage:
        heavier = _WEIGHT.index(Stage(theirs.stage)) > _WEIGHT.index(Stage(ours.stage))
        yield Difference(
            key_of(pair, "stage"),
            group,
            "Stage",
            _stage(ours),
            _stage(theirs),
            GONE if heavier else KEPT,
        )
    if ours.owner_id != theirs.owner_id:
        yield Difference(
            key_of(pair, "owner"),
            group,
            "Owner",
            ours.owner.display_name if ours.owner else "nobody",
            theirs.owner.display_name if theirs.owner else "nobody",
            KEPT if ours.owner_id else GONE,
        )
    if _next_step(ours) != _next_step(theirs):
        yield Difference(
            key_of(pair, "next_step"),
            group,
            "Next step",
            _next_step(ours) or "none",
            _next_step(theirs) or "none",
            KEPT if ours.next_step else GONE,
        )
    addresses = addresses_of(pair)
    if addresses is not None and (said := [_lines(one) for one in addresses])[0] != said[1]:
        here, there = addresses
        yield Difference(
            key_of(pair, "address"),
            group,
            "Postal address",
            said[0],
            said[1],
            GONE if there.confirmed_at > here.confirmed_at else KEPT,
        )


def addresses_of(pair: Pair) -> tuple[PostalAddress, PostalAddress] | None:
    """Where the brand sends parcels to each of the two; None where it knows it of one at most."""
    rows = PostalAddress.objects.filter(
        brand=pair.brand, creator__in=[pair.kept.creator_id, pair.gone.creator_id]
    )
    held = {row.creator_id: row for row in rows}
    if len(held) < 2:
        return None
    return held[pair.kept.creator_id], held[pair.gone.creator_id]


def _lines(address: PostalAddress) -> str:
    lines = (
        address.recipient,
        address.street,
        f"{address.postal_code} {address.city}",
        address.region,
        address.country,
        address.phone,
    )
    return ", ".join(line.strip() for line in lines if line.strip())


def _stage(relationship: Relationship) -> str:
    since = timezone.localtime(relationship.stage_since)
    return f"{Stage(relationship.stage).label} since {since:%-d %b %Y}"


def _next_step(relationship: Relationship) -> str:
    by = f", by {relationship.next_step_on:%-d %b %Y}" if relationship.next_step_on else ""
    return f"{relationship.next_step}{by}" if relationship.next_step else ""


def _of_fields(
    kept: Creator, gone: Creator, brand: Brand, at: datetime
) -> Iterable[tuple[Difference, FieldValue, FieldValue]]:
    """Fields that both have a value of; the newer one is proposed."""
    fields = {field.pk: field for field in CustomField.objects.filter(brand=brand).in_use()}
    rows = FieldValue.objects.filter(field__in=fields, creator__in=[kept, gone]).as_of(at)
    held = {(row.field_id, row.creator_id): row for row in rows}
    for pk, field in fields.items():
        ours, theirs = held.get((pk, kept.pk)), held.get((pk, gone.pk))
        if ours is None or theirs is None or ours.value == theirs.value:
            continue
        yield (
            Difference(
                f"field-{field.key}",
                f"Fields of {brand}",
                field.label,
                _since(field, ours),
                _since(field, theirs),
                GONE if theirs.since > ours.since else KEPT,
            ),
            ours,
            theirs,
        )


def _since(field: CustomField, row: FieldValue) -> str:
    if row.value is None:
        return "taken away"
    return f"{shown(field, row.value)}, since {timezone.localtime(row.since):%-d %b %Y}"


def overruled(
    *, kept: Creator, gone: Creator, brand: Brand, at: datetime, chosen: Mapping[str, str]
) -> list[FieldValue]:
    """Values that stay although the other creator's is newer: to be said again, as of now."""
    said = []
    for one, ours, theirs in _of_fields(kept, gone, brand, at):
        stays, goes = (ours, theirs) if chosen[one.key] == KEPT else (theirs, ours)
        if goes.since >= stays.since:
            said.append(stays)
    return said
