"""One campaign's conversions by several ways of counting, and what each of them cannot see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Max, Min

from campaigns.models import Campaign, Conversion
from campaigns.risk.assess import interval
from campaigns.selectors.credits import CREDITS, params
from campaigns.selectors.survey import Beside, beside_tracking

_COUNTS = f"""
WITH {CREDITS}
SELECT count(*),
  count(*) FILTER (WHERE m.id IN (SELECT id FROM touched)),
  count(*) FILTER (WHERE m.code_id IS NOT NULL),
  count(*) FILTER (WHERE m.code_id IS NOT NULL AND m.id IN (SELECT id FROM touched)),
  count(*) FILTER (WHERE m.id IN (SELECT conversion_id FROM credits))
FROM meant m WHERE m.campaign_id = %(campaign)s
"""  # noqa: S608 - a statement of ours


@dataclass(frozen=True, slots=True)
class Way:
    """A way of counting. `number` None: it was not done; `blind` is what it cannot see."""

    name: str
    number: float | None
    says: str
    blind: str
    # Of how many it is a part, where that is not all conversions.
    of: int | None = None

    def share(self, of: int) -> float | None:
        """As a part of all conversions, or of those that it could count."""
        of = of if self.of is None else self.of
        return None if self.number is None or not of else self.number / of


@dataclass(frozen=True, slots=True)
class Triangle:
    """All conversions of a campaign, and how many of them each way finds."""

    conversions: int
    both: int
    lines: Sequence[tuple[Way, float | None]]


def triangulate(
    campaign: Campaign, *, newest: tuple[float, date, date] | None, at: datetime
) -> Triangle | None:
    """Side by side; `newest` is what the newest report of attribution credits, and its days.

    None: no conversion of the campaign is known.
    """
    ends = Conversion.objects.filter(campaign=campaign).aggregate(first=Min("at"), last=Max("at"))
    if ends["first"] is None:
        return None
    until = ends["last"] + timedelta(microseconds=1)
    asked = params(campaign.brand, since=ends["first"], until=until, as_of=max(at, until))
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {**asked, "campaign": campaign.pk})
        number, linked, coded, both, credited = cursor.fetchone()
    ways = [
        Way(
            "Links",
            linked,
            "somebody followed a creator's link within the window before",
            "who saw the post and came another way, on another device, or objects to being told "
            "apart",
        ),
        Way(
            "Codes",
            coded,
            "somebody typed a creator's code",
            "who did not bother to type it; and who found it on a site of coupons counts as the "
            "creator's",
        ),
        Way(
            "Last touch",
            credited,
            "a code by your rule, else the last link",
            "everybody whom people met before the last",
        ),
        _by_shapley(newest),
        _by_survey(
            beside_tracking(
                campaign.brand, since=ends["first"], until=until, at=at, campaign=campaign
            )
        ),
    ]
    return Triangle(number, both, [(way, way.share(number)) for way in ways])


def _by_survey(said: Beside) -> Way:
    """Of the orders with an answer: the others are no sample of anything."""
    words = "people say how they heard of you"
    if said.orders:
        low, high = interval(said.creator, said.orders)
        words = (
            f"who answered and named a creator, of {said.orders:,} orders with an answer "
            f"({low:.0%} to {high:.0%}, Wilson 95 %); {said.unseen:,} of them no link and no code "
            f"saw, {said.other:,} name another creator than links and codes"
        )
    return Way(
        "Survey",
        said.creator if said.orders else None,
        words,
        "whoever does not answer, and memory: it favours what is well known",
        said.orders,
    )


def _by_shapley(newest: tuple[float, date, date] | None) -> Way:
    number, says = None, "no report of this campaign is computed yet"
    if newest is not None:
        number, first, last = newest
        says = f"divided among all who were met, {first:%-d %b %Y} to {last:%-d %b %Y}"
    return Way(
        "Shapley",
        number,
        says,
        "touches without link or code; and it divides what happened, it does not show a cause",
    )
