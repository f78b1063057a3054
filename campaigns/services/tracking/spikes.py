"""Days on which a code is used, or a link followed, far more than ever: it may have got around.

A day is unusual when it lies above the median of the days before it plus so many deviations. The
deviation is the median distance from the median (x 1.4826, as for a normal distribution), and at
least the square root of the median, as chance alone makes counts differ (Poisson), and at least 1:
half of a new code's days have no use at all. Both settings and the smallest count are the brand's.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.urls import reverse

from campaigns.choices import SpikeState
from campaigns.models import PromoCode, Spike, TrackingLink, TrackingSettings
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.tracking import codes
from crm import audit
from crm.choices import NotificationKind, Role
from crm.models import Brand, User
from crm.services.notifications import notify_all

# Days before that are asked; with fewer there is no history to be far above.
HISTORY_DAYS, HISTORY_MIN = 28, 7
# Shops send their orders late: the last days are looked at again.
LOOK_BACK = 3
REASON_MAX = 300
_NORMAL = 1.4826
# Uses of each code by the brand's day, of codes that were used in the last days.
_USES = """
WITH used AS (
  SELECT c.code_id, (c.at AT TIME ZONE %(zone)s)::date AS day, count(*)::int AS number
  FROM campaigns_conversion c
  WHERE c.brand_id = %(brand)s AND c.code_id IS NOT NULL AND c.at >= %(since)s
  GROUP BY 1, 2
)
SELECT code_id, day, number FROM used
WHERE code_id IN (SELECT code_id FROM used WHERE day >= %(look)s)
"""
_CLICKS = """
SELECT link_id, day, people FROM campaigns_clickday
WHERE brand_id = %(brand)s AND day >= %(first)s AND link_id IN (
  SELECT link_id FROM campaigns_clickday WHERE brand_id = %(brand)s AND day >= %(look)s)
"""


@dataclass(frozen=True)
class Rule:
    """From when on a day is unusual."""

    deviations: float
    minimum: int


@dataclass(frozen=True)
class Finding:
    """A day that is unusual, by which rule, and the numbers behind it."""

    rule: str
    count: int
    threshold: float
    median: float | None = None
    deviation: float | None = None
    days: int | None = None


def judge(
    count: int,
    history: Sequence[int],
    rule: Rule,
    *,
    per_day: int | None = None,
    total: int | None = None,
    used_in_all: int = 0,
) -> Finding | None:
    """What is unusual about a day with `count`, after days with `history`; None: nothing.

    What somebody said is expected goes before what was usual: then the history is not asked.
    """
    if total is not None and count and used_in_all > total:
        return Finding("total", used_in_all, float(total))
    if per_day is not None:
        return Finding("per_day", count, float(per_day)) if count > per_day else None
    if len(history) < HISTORY_MIN or count < rule.minimum:
        return None
    median = float(statistics.median(history))
    spread = _NORMAL * float(statistics.median(abs(number - median) for number in history))
    deviation = max(spread, median**0.5, 1.0)
    threshold = median + rule.deviations * deviation
    if count <= threshold:
        return None
    return Finding("history", count, threshold, median, deviation, len(history))


def history_of(counts: Mapping[date, int], since: date, day: date) -> list[int]:
    """Counts of the days before `day`, from `since` on; a day without any is a 0."""
    first = max(since, day - timedelta(days=HISTORY_DAYS))
    return [counts.get(first + timedelta(days=n), 0) for n in range(max(0, (day - first).days))]


def find_spikes(*, brand: Brand, at: datetime) -> int:
    """Look at the last days of all codes and links; tell people of new ones. Returns how many."""
    today = today_of(brand, at)
    decided = TrackingSettings.objects.filter(brand=brand).first() or TrackingSettings()
    rule = Rule(float(decided.spike_deviations), decided.spike_minimum)
    found = [*_of_codes(brand, today, at, rule), *_of_links(brand, today, at, rule)]
    return _tell(brand, found, at)


def _of_codes(brand: Brand, today: date, at: datetime, rule: Rule) -> list[Spike]:
    counts = _counts(_USES, brand, today, at)
    rows = PromoCode.objects.filter(pk__in=counts).in_use().order_by("pk")
    totals = _totals([row.pk for row in rows if row.limit_total is not None])
    found = []
    for code in rows:
        since = code.valid_from or today_of(brand, code.created_at)
        for day, number in _last(counts[code.pk], today):
            finding = judge(
                number,
                history_of(counts[code.pk], since, day),
                rule,
                per_day=code.limit_per_day,
                total=code.limit_total if day == today else None,
                used_in_all=totals.get(code.pk, 0),
            )
            if finding:
                found.append(_spike(brand, finding, day, at, code=code))
    return found


def _of_links(brand: Brand, today: date, at: datetime, rule: Rule) -> list[Spike]:
    counts = _counts(_CLICKS, brand, today, at)
    found = []
    for link in TrackingLink.objects.filter(pk__in=counts).in_use().order_by("pk"):
        since = today_of(brand, link.created_at)
        for day, number in _last(counts[link.pk], today):
            finding = judge(number, history_of(counts[link.pk], since, day), rule)
            if finding:
                found.append(_spike(brand, finding, day, at, link=link))
    return found


@transaction.atomic
def _tell(brand: Brand, found: Sequence[Spike], at: datetime) -> int:
    """Keep those that are new, and tell whoever leads the creator, or the brand's managers."""
    before = set(Spike.objects.filter(brand=brand).values_list("code", "link", "day"))
    new = [row for row in found if (row.code_id, row.link_id, row.day) not in before]
    Spike.objects.bulk_create(new, ignore_conflicts=True)
    managers = list(
        User.objects.filter(roles__brand=brand, roles__role__in=[Role.MANAGER, Role.ADMIN])
    )
    url = reverse("campaigns:spikes", args=[brand.slug])
    for row in new:
        holder = row.code or row.link
        owner = None if holder is None else _owner(holder)
        notify_all(
            users=[owner] if owner else managers,
            brand=brand,
            kind=NotificationKind.CAMPAIGN,
            text=f"{_what(row)} on {row.day:%-d %B}: {why(row)}",
            url=url,
            at=at,
            key=f"spike:{row.code_id}:{row.link_id}:{row.day}",
        )
    return len(new)


def why(row: Spike) -> str:
    """The numbers in words."""
    if row.rule == "total":
        return f"used {row.count} times in all, {row.threshold:.0f} were expected."
    if row.rule == "per_day":
        return f"{row.count} uses, {row.threshold:.0f} were expected of a day."
    return (
        f"{row.count}, where the median of {row.days} days is {row.median:g}; "
        f"above {row.threshold:.1f} is unusual."
    )


@transaction.atomic
def dismiss(*, spike_id: int, brand: Brand, reason: str, actor: User, at: datetime) -> Spike:
    """Nothing is wrong with that day, and why. Raises CampaignRefused, DoesNotExist."""
    spike = _open(spike_id, brand)
    words = " ".join(reason.split())
    if not words:
        msg = "Say why nothing is wrong with it."
        raise CampaignRefused(msg, code="reason_needed", field="reason")
    if len(words) > REASON_MAX:
        raise CampaignRefused(f"At most {REASON_MAX} characters.", field="reason")
    return _decide(spike, SpikeState.DISMISSED, words, actor, at)


@transaction.atomic
def replace(*, spike_id: int, brand: Brand, name: str = "", actor: User, at: datetime) -> PromoCode:
    """End the code that got around and give its creator a new one. Raises CampaignRefused."""
    spike = _open(spike_id, brand)
    if spike.code_id is None:
        msg = "Only a code can be replaced. Put the link away and make a new one."
        raise CampaignRefused(msg)
    new = codes.replace_code(
        code_id=spike.code_id, brand=brand, name=name, actor=actor, at=at, expected_version=None
    )
    _decide(spike, SpikeState.REPLACED, f"Replaced by {new.code}.", actor, at)
    # The days before it, of which nobody has said anything, are answered by it as well.
    for other in Spike.objects.select_for_update(no_key=True).filter(code=spike.code_id).open():
        _decide(other, SpikeState.REPLACED, f"Replaced by {new.code}.", actor, at)
    return new


def _open(spike_id: int, brand: Brand) -> Spike:
    rows = Spike.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "brand", "code", "link"
    )
    spike = rows.get(pk=spike_id, brand=brand)
    if spike.state != SpikeState.OPEN:
        msg = "Somebody has answered that already."
        raise CampaignRefused(msg, code="outdated")
    return spike


def _decide(spike: Spike, state: SpikeState, reason: str, actor: User, at: datetime) -> Spike:
    spike.state, spike.reason = state, reason
    spike.decided_by, spike.decided_at = actor, at
    spike.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    audit.record(
        brand=spike.brand,
        verb=f"campaigns.spike.{state.value}",
        target=spike,
        actor=actor,
        at=at,
        label=f"unusual day {spike.day}",
        data={"day": spike.day, "count": spike.count, "rule": spike.rule},
        text={"reason": reason},
    )
    return spike


def _counts(statement: str, brand: Brand, today: date, at: datetime) -> dict[int, dict[date, int]]:
    first = today - timedelta(days=HISTORY_DAYS + LOOK_BACK)
    values: dict[str, str | int | date | datetime] = {
        "brand": brand.pk,
        "zone": brand.timezone,
        "since": at - timedelta(days=HISTORY_DAYS + LOOK_BACK + 1),
        "first": first,
        "look": today - timedelta(days=LOOK_BACK - 1),
    }
    found: dict[int, dict[date, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for pk, day, number in cursor.fetchall():
            found.setdefault(pk, {})[day] = number
    return found


def _totals(codes_: Sequence[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code_id, count(*)::int FROM campaigns_conversion WHERE code_id = ANY(%s)"
            " GROUP BY 1",
            [list(codes_)],
        )
        return dict(cursor.fetchall())


def _last(counts: Mapping[date, int], today: date) -> list[tuple[date, int]]:
    days = [today - timedelta(days=n) for n in range(LOOK_BACK)]
    return [(day, counts[day]) for day in reversed(days) if day in counts]


def _spike(
    brand: Brand,
    finding: Finding,
    day: date,
    at: datetime,
    *,
    code: PromoCode | None = None,
    link: TrackingLink | None = None,
) -> Spike:
    return Spike(
        brand=brand,
        code=code,
        link=link,
        day=day,
        rule=finding.rule,
        count=finding.count,
        threshold=_number(finding.threshold),
        median=None if finding.median is None else _number(finding.median),
        deviation=None if finding.deviation is None else _number(finding.deviation),
        days=finding.days,
        found_at=at,
    )


def _number(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.01"))


def _owner(holder: PromoCode | TrackingLink) -> User | None:
    if holder.engagement and holder.engagement.owner:
        return holder.engagement.owner
    owner: User | None = holder.relationship.owner
    return owner


def _what(row: Spike) -> str:
    return f"Code {row.code.code}" if row.code else f"Link {row.link}"
