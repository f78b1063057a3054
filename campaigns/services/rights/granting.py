"""Rights come to be, start, and are taken back; nothing else happens to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from campaigns.choices import RightAct, RightSource, StartTrigger
from campaigns.models import Asset, Deliverable, Engagement, RightEvent, UsageRight
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.rights.evidence import Evidence, seen
from campaigns.services.rights.terms import TERMS, Terms, checked, last_day
from crm import audit
from crm.models import Brand, User

REASON_MAX = 500


@transaction.atomic
def grant(
    *,
    terms: Terms,
    source: RightSource,
    evidence: Evidence,
    actor: User | None,
    at: datetime,
    engagement: Engagement | None = None,
    deliverable: Deliverable | None = None,
    asset: Asset | None = None,
    renews: UsageRight | None = None,
) -> UsageRight:
    """Write down a right: of an engagement, of one deliverable of it, or of an asset by itself.

    One that begins with the publication of content already published has started then. Raises
    CampaignRefused.
    """
    target = _target(engagement, deliverable, asset)
    if renews is not None:
        _same_place(renews, target)
    if target.get("asset") and terms.trigger == StartTrigger.PUBLICATION:
        raise CampaignRefused("It is there already: say on which day it starts.", field="trigger")
    brand = _brand_of(target)
    _lock(target)
    kept = checked(terms)
    right = UsageRight(
        brand=brand,
        **target,
        renews=renews,
        **{name: getattr(kept, name) for name in TERMS if name not in {"territory", "channels"}},
        territory=list(kept.territory),
        channels=list(kept.channels),
        source=source,
        **seen(evidence, source),
        granted_by=actor,
        created_at=at,
    )
    if source == RightSource.HAND:
        _refuse_twice(right)
    right.save(force_insert=True)
    _tell(right, RightAct.GRANT, actor, at, on=right.starts_on, note=right.note)
    _log(right, "given", actor, at, usage=right.usage, source=source, renews=right.renews_id)
    if right.trigger == StartTrigger.PUBLICATION:
        for piece in _published(right):
            _start_one(right, piece, _day_of(piece, brand), actor, at)
        right.refresh_from_db()
    return right


@transaction.atomic
def start_rights_of(
    deliverable: Deliverable, on: date, *, actor: User | None, at: datetime
) -> list[UsageRight]:
    """Start what begins with the publication of a piece of content; safe to call twice.

    A right for all pieces starts for each of them by itself: this piece gets a part of its own.
    Returns the rights that started now.
    """
    Engagement.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=deliverable.engagement_id
    )
    waiting = (
        UsageRight.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand")
        .held()
        .filter(
            engagement=deliverable.engagement_id,
            trigger=StartTrigger.PUBLICATION,
            starts_on=None,
        )
        .order_by("pk")
    )
    found = []
    for right in waiting:
        if right.deliverable_id in {None, deliverable.pk}:
            started = _start_one(right, deliverable, on, actor, at)
            found += [started] if started else []
    return found


@transaction.atomic
def start(*, right_id: int, brand: Brand, on: date, actor: User | None, at: datetime) -> UsageRight:
    """Say when what it waits for, the signing, happened. Raises UsageRight.DoesNotExist,
    CampaignRefused."""
    right = _taken(right_id, brand)
    if right.revoked_at:
        raise CampaignRefused("It was taken back.", code="not_in_this_state")
    if right.starts_on:
        raise CampaignRefused(
            f"It started on {right.starts_on:%-d %B %Y} already.", code="not_in_this_state"
        )
    if right.trigger != StartTrigger.SIGNING:
        raise CampaignRefused(
            "It starts by itself when the content is published.", code="not_in_this_state"
        )
    if on > today_of(brand, at):
        raise CampaignRefused("This day is still to come.", field="on")
    if _is_over(right, on):
        raise CampaignRefused("It would end before it starts.", field="on")
    _begin(right, on, actor, at)
    return right


@transaction.atomic
def revoke(
    *,
    right_id: int,
    brand: Brand,
    on: date,
    reason: str,
    actor: User | None,
    at: datetime,
) -> UsageRight:
    """Write down that a right holds no more from a day on, with its parts.

    Raises UsageRight.DoesNotExist, CampaignRefused.
    """
    right = _taken(right_id, brand)
    words = " ".join(reason.replace("\0", "").split())
    if not words:
        raise CampaignRefused("Say why: it stays in the history.", field="reason")
    if len(words) > REASON_MAX:
        raise CampaignRefused(f"{REASON_MAX} characters are the most.", field="reason")
    if right.revoked_on:
        raise CampaignRefused(
            f"It was taken back from {right.revoked_on:%-d %B %Y} on already.",
            code="not_in_this_state",
        )
    if right.ends_on and on > right.ends_on:
        raise CampaignRefused(
            f"It ends on {right.ends_on:%-d %B %Y} anyway: nothing is left to take back.",
            field="on",
        )
    parts = right.parts.select_for_update(no_key=True, of=("self",)).select_related("brand").held()
    for one in [right, *parts.order_by("pk")]:
        one.revoked_at, one.revoked_on, one.revoked_reason = at, on, words
        one.revoked_by = actor
        one.save(update_fields=["revoked_at", "revoked_on", "revoked_reason", "revoked_by"])
        _tell(one, RightAct.REVOKE, actor, at, on=on, note=words)
    _log(right, "revoked", actor, at, on=on)
    return right


def _target(
    engagement: Engagement | None, deliverable: Deliverable | None, asset: Asset | None
) -> dict[str, Any]:
    if deliverable is not None and engagement is None:
        engagement = deliverable.engagement
    if (engagement is None) == (asset is None):
        msg = "A right belongs to an engagement or to an asset."
        raise ValueError(msg)
    if engagement is not None and deliverable is not None:
        if deliverable.engagement_id != engagement.pk:
            raise CampaignRefused(
                "This piece of content belongs to another creator or campaign.", field="deliverable"
            )
        return {"engagement": engagement, "deliverable": deliverable}
    if engagement is not None:
        return {"engagement": engagement}
    if asset is not None and asset.engagement_id is not None:
        raise CampaignRefused(
            "This was made in a campaign: its rights are written down there.", field="asset"
        )
    return {"asset": asset}


def _lock(target: Mapping[str, Any]) -> None:
    """A form sent twice makes one right, and no publication falls between two looks."""
    if "asset" in target:
        Asset.objects.select_for_update(no_key=True, of=("self",)).get(pk=target["asset"].pk)
    else:
        Engagement.objects.select_for_update(no_key=True, of=("self",)).get(
            pk=target["engagement"].pk
        )


def _brand_of(target: Mapping[str, Any]) -> Brand:
    asset: Asset | None = target.get("asset")
    if asset is not None:
        return asset.brand
    engagement: Engagement = target["engagement"]
    return engagement.campaign.brand


def _same_place(renews: UsageRight, target: Mapping[str, Any]) -> None:
    for name in ("engagement", "deliverable", "asset"):
        one = target.get(name)
        if getattr(renews, f"{name}_id") != (one.pk if one else None):
            raise CampaignRefused("A right is renewed where it was given.", field="renews")


def _refuse_twice(right: UsageRight) -> None:
    """A form that is sent twice makes one right."""
    names = ("engagement", "deliverable", "asset", *TERMS)
    same = {name: getattr(right, name) for name in names}
    nothing = {f"{name}__isnull": True for name, value in same.items() if value is None}
    something = {name: value for name, value in same.items() if value is not None}
    if UsageRight.objects.held().filter(brand=right.brand, **something, **nothing).exists():
        raise CampaignRefused("The very same right is written down already.", code="there_already")


def _published(right: UsageRight) -> list[Deliverable]:
    rows = Deliverable.objects.filter(
        engagement=right.engagement_id, published_at__isnull=False
    ).order_by("pk")
    return list(rows if right.deliverable_id is None else rows.filter(pk=right.deliverable_id))


def _day_of(piece: Deliverable, brand: Brand) -> date:
    if piece.published_at is None:
        msg = "It is not published."
        raise ValueError(msg)
    return today_of(brand, piece.published_at)


def _start_one(
    right: UsageRight, piece: Deliverable, on: date, actor: User | None, at: datetime
) -> UsageRight | None:
    """Start a right for a published piece; None where it started already, or is over by then."""
    if right.deliverable_id is None:
        if right.parts.filter(deliverable=piece).exists() or _is_over(right, on):
            return None
        part = _part(right, piece, on, actor, at)
        _tell(part, RightAct.GRANT, actor, at, on=on, note=f"Published: {piece}")
        _log(part, "started", actor, at, on=on, part_of=right.pk)
        return part
    if _is_over(right, on):
        return None
    _begin(right, on, actor, at)
    return right


def _is_over(right: UsageRight, on: date) -> bool:
    """Its last day was named, and passed before it could start: it never held."""
    return right.months is None and right.ends_on is not None and right.ends_on < on


def _begin(right: UsageRight, on: date, actor: User | None, at: datetime) -> None:
    if right.months is not None:
        right.ends_on = last_day(on, right.months)
    right.starts_on = on
    right.save(update_fields=["starts_on", "ends_on"])
    _tell(right, RightAct.START, actor, at, on=on)
    _log(right, "started", actor, at, on=on)


def _part(
    right: UsageRight, piece: Deliverable, on: date, actor: User | None, at: datetime
) -> UsageRight:
    kept = [
        field.attname
        for field in UsageRight._meta.concrete_fields
        if field.attname not in {"id", "part_of_id", "renews_id"}
    ]
    values = {name: getattr(right, name) for name in kept}
    ends_on = last_day(on, right.months) if right.months is not None else right.ends_on
    values |= {"deliverable_id": piece.pk, "starts_on": on, "ends_on": ends_on}
    values |= {"created_at": at, "granted_by_id": actor.pk if actor else None}
    return UsageRight.objects.create(part_of=right, **values)


def _taken(right_id: int, brand: Brand) -> UsageRight:
    rows = UsageRight.objects.select_for_update(no_key=True, of=("self",)).select_related("brand")
    return rows.get(pk=right_id, brand=brand)


def _tell(
    right: UsageRight,
    act: RightAct,
    actor: User | None,
    at: datetime,
    *,
    on: date | None = None,
    note: str = "",
) -> None:
    RightEvent.objects.create(right=right, act=act, actor=actor, at=at, on=on, note=note)


def _log(right: UsageRight, verb: str, actor: User | None, at: datetime, **data: Any) -> None:
    """In the ledger a right is its use and what it belongs to. Last."""
    known = {
        "engagement": right.engagement_id,
        "deliverable": right.deliverable_id,
        "asset": right.asset_id,
    }
    audit.record(
        brand=right.brand,
        verb=f"campaigns.right.{verb}",
        target=right,
        actor=actor,
        at=at,
        data={name: value for name, value in (known | data).items() if value is not None},
    )
