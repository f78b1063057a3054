"""A link and a code for every creator of a campaign who has none: shown first, then made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from campaigns.models import Campaign, Engagement, PromoCode, TrackingLink
from campaigns.models.engagements import LEFT
from campaigns.services.refusals import CampaignRefused
from campaigns.services.tracking import codes, landing, links
from campaigns.services.tracking.arms import arms_of
from campaigns.services.tracking.naming import (
    NameRefused,
    checked_pattern,
    free,
    name_by,
)
from campaigns.services.tracking.places import Account, Place, accounts_of
from crm import audit
from crm.models import User

AT_ONCE = 2_000


@dataclass(frozen=True)
class Wish:
    """What is to be made for all of them."""

    with_links: bool = True
    with_codes: bool = True
    target: str = ""
    # Of the codes: the pattern, what {PERCENT} stands for, and what each of them says.
    pattern: str = "{HANDLE}{PERCENT}"
    percent: int | None = None
    terms: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class Line:
    """What one creator would get; nothing where they have it."""

    engagement: Engagement
    link: TrackingLink | None = None
    code: PromoCode | None = None
    # The name that the pattern gives, where another one has it already.
    taken: str = ""


@dataclass(frozen=True)
class Plan:
    """What would be made, and for whom nothing can be."""

    lines: Sequence[Line] = ()
    # Creators without a handle or a name of which a code can be made.
    nameless: Sequence[Engagement] = field(default=())

    @property
    def links(self) -> list[TrackingLink]:
        """The links that would be made."""
        return [line.link for line in self.lines if line.link]

    @property
    def codes(self) -> list[PromoCode]:
        """The codes that would be made."""
        return [line.code for line in self.lines if line.code]


def plan(*, campaign: Campaign, wish: Wish, actor: User, at: datetime) -> Plan:
    """What would be made; nothing is saved. Raises CampaignRefused."""
    if not wish.with_links and not wish.with_codes:
        msg = "Choose links, codes, or both."
        raise CampaignRefused(msg, field="with_links")
    pattern = _pattern(wish)
    places = list(_places(campaign)[: AT_ONCE + 1])
    if len(places) > AT_ONCE:
        msg = f"More than {AT_ONCE:,} creators: make them for some at a time, through the API."
        raise CampaignRefused(msg)
    accounts = accounts_of((one.relationship.creator_id for one in places), campaign.platforms)
    have_link = _have(TrackingLink.objects.in_use(), places) if wish.with_links else None
    have_code = _have(PromoCode.objects.in_use(), places) if wish.with_codes else None
    used = codes.all_names(campaign.brand) if wish.with_codes else set()
    arms = arms_of(campaign.brand, campaign, [one.relationship_id for one in places])
    lines, nameless = [], []
    for place in places:
        account = accounts.get(place.relationship.creator_id, Account())
        link = code = None
        taken = ""
        if have_link is not None and place.pk not in have_link:
            said = links.Said(target=wish.target)
            link = links.drawn_up(
                brand=campaign.brand,
                place=Place.of(place),
                said=said,
                account=account,
                arm=arms.get(place.relationship_id, ""),
                actor=actor,
                at=at,
            )
        if have_code is not None and place.pk not in have_code:
            wanted = _name(pattern, place, account, wish)
            if wanted:
                name = free(wanted, used)
                used.add(name)
                taken = wanted if name != wanted else ""
                code = codes.drawn_up(
                    brand=campaign.brand,
                    place=Place.of(place),
                    code=name,
                    said=_said(wish),
                    actor=actor,
                    at=at,
                )
            else:
                nameless.append(place)
        if link or code:
            lines.append(Line(place, link, code, taken))
    return Plan(lines, nameless)


@transaction.atomic
def make(*, campaign: Campaign, wish: Wish, actor: User, at: datetime) -> Plan:
    """Make what `plan` says now. Raises CampaignRefused."""
    # Two people who make them at once would give each creator two.
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    made = plan(campaign=campaign, wish=wish, actor=actor, at=at)
    TrackingLink.objects.bulk_create(made.links)
    PromoCode.objects.bulk_create(made.codes)
    pks = [link.pk for link in made.links]
    landing.write_on_commit(TrackingLink.objects.filter(pk__in=pks))
    if made.lines:
        audit.record(
            brand=campaign.brand,
            verb="campaigns.tracking_link.made_for_all",
            target=campaign,
            actor=actor,
            at=at,
            data={
                "campaign": campaign.key,
                "links": pks,
                "codes": [code.pk for code in made.codes],
            },
        )
    return made


def _places(campaign: Campaign) -> QuerySet[Engagement]:
    """Creators who are in it, the first ones first."""
    rows = campaign.engagements.exclude(stage__in=LEFT).select_related(
        "relationship__creator", "campaign"
    )
    return rows.order_by("pk")


def _have(
    rows: QuerySet[TrackingLink] | QuerySet[PromoCode], places: Iterable[Engagement]
) -> set[int]:
    pks = [place.pk for place in places]
    return set(rows.filter(engagement__in=pks).values_list("engagement", flat=True))


def _pattern(wish: Wish) -> str:
    if not wish.with_codes:
        return ""
    try:
        pattern = checked_pattern(wish.pattern)
    except NameRefused as refusal:
        raise CampaignRefused(str(refusal), field="pattern") from refusal
    if "{PERCENT}" in pattern and wish.percent is None:
        msg = "Say how many per cent the codes give, or take {PERCENT} out of the pattern."
        raise CampaignRefused(msg, field="percent")
    return pattern


def _name(pattern: str, place: Engagement, account: Account, wish: Wish) -> str:
    name = place.relationship.creator.name
    words = {
        "HANDLE": account.handle or name,
        "NAME": name,
        "CAMPAIGN": place.campaign.key,
        "PERCENT": "" if wish.percent is None else str(wish.percent),
    }
    # A percentage alone is nobody's code.
    alone = name_by(pattern, words | {"HANDLE": "", "NAME": ""})
    made = name_by(pattern, words)
    return "" if made == alone else made


def _said(wish: Wish) -> codes.Said:
    return codes.Said(terms=wish.terms, valid_from=wish.valid_from, valid_until=wish.valid_until)
