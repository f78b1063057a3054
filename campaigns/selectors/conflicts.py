"""What speaks against a creator in a campaign, or for having looked: shown with its source.

Everything is asked for many creators at once, in a constant number of queries.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q, QuerySet
from django.urls import reverse

from campaigns.models import Campaign, Competitor, Engagement
from campaigns.models.campaigns import OPEN_CAMPAIGNS
from campaigns.models.engagements import OPEN_STAGES
from campaigns.selectors.exclusivities import promised_to_others, promised_to_us
from crm.choices import Stage, SuppressionReason, VettingStatus
from crm.models import Brand, Creator, Post, Relationship, Suppression, Vetting, VettingResult
from crm.outreach.parts import OBJECTIONS

# Reviews say something for a year, mentions of a competitor for half of one.
VETTED_FOR, MENTIONED_FOR = timedelta(days=365), timedelta(days=180)


class Weight(StrEnum):
    """How much a conflict weighs."""

    # An invitation is refused.
    BARS = "bars"
    # Somebody should look.
    WARNS = "warns"
    # Good to know.
    TELLS = "tells"


@dataclass(frozen=True)
class Conflict:
    """One thing that was found, in a sentence, and where it can be seen."""

    weight: Weight
    words: str
    url: str = ""


def vetted(relationships: Collection[int], at: datetime) -> dict[int, str]:
    """What the newest settled reviews of the last year found, by relationship: two queries."""
    vettings = {
        vetting.pk: vetting
        for vetting in Vetting.objects.filter(
            relationship__in=relationships,
            status=VettingStatus.SETTLED,
            settled_at__range=(at - VETTED_FOR, at),
        )
        .order_by("relationship_id", "-settled_at", "-pk")
        .distinct("relationship_id")
    }
    if not vettings:
        return {}
    found: dict[int, list[str]] = defaultdict(list)
    for result in (
        VettingResult.objects.filter(vetting__in=vettings)
        .select_related("criterion")
        .order_by("vetting_id", "pk")
    ):
        found[result.vetting_id].append(f"{result.criterion.label}: {result.words}")
    return {
        vetting.relationship_id: (
            f"Reviewed on {vetting.settled_at:%-d %B %Y}. {'; '.join(found[pk])}"[:499] + "."
        )
        for pk, vetting in vettings.items()
    }


def barred(
    brand: Brand, relationships: Collection[Relationship], at: datetime
) -> dict[int, list[str]]:
    """Why a creator is not to be invited, by relationship; who may be is left out."""
    by_creator = {row.creator_id: row.pk for row in relationships}
    found: dict[int, list[str]] = defaultdict(list)
    for row in relationships:
        if row.stage == Stage.DECLINED:
            found[row.pk].append("Has declined to work with the brand.")
    suppressed = Suppression.objects.in_force().filter(
        brand=brand, is_person=True, creator__in=by_creator
    )
    for creator, reason, since in suppressed.values_list("creator", "reason", "at"):
        label = SuppressionReason(reason).label.lower()
        found[by_creator[creator]].append(
            f"Is on the suppression list since {since:%-d %B %Y}: {label}."
        )
    for pk, reasons in objections(brand, relationships, at).items():
        found[pk] += reasons
    return dict(found)


def objections(
    brand: Brand, relationships: Collection[Relationship], at: datetime
) -> dict[int, list[str]]:
    """What upper apps have against pitching creators, by relationship: playbooks say so."""
    by_creator = {row.creator_id: row.pk for row in relationships}
    found: dict[int, list[str]] = defaultdict(list)
    for objection in OBJECTIONS:
        for creator, why in objection.of(brand, list(by_creator), at).items():
            found[by_creator[creator]].append(why)
    return dict(found)


def conflicts_of(
    campaign: Campaign, engagements: Sequence[Engagement], at: datetime
) -> dict[int, list[Conflict]]:
    """What there is to know about each engagement, heaviest first; read `with_creator()`."""
    brand = campaign.brand
    relationships = {row.relationship_id: row.relationship for row in engagements}
    found: dict[int, list[Conflict]] = defaultdict(list)
    for relationship, reasons in barred(brand, list(relationships.values()), at).items():
        found[relationship] += [Conflict(Weight.BARS, words) for words in reasons]
    for part in (_competitors, _other_campaigns, _exclusive, _exclusive_elsewhere):
        for relationship, conflict in part(campaign, relationships, at):
            found[relationship].append(conflict)
    return {row.pk: found.get(row.relationship_id, []) for row in engagements}


Found = Iterable[tuple[int, Conflict]]


def _competitors(
    campaign: Campaign, relationships: Mapping[int, Relationship], at: datetime
) -> Found:
    """Posts of the last half year that name a competitor: the newest of each creator."""
    names = {
        handle: competitor.name
        for competitor in Competitor.objects.filter(brand=campaign.brand_id)
        for handle in competitor.handles
    }
    if not names:
        return
    by_creator = {row.creator_id: pk for pk, row in relationships.items()}
    words = _any_of(names)
    posts = (
        _naming(words, at)
        .filter(creator__in=by_creator)
        .order_by("creator_id", "-posted_at", "-pk")
        .distinct("creator_id")
    )
    in_text = re.compile(rf"(?<![^\W])({words})(?![^\W])", re.IGNORECASE)
    for post in posts:
        match = in_text.search(f"{post.caption} {post.title}")
        name = names[match.group(1).lower()] if match else "a competitor"
        kind = "Published a paid post with" if post.is_paid_partnership else "Mentioned"
        conflict = Conflict(
            Weight.WARNS,
            f"{kind} the competitor {name} on {post.posted_at:%-d %B %Y}.",
            post.url if post.url.startswith(("https://", "http://")) else "",
        )
        yield by_creator[post.creator_id], conflict


def competitor_posts(brand: Brand, creator: Creator, at: datetime) -> int | None:
    """How many known posts of the last half year name a competitor.

    None: no competitor is described, or no post of that time is known.
    """
    names = {
        handle
        for handles in Competitor.objects.filter(brand=brand).values_list("handles", flat=True)
        for handle in handles
    }
    if not names:
        return None
    known = Post.objects.filter(creator=creator, posted_at__range=(at - MENTIONED_FOR, at))
    number = _naming(_any_of(names), at).filter(creator=creator).count()
    return number if number or known.exists() else None


def _any_of(names: Iterable[str]) -> str:
    # Longest first: a name that begins like another is not taken for it.
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def _naming(words: str, at: datetime) -> QuerySet[Post]:
    """Posts of the last half year with one of the words, whole."""
    pattern = rf"(^|[^[:alnum:]_])({words})($|[^[:alnum:]_])"
    return Post.objects.filter(
        Q(caption__iregex=pattern) | Q(title__iregex=pattern),
        posted_at__range=(at - MENTIONED_FOR, at),
    )


def _other_campaigns(
    campaign: Campaign, relationships: Mapping[int, Relationship], _at: datetime
) -> Found:
    """Where else the brand counts on the same people."""
    others = (
        Engagement.objects.filter(
            relationship__in=relationships,
            stage__in=OPEN_STAGES,
            campaign__status__in=OPEN_CAMPAIGNS,
        )
        .exclude(campaign=campaign)
        .select_related("campaign")
        .order_by("campaign__starts_on", "pk")
    )
    for other in others:
        there = other.campaign
        overlaps = there.starts_on <= campaign.ends_on and campaign.starts_on <= there.ends_on
        same = bool(campaign.category) and there.category.lower() == campaign.category.lower()
        words = f"{other.get_stage_display()} in {there.name}, {_days(there)}"
        if overlaps:
            words += ", at the same time"
        if same:
            words += f", for {there.category} too"
        yield (
            other.relationship_id,
            Conflict(
                Weight.WARNS if overlaps else Weight.TELLS,
                f"{words}.",
                reverse("campaigns:campaign", args=[campaign.brand.slug, there.key]),
            ),
        )


def _exclusive(
    campaign: Campaign, relationships: Mapping[int, Relationship], at: datetime
) -> Found:
    """What was promised to us in contracts and accepted offers: the category and until when."""
    for promise in promised_to_us(campaign.brand, relationships):
        if promise.ended(at.date()):
            continue
        until = promise.until
        words = f"Exclusive to {campaign.brand} for {promise.category}"
        if until is None:
            words += ", for some months after the last publication, which is still to come."
        elif until < campaign.ends_on:
            words += f" until {until:%-d %B %Y}, which is before this campaign ends."
        else:
            words += f" until {until:%-d %B %Y}."
        ends_early = until is not None and until < campaign.ends_on
        weight = Weight.WARNS if ends_early else Weight.TELLS
        yield promise.relationship, Conflict(weight, words, promise.url)


def _exclusive_elsewhere(
    campaign: Campaign, relationships: Mapping[int, Relationship], _at: datetime
) -> Found:
    """What creators promised to others, where it is not over before the campaign begins."""
    for promise in promised_to_others(relationships):
        if promise.ended(campaign.starts_on):
            continue
        until = f"until {promise.until:%-d %B %Y}" if promise.until else "for nobody knows how long"
        same = bool(campaign.category) and promise.category.lower() == campaign.category.lower()
        yield (
            promise.relationship,
            Conflict(
                Weight.WARNS,
                f"Exclusive to {promise.to} for {promise.category} {until}"
                f"{', which is what this campaign is for' if same else ''} ({promise.source}).",
                promise.url,
            ),
        )


def _days(campaign: Campaign) -> str:
    return f"{campaign.starts_on:%-d %B} to {campaign.ends_on:%-d %B %Y}"
