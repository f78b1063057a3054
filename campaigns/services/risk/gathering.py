"""What goes into a creator's risk: for many creators at a time, in a fixed number of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, Max, Min, OuterRef, Q

from campaigns.choices import (
    ContractState,
    DeliverableState,
    DisclosureVerdict,
    ReviewStage,
    ReviewState,
    RuleFactKey,
)
from campaigns.disclosure.packs import standard as rules
from campaigns.models import Contract, Deliverable, DisclosureReview, Engagement, Evidence
from campaigns.risk.inputs import Gate, IncidentSeen, Inputs
from campaigns.risk.weights import Weights
from campaigns.selectors.rule_view import RuleView, rule_views
from crm.models import Brand, Incident, Relationship

# What was decided about a post that had to be disclosed. "Unclear" says nothing of the creator.
_JUDGED = (
    DisclosureVerdict.SUFFICIENT,
    DisclosureVerdict.INSUFFICIENT,
    DisclosureVerdict.MISSING,
)


@dataclass
class Reviewed:
    """What was decided about sponsored posts, by the first decision about each."""

    reviewed: int = 0
    sufficient: int = 0
    on: date | None = None


@dataclass
class _Plans:
    """Campaigns under way in which a creator has a place."""

    names: set[str] = field(default_factory=set)
    goods: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    markets: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    # Goods and the market that forbids them, with the campaign.
    banned: set[tuple[str, str, str]] = field(default_factory=set)


def gather(
    brand: Brand, relationships: Collection[Relationship], weights: Weights, at: datetime
) -> dict[int, Inputs]:
    """What is known of each of these creators (with `creator` at hand): twelve queries for all."""
    numbers = [row.pk for row in relationships]
    zone = ZoneInfo(brand.timezone)
    today = at.astimezone(zone).date()
    incidents = incidents_of(numbers)
    reviews = reviews_of(numbers, zone)
    plans = _plans(numbers, today)
    looks = _looks(numbers)
    waiting = _waiting(numbers, at - timedelta(days=weights.backlog_days))
    guarded = _guarded(numbers)
    views = rule_views(relationships, today)
    found = {}
    for row in relationships:
        view, plan, review = views[row.pk], plans[row.pk], reviews[row.pk]
        look, wait = looks.get(row.pk, {}), waiting.get(row.pk, {})
        share = view.creator.audience_under_18
        source, source_on = _of_audience(view)
        found[row.pk] = Inputs(
            on=today,
            incidents=tuple(incidents[row.pk]),
            reviewed=review.reviewed,
            sufficient=review.sufficient,
            reviewed_on=review.on,
            campaigns=len(plan.names),
            categories={key: tuple(sorted(names)) for key, names in plan.goods.items()},
            minors=None if share is None else Decimal(str(round(share, 4))),
            minors_source=source,
            minors_on=source_on,
            looked=look.get("looked", 0),
            altered=look.get("altered", 0),
            altered_on=_day(look.get("last"), zone),
            unreviewed=wait.get("posts", 0),
            unreviewed_since=_day(wait.get("first"), zone),
            gates=tuple(_gates(view, plan, weights, today, is_guarded=row.pk in guarded)),
        )
    return found


def _day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return moment.astimezone(zone).date() if moment else None


def incidents_of(numbers: Collection[int]) -> Mapping[int, list[IncidentSeen]]:
    """Those that count, in the order in which they were written down."""
    found: dict[int, list[IncidentSeen]] = defaultdict(list)
    for row in Incident.objects.counted().filter(relationship__in=numbers).order_by("pk"):
        if row.relationship_id is not None:
            found[row.relationship_id].append(
                IncidentSeen(
                    row.pk, row.severity, row.noticed_on, row.confirmed_at is not None, row.tier
                )
            )
    return found


def reviews_of(
    numbers: Collection[int], zone: ZoneInfo, since: datetime | None = None
) -> Mapping[int, Reviewed]:
    """By the first decision about each post: put right later, it was missed all the same.

    `since`: posts about which it was decided later than that.
    """
    rows = (
        DisclosureReview.objects.filter(
            deliverable__engagement__relationship__in=numbers,
            stage=ReviewStage.LIVE,
            state=ReviewState.DECIDED,
            verdict__in=_JUDGED,
        )
        .order_by("deliverable_id", "decided_at", "pk")
        .distinct("deliverable_id")
        .values_list("deliverable__engagement__relationship", "verdict", "decided_at")
    )
    found: dict[int, Reviewed] = defaultdict(Reviewed)
    for number, verdict, decided_at in rows:
        if since is not None and (decided_at is None or decided_at <= since):
            continue
        mine, day = found[number], _day(decided_at, zone)
        mine.reviewed += 1
        mine.sufficient += verdict == DisclosureVerdict.SUFFICIENT
        mine.on = max(filter(None, (mine.on, day)), default=None)
    return found


def _plans(numbers: Collection[int], today: date) -> Mapping[int, _Plans]:
    packs = rules()
    found: dict[int, _Plans] = defaultdict(_Plans)
    rows = Engagement.objects.open().filter(relationship__in=numbers).select_related("campaign")
    for row in rows.order_by("pk"):
        campaign, mine = row.campaign, found[row.relationship_id]
        if not campaign.is_open:
            continue
        mine.names.add(campaign.name)
        for market in campaign.jurisdictions:
            mine.markets[market].add(campaign.name)
        for good in set(campaign.goods) & packs.sensitive:
            mine.goods[good].add(campaign.name)
            for market in campaign.jurisdictions:
                pack = packs.jurisdictions.get(market)
                notes = pack.categories.get(good, ()) if pack else ()
                if any(note.params.get("ban") and note.holds(today) for note in notes):
                    mine.banned.add((good, market, campaign.name))
    return found


def _looks(numbers: Collection[int]) -> Mapping[int, dict[str, Any]]:
    altered = Q(is_retouched=True) | Q(is_synthetic=True)
    rows = (
        Evidence.objects.filter(deliverable__engagement__relationship__in=numbers)
        .filter(Q(is_retouched__isnull=False) | Q(is_synthetic__isnull=False))
        .order_by()
        .values("deliverable__engagement__relationship")
        .annotate(
            looked=Count("pk"),
            altered=Count("pk", filter=altered),
            last=Max("captured_at"),
        )
    )
    return {row["deliverable__engagement__relationship"]: {**row} for row in rows}


def _waiting(numbers: Collection[int], before: datetime) -> Mapping[int, dict[str, Any]]:
    decided = DisclosureReview.objects.filter(
        deliverable=OuterRef("pk"), stage=ReviewStage.LIVE, state=ReviewState.DECIDED
    )
    rows = (
        Deliverable.objects.filter(
            ~Exists(decided),
            engagement__relationship__in=numbers,
            state=DeliverableState.PUBLISHED,
            published_at__lt=before,
        )
        .order_by()
        .values("engagement__relationship")
        .annotate(posts=Count("pk"), first=Min("published_at"))
    )
    return {row["engagement__relationship"]: {**row} for row in rows}


def _guarded(numbers: Collection[int]) -> frozenset[int]:
    """For whom a parent or guardian consented, in a contract in force."""
    rows = Contract.objects.filter(
        engagement__relationship__in=numbers, state=ContractState.ACCEPTED
    ).exclude(current__acceptance__guardian="")
    consented = rows.filter(current__acceptance__isnull=False)
    return frozenset(consented.values_list("engagement__relationship", flat=True))


def _of_audience(view: RuleView) -> tuple[str, date | None]:
    """Who says how many of the audience are minors, and as of when."""
    key = RuleFactKey.AUDIENCE_UNDER_18
    if derived := view.derived.get(key):
        return f"Audience data: {derived}", None
    fact = view.facts.get(key)
    return (f"Written down: {fact.source}", fact.on) if fact else ("", None)


def _gates(
    view: RuleView, plan: _Plans, weights: Weights, today: date, *, is_guarded: bool
) -> Iterator[Gate]:
    for market in sorted(weights.permits & plan.markets.keys()):
        until = view.creator.permit_valid_until.get(market)
        if until is None or until < today:
            names = ", ".join(sorted(plan.markets[market]))
            yield Gate("permit", f"{weights.gates['permit']} {market}: {names}.")
    if view.creator.under_age and not is_guarded:
        yield Gate("guardian", weights.gates["guardian"])
    by_good = Counter((good, market) for good, market, _name in plan.banned)
    for good, market in sorted(by_good):
        names = ", ".join(
            sorted(name for one, there, name in plan.banned if (one, there) == (good, market))
        )
        words = f"{good.replace('_', ' ').capitalize()} in {market}: {names}."
        yield Gate("banned", f"{weights.gates['banned']} {words}")
