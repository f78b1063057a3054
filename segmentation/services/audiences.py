"""People whom a brand wants to reach, and which creator segments are to reach them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pycountry
from django.db import transaction

from crm import audit
from crm.models import Brand, Platform, User
from segmentation.choices import SegmentStatus
from segmentation.models import AudienceSegment, Segment
from segmentation.services import ledger
from segmentation.services.edits import EditRefused, refuse_outdated, set_values

FIELDS = ("name", "description", "countries", "platforms", "wanted_creators", "position")
# As many cells as a person can read.
MAX_PLACES = 30
MAX_WANTED = 100_000


@transaction.atomic
def create_audience(
    *,
    brand: Brand,
    key: str,
    values: Mapping[str, Any],
    segments: Sequence[str],
    at: datetime,
    actor: User | None,
) -> AudienceSegment:
    """A new audience, reached by the segments of these keys. Raises EditRefused."""
    ledger.lock_for_edit(brand)
    if AudienceSegment.objects.filter(brand=brand, key=key).exists():
        raise EditRefused(f"There is an audience {key!r} already.", code="key_taken", field="key")
    audience = AudienceSegment(brand=brand, key=key)
    set_values(audience, {name: values[name] for name in FIELDS if name in values})
    _check(audience)
    linked = _segments(brand, segments)
    audience.save()
    audience.segments.set(linked)
    _record(audience, "created", at, actor, {"key": key, "segments": sorted(segments)})
    return audience


@transaction.atomic
def change_audience(
    *,
    audience_id: int,
    changes: Mapping[str, Any],
    at: datetime,
    actor: User | None,
    segments: Sequence[str] | None = None,
    seen: str | None = None,
) -> AudienceSegment:
    """Set some of FIELDS and, where given, the segments. Raises EditRefused."""
    audience = AudienceSegment.objects.select_related("brand").get(pk=audience_id)
    ledger.lock_for_edit(audience.brand)
    audience.refresh_from_db()
    refuse_outdated(audience, FIELDS, seen)
    changed = set_values(audience, {name: changes[name] for name in FIELDS if name in changes})
    _check(audience)
    if segments is not None:
        before = sorted(audience.segments.values_list("key", flat=True))
        audience.segments.set(_segments(audience.brand, segments))
        if before != sorted(segments):
            changed["segments"] = [before, sorted(segments)]
    if not changed:
        return audience
    audience.save()
    _record(audience, "changed", at, actor, changed)
    return audience


@transaction.atomic
def delete_audience(*, audience_id: int, at: datetime, actor: User | None) -> None:
    """Forget the audience; the creator segments that reached it stay as they are."""
    audience = AudienceSegment.objects.select_related("brand").get(pk=audience_id)
    segments = sorted(audience.segments.values_list("key", flat=True))
    data = {"key": audience.key, "name": audience.name, "segments": segments}
    _record(audience, "deleted", at, actor, data)
    audience.delete()


def _segments(brand: Brand, keys: Sequence[str]) -> list[Segment]:
    found = {
        segment.key: segment
        for segment in Segment.objects.filter(brand=brand, key__in=keys).exclude(
            status=SegmentStatus.ARCHIVED
        )
    }
    for key in keys:
        if key not in found:
            raise EditRefused(
                f"There is no segment {key!r} in use.", code="unknown_segment", field="segments"
            )
    return list(found.values())


def _check(audience: AudienceSegment) -> None:
    if not audience.name.strip():
        raise EditRefused("Give the audience a name.", code="name_needed", field="name")
    if not 0 < audience.wanted_creators <= MAX_WANTED:
        raise EditRefused(
            f"From 1 to {MAX_WANTED:,} creators can be wanted.",
            code="out_of_range",
            field="wanted_creators",
        )
    for country in audience.countries:
        if pycountry.countries.get(alpha_2=country) is None:
            raise EditRefused(
                f"There is no country {country!r}: write two letters, as DK.",
                code="unknown_country",
                field="countries",
            )
    known = set(Platform.objects.values_list("key", flat=True))
    for platform in audience.platforms:
        if platform not in known:
            raise EditRefused(
                f"There is no platform {platform!r}.", code="unknown_platform", field="platforms"
            )
    for name, places in (("countries", audience.countries), ("platforms", audience.platforms)):
        if len(places) > MAX_PLACES:
            raise EditRefused(f"Name {MAX_PLACES} at most.", code="too_many", field=name)
        if len(set(places)) < len(places):
            raise EditRefused("Name each once.", code="named_twice", field=name)


def _record(
    audience: AudienceSegment, verb: str, at: datetime, actor: User | None, data: Mapping[str, Any]
) -> None:
    audit.record(
        brand=audience.brand,
        verb=f"segmentation.audience.{verb}",
        target=audience,
        actor=actor,
        at=at,
        data=data,
    )
