"""What campaigns bring to the overview: states, money, what waits for legal, concentration."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet

from campaigns.choices import CampaignStatus
from campaigns.models import (
    Campaign,
    DisclosureReview,
    FirstReading,
    Payable,
    PlatformWeek,
    Remediation,
    RuleAlert,
)
from campaigns.selectors.concentration import concentration_of
from campaigns.selectors.payments import totals_of
from campaigns.services.days import today_of
from campaigns.services.money import money
from crm.choices import Scope
from crm.models import Incident
from crm.overview import Asked, Figure, Part, Tile, kept, link, oldest

# Sums over four quarters: they need not be of this second.
KEPT_SECONDS = 600


def states(asked: Asked) -> Tile:
    """Campaigns by state."""
    rows = Campaign.objects.filter(brand=asked.brand).in_use().order_by().values_list("status")
    counts = dict(rows.annotate(Count("pk")))
    return Tile(
        "campaigns",
        "Campaigns by state",
        Part.BRAND,
        [
            Figure(
                status.label,
                f"{counts[status]:,}",
                link(asked, "campaigns:campaigns", status=status),
            )
            for status in CampaignStatus
            if counts.get(status)
        ],
        "campaigns",
        asked.at,
        "No campaign yet.",
        scope=Scope.CAMPAIGNS_READ,
    )


def payments(asked: Asked) -> Tile:
    """What is committed, ready and paid, each currency by itself."""
    url = link(asked, "campaigns:payments")
    figures = []
    totals = totals_of(Payable.objects.filter(brand=asked.brand), today_of(asked.brand, asked.at))
    for total in totals:
        late = money(total.overdue, total.currency) if total.overdue else ""
        figures += [
            Figure("Committed", money(total.committed, total.currency), url),
            Figure(
                "Ready to be paid",
                money(total.ready, total.currency),
                url,
                f"{late} overdue" if late else "",
                is_bad=bool(late),
            ),
            Figure("Paid", money(total.paid, total.currency), url),
        ]
        if total.uncounted:
            words = "by result: nobody can name the sum yet"
            figures.append(Figure("Not counted", f"{total.uncounted:,}", url, words))
    return Tile(
        "payments",
        "Money",
        Part.BRAND,
        figures,
        "amounts of contracts and costs entered, in their own currencies",
        asked.at,
        "Nothing is owed and nothing was paid. Accepted contracts bring their amounts here.",
        scope=Scope.PAYMENTS_READ,
    )


def waiting(asked: Asked) -> Tile:
    """What waits for legal or for whoever keeps the registers, with the age of the oldest."""
    brand = asked.brand
    figures = [
        _waiting(
            asked,
            "Disclosure reviews",
            DisclosureReview.objects.filter(brand=brand).open(),
            "opened_at",
            "campaigns:disclosures",
        ),
        _waiting(
            asked,
            "Corrections asked of creators",
            Remediation.objects.filter(brand=brand).open(),
            "asked_at",
            "campaigns:remediations",
        ),
        _waiting(
            asked,
            "Incidents",
            Incident.objects.filter(brand=brand).open(),
            "created_at",
            "campaigns:incidents",
        ),
        _waiting(
            asked,
            "Alerts of registers",
            RuleAlert.objects.filter(brand=brand).open(),
            "opened_at",
            "campaigns:registers",
        ),
    ]
    return Tile(
        "legal",
        "Legal",
        Part.WORK,
        figures,
        "open items",
        asked.at,
        "Nothing waits.",
        scope=Scope.LEGAL_READ,
    )


def watch(asked: Asked) -> Tile:
    """Posts below the usual, and platforms that moved."""
    shifts = PlatformWeek.objects.filter(brand=asked.brand, state="open").shifts()
    found = shifts.aggregate(number=Count("pk"), last=Min("computed_at"))
    return Tile(
        "watch",
        "Posts and platforms",
        Part.WORK,
        [
            _waiting(
                asked,
                "Posts below the usual",
                FirstReading.objects.filter(publication__brand=asked.brand).open(),
                "read_at",
                "campaigns:post_alerts",
            ),
            Figure(
                "Shifts of whole platforms that nobody noted",
                f"{found['number']:,}",
                link(asked, "campaigns:platform_weeks"),
            ),
        ],
        "readings of publications, and the weeks of platforms computed each night",
        found["last"] or asked.at,
        scope=Scope.CAMPAIGNS_READ,
    )


def concentration(asked: Asked) -> Tile:
    """How much hangs on few creators: the Herfindahl index of the last four quarters."""
    key = f"overview-concentration:{asked.brand.pk}"
    made: Any = kept(key, KEPT_SECONDS, lambda: concentration_of(asked.brand, asked.at))
    url = link(asked, "campaigns:concentration")
    names = {"spend": "Spend", "reach": "Reach", "engagements": "Engagements"}
    figures = []
    for spread in made["spreads"]:
        if spread["by"] != "creator":
            continue
        hhi, words = spread["hhi"], ""
        if hhi is not None and spread["largest"]:
            first = spread["largest"][0]
            words = f"{first['name']} has {first['share']:.0%}"
        figures.append(
            Figure(
                f"{names[spread['of']]} by creator",
                None if hhi is None else f"{hhi:.2f}",
                url,
                spread["warning"] or words,
                is_bad=bool(spread["warning"]),
            )
        )
    return Tile(
        "concentration",
        "Concentration",
        Part.BRAND,
        figures,
        "the index of the last four quarters: 1 is all with one creator, near 0 is spread evenly",
        datetime.fromisoformat(made["as_of"]),
        scope=Scope.PAYMENTS_READ,
    )


def _waiting(asked: Asked, name: str, rows: QuerySet[Any], since: str, url: str) -> Figure:
    """How many wait, and for how long the oldest has: one query."""
    found = rows.order_by().aggregate(number=Count("pk"), since=Min(since))
    return Figure(name, f"{found['number']:,}", link(asked, url), oldest(found["since"], asked.at))


MADE = {
    "campaigns": states,
    "payments": payments,
    "concentration": concentration,
    "legal": waiting,
    "watch": watch,
}
