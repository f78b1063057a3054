"""Whose a conversion is: the link, the code and the campaign that it names, as the brand has them.

What the brand does not know is kept as it was told, and can be found later.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce, Upper

from campaigns.models import Campaign, Click, Conversion, PromoCode, TrackingLink
from campaigns.services.conversions.told import Told, plain_code
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, User


@dataclass(frozen=True, slots=True)
class Belonging:
    """The keys of what a conversion belongs to; None where nothing is told or known."""

    link_id: int | None
    code_id: int | None
    campaign_id: int | None


@dataclass(frozen=True, slots=True)
class Register:
    """What a brand has of the links, codes, clicks and campaigns that conversions name."""

    links: dict[str, tuple[int, int | None]]
    codes: dict[str, tuple[int, int | None]]
    clicks: dict[Any, tuple[int, int | None]]
    campaigns: dict[str, int]

    def of(self, told: Told) -> Belonging:
        """What one of them belongs to. What was told goes before what follows from it."""
        link = self.links.get(told.link.strip().lower()) or self.clicks.get(told.click)
        code = self.codes.get(plain_code(told.code)) if told.code else None
        campaign = self.campaigns.get(told.campaign) if told.campaign else None
        for found in (code, link):
            campaign = campaign or (found[1] if found else None)
        return Belonging(
            link_id=link[0] if link else None,
            code_id=code[0] if code else None,
            campaign_id=campaign,
        )


def register(brand: Brand, told: Sequence[Told]) -> Register:
    """Look up all that is named: at most five queries, however many conversions there are."""
    codes = {plain_code(one.code) for one in told if one.code}
    links = {one.link.strip().lower() for one in told if one.link}
    clicks = {one.click for one in told if one.click}
    campaigns = {one.campaign for one in told if one.campaign}
    return Register(
        links={
            code: (pk, campaign)
            for code, pk, campaign in TrackingLink.objects.filter(
                brand=brand, code__in=links
            ).values_list("code", "pk", "campaign")
        }
        if links
        else {},
        codes=_codes(brand, codes),
        clicks={
            pk: (link, campaign)
            for pk, link, campaign in Click.objects.filter(brand=brand, pk__in=clicks).values_list(
                "pk", "link", "link__campaign"
            )
        }
        if clicks
        else {},
        campaigns=dict(
            Campaign.objects.filter(brand=brand, key__in=campaigns).values_list("key", "pk")
        )
        if campaigns
        else {},
    )


@transaction.atomic
def adopt(*, brand: Brand, text: str, code: PromoCode, actor: User, at: datetime) -> int:
    """What was given as this text is a code of the brand, then and from now on; how many it were.

    Raises CampaignRefused.
    """
    if code.brand_id != brand.pk:
        raise CampaignRefused("This is no code of your brand.", field="code")
    waiting = _unknown(brand, [plain_code(text)])
    of_none = list(waiting.filter(campaign=None).values_list("pk", flat=True))
    number: int = waiting.update(code=code)
    if not number:
        raise CampaignRefused("Nothing waits for this code any more.", code="outdated")
    if code.campaign_id is not None:
        Conversion.objects.filter(pk__in=of_none).update(campaign=code.campaign_id)
    audit.record(
        brand=brand,
        verb="campaigns.conversion.code_found",
        target=code,
        actor=actor,
        at=at,
        data={"conversions": number},
        text={"written": text},
    )
    return number


@transaction.atomic
def settle(brand: Brand) -> int:
    """Find what came in before its code, link or click did; how many were found.

    Codes that were made later, links likewise, and clicks that were still on their way.
    """
    found = 0
    codes = PromoCode.objects.filter(brand=brand, code=Upper(OuterRef("code_text")))
    rows = Conversion.objects.filter(brand=brand, code=None).exclude(code_text="")
    found += rows.filter(Exists(codes)).update(code=Subquery(codes.values("pk")[:1]))
    links = TrackingLink.objects.filter(brand=brand, code=OuterRef("link_text"))
    rows = Conversion.objects.filter(brand=brand, link=None).exclude(link_text="")
    found += rows.filter(Exists(links)).update(link=Subquery(links.values("pk")[:1]))
    clicks = Click.objects.filter(brand=brand, pk=OuterRef("click"))
    rows = Conversion.objects.filter(brand=brand, link=None, click__isnull=False)
    found += rows.filter(Exists(clicks)).update(link=Subquery(clicks.values("link")[:1]))
    if found:
        _find_campaigns(brand)
    return found


def _find_campaigns(brand: Brand) -> None:
    """The campaign of the code, else of the link, where nobody named one."""
    named = Coalesce(
        Subquery(PromoCode.objects.filter(pk=OuterRef("code")).values("campaign")),
        Subquery(TrackingLink.objects.filter(pk=OuterRef("link")).values("campaign")),
    )
    rows = Conversion.objects.filter(brand=brand, campaign=None)
    rows.exclude(code=None, link=None).update(campaign=named)


def _unknown(brand: Brand, texts: Collection[str]) -> Any:
    written = Conversion.objects.annotate(written=Upper("code_text"))
    return written.filter(brand=brand, code=None, written__in=texts)


def _codes(brand: Brand, texts: Collection[str]) -> dict[str, tuple[int, int | None]]:
    """The brand's codes by how they are written; also as others wrote them (see `adopt`)."""
    if not texts:
        return {}
    adopted = (
        Conversion.objects.annotate(written=Upper("code_text"))
        .filter(brand=brand, code__isnull=False, written__in=texts)
        .order_by("written", "-at")
        .distinct("written")
        .values_list("written", "code", "code__campaign")
    )
    found: dict[str, tuple[int, int | None]] = {
        written: (pk, campaign) for written, pk, campaign in adopted
    }
    own = PromoCode.objects.filter(brand=brand, code__in=texts)
    return found | {
        code: (pk, campaign) for code, pk, campaign in own.values_list("code", "pk", "campaign")
    }
