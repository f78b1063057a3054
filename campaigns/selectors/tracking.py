"""Links and codes with what came of them, for pages, files, the API and creators themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Sum

from campaigns.models import (
    Campaign,
    ClickDay,
    Conversion,
    Engagement,
    PromoCode,
    Spike,
    TrackingLink,
    TrackingSettings,
)
from campaigns.models.engagements import LEFT
from campaigns.services.tracking.deciding import settings_of
from campaigns.services.tracking.urls import warnings
from crm.models import Brand, Relationship

_COUNTS = ("people", "visitors", "unknown", "repeats", "bots", "lost")


@dataclass(frozen=True)
class Clicks:
    """How often links were followed, and by whom as far as that is known."""

    people: int = 0
    # Different visitors of each day, added up.
    visitors: int = 0
    unknown: int = 0
    repeats: int = 0
    bots: int = 0
    lost: int = 0

    @property
    def all(self) -> int:
        """Every click that was written down."""
        return self.people + self.repeats + self.bots

    def __add__(self, other: Clicks) -> Clicks:
        return Clicks(*(getattr(self, name) + getattr(other, name) for name in _COUNTS))


NONE = Clicks()


@dataclass(frozen=True)
class LinkLine:
    """A link as a page shows it."""

    link: TrackingLink
    address: str
    clicks: Clicks
    warnings: Sequence[str] = ()


@dataclass(frozen=True)
class CodeLine:
    """A code as a page shows it. How often it was used is what shops told."""

    code: PromoCode
    uses: int
    has_ended: bool = False


@dataclass(frozen=True)
class PlaceLine:
    """A creator in a campaign with their links and codes there."""

    engagement: Engagement
    links: list[LinkLine] = field(default_factory=list)
    codes: list[CodeLine] = field(default_factory=list)

    @property
    def clicks(self) -> Clicks:
        """Of all their links."""
        return sum((line.clicks for line in self.links), NONE)

    @property
    def uses(self) -> int:
        """Of all their codes."""
        return sum(line.uses for line in self.codes)


@dataclass(frozen=True)
class Base:
    """With what the addresses of a brand's links begin, and what else a line needs to know."""

    root: str
    decided: TrackingSettings

    @classmethod
    def of(cls, brand: Brand, root: str) -> Base:
        """`root` is the product's own address, as https://crm.example.com."""
        decided = settings_of(brand)
        return cls(f"https://{decided.domain}" if decided.domain else root.rstrip("/"), decided)

    def address(self, link: TrackingLink) -> str:
        """What people follow."""
        return f"{self.root}/t/{link.code}"


def clicks_of(links: Iterable[int], since: date | None = None) -> dict[int, Clicks]:
    """By link: one query."""
    rows = ClickDay.objects.filter(link__in=list(links))
    if since is not None:
        rows = rows.filter(day__gte=since)
    found = rows.order_by().values("link").annotate(**{name: Sum(name) for name in _COUNTS})
    return {link: Clicks(*numbers) for link, *numbers in found.values_list("link", *_COUNTS)}


def uses_of(codes: Iterable[int]) -> dict[int, int]:
    """How often shops told of each code: one query."""
    rows = Conversion.objects.filter(code__in=list(codes)).order_by().values("code")
    return {row["code"]: row["number"] for row in rows.annotate(number=Count("*"))}


def link_lines(links: Sequence[TrackingLink], base: Base) -> list[LinkLine]:
    """Links with their clicks: one query."""
    counted = clicks_of(link.pk for link in links)
    shops = base.decided.shop_hosts
    return [
        LinkLine(
            link,
            base.address(link),
            counted.get(link.pk, NONE),
            [] if link.is_archived else warnings(link, shops),
        )
        for link in links
    ]


def code_lines(codes: Sequence[PromoCode], today: date) -> list[CodeLine]:
    """Codes with how often they were used: one query."""
    counted = uses_of(code.pk for code in codes)
    return [
        CodeLine(
            code,
            counted.get(code.pk, 0),
            has_ended=code.valid_until is not None and code.valid_until < today,
        )
        for code in codes
    ]


def of_campaign(campaign: Campaign, base: Base, today: date) -> list[PlaceLine]:
    """Creators in a campaign, by name, with links and codes: five queries, however many."""
    rows = campaign.engagements.select_related("relationship__creator").order_by(
        "relationship__creator__name", "pk"
    )
    lines = {row.pk: PlaceLine(row) for row in rows}
    links = TrackingLink.objects.filter(engagement__in=lines).in_use()
    codes = PromoCode.objects.filter(engagement__in=lines).in_use()
    for link in link_lines(list(links.order_by("created_at", "pk")), base):
        if link.link.engagement_id is not None:
            lines[link.link.engagement_id].links.append(link)
    for code in code_lines(list(codes.order_by("created_at", "pk")), today):
        if code.code.engagement_id is not None:
            lines[code.code.engagement_id].codes.append(code)
    return [
        line
        for line in lines.values()
        if line.links or line.codes or line.engagement.stage not in LEFT
    ]


def of_relationship(
    relationship: Relationship, base: Base, today: date, campaign: Campaign | None = None
) -> tuple[list[LinkLine], list[CodeLine]]:
    """A creator's links and codes that are in use, of one campaign or of all: four queries."""
    links = TrackingLink.objects.filter(relationship=relationship).in_use()
    codes = PromoCode.objects.filter(relationship=relationship).in_use()
    if campaign is not None:
        links, codes = links.filter(campaign=campaign), codes.filter(campaign=campaign)
    return (
        link_lines(list(links.for_list_page().order_by("created_at", "pk")), base),
        code_lines(list(codes.for_list_page().order_by("created_at", "pk")), today),
    )


def days_of(link: TrackingLink, since: date) -> list[ClickDay]:
    """A link's days with clicks, the last one first."""
    return list(link.days.filter(day__gte=since).order_by("-day"))


def open_spikes(brand: Brand) -> int:
    """How many unusual days nobody has looked at."""
    return Spike.objects.filter(brand=brand).open().count()
