"""What the rule builder needs to offer: facts with their documentation, segments, stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import resolve, reverse

from crm.models import Brand, Creator
from segmentation.choices import SegmentStatus
from segmentation.models import Segment, SegmentVersion
from segmentation.rules.context import PEER_TYPES
from segmentation.rules.facts import NUMERIC_TYPES, TYPE_IN_WORDS, Catalogue, Fact


def catalogue_rows(facts: Catalogue) -> list[dict[str, Any]]:
    """The facts as the builder's script reads them, in the catalogue's order."""
    return [_row(fact) for fact in facts.values()]


def _row(fact: Fact) -> dict[str, Any]:
    low, high = fact.bounds
    allowed = fact.allowed
    return {
        "key": fact.key,
        "label": fact.label,
        "type": fact.type.value,
        "type_words": TYPE_IN_WORDS[fact.type],
        "unit": fact.unit,
        "description": fact.description,
        "source": fact.source,
        "operators": [op.value for op in fact.operators],
        "choices": None
        if allowed is None
        else [{"value": value, "label": fact.label_of(value)} for value in allowed],
        "minimum": low,
        "maximum": high,
        "has_norm": fact.type in NUMERIC_TYPES,
        # Creators who are equal in it can be peers.
        "makes_peers": fact.type in PEER_TYPES,
    }


def segment_rows(brand: Brand, *, but: Segment | None = None) -> list[dict[str, str]]:
    """The segments that a rule may refer to: all but the archived ones and itself."""
    found = (
        Segment.objects.filter(brand=brand)
        .exclude(status=SegmentStatus.ARCHIVED)
        .exclude(key="" if but is None else but.key)
        .order_by("dimension__position", "dimension__key", "position", "key")
        .values("key", "name", "dimension__name")
    )
    return [
        {"key": row["key"], "name": row["name"], "dimension": row["dimension__name"]}
        for row in found
    ]


def version_to_edit(segment: Segment, number: int | None) -> SegmentVersion | None:
    """The version of that number; without one the newest draft after the rule in use, else that.

    None where the segment has no such version, or none at all.
    """
    versions = segment.versions.select_related("author")
    if number is not None:
        return versions.filter(number=number).first()
    newest = versions.order_by("-number").first()
    if newest is not None and newest.activated_at is None:
        return newest
    return segment.active_version or newest


@dataclass(frozen=True)
class Person:
    """A creator in a sample."""

    pk: int
    uid: str
    name: str
    handle: str
    platform: str
    followers: int | None


def people(ids: Sequence[int]) -> list[Person]:
    """The creators of these ids, in the order given."""
    found = {
        row["pk"]: Person(
            row["pk"],
            str(row["uid"]),
            row["name"],
            row["metrics__primary_handle"] or "",
            row["metrics__primary_platform_id"] or "",
            row["metrics__followers"],
        )
        for row in Creator.objects.filter(pk__in=ids).values(
            "pk",
            "uid",
            "name",
            "metrics__primary_handle",
            "metrics__primary_platform_id",
            "metrics__followers",
        )
    }
    return [found[pk] for pk in ids if pk in found]


def is_address_of_segment(brand: Brand, key: str) -> bool:
    """Whether a segment of this key would have a page; "builder" is the address of another one."""
    address = reverse("segmentation:segment", args=[brand.slug, key])
    return resolve(address).view_name == "segmentation:segment"
