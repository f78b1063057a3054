"""How far each reviewer is from the others, quarter by quarter (crm/agreement/drift.py)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from crm.agreement import Level
from crm.agreement.drift import Compared, Quarter, Standing, standing
from crm.choices import ResultBasis, ReviewStatus
from crm.models import Brand, Criterion, User
from crm.models.reviews import SCORES
from crm.services.reviews.forms import newest_form

# The quarter that runs, and seven before it.
QUARTERS = 8
_MONTHS = 3
# Counted by month, so that the brand's quarters may begin with any.
_ANSWERS = """
SELECT mine.criterion_id, one.reviewer_id, other.reviewer_id,
  date_trunc('month', v.all_in_at AT TIME ZONE %(zone)s)::date,
  mine.score, mine.choice, beside.score, beside.choice, found.score, found.choice, count(*)
FROM crm_vetting v
JOIN crm_review one ON one.vetting_id = v.id
JOIN crm_review other ON other.vetting_id = v.id AND other.id <> one.id
JOIN crm_answer mine ON mine.review_id = one.id AND NOT mine.cannot_say
JOIN crm_answer beside ON beside.review_id = other.id AND NOT beside.cannot_say
  AND beside.criterion_id = mine.criterion_id
LEFT JOIN crm_vettingresult found ON found.vetting_id = v.id AND found.basis = %(third)s
  AND found.criterion_id = mine.criterion_id
WHERE v.brand_id = %(brand)s AND v.reviewers = 2 AND v.all_in_at >= %(since)s
  AND v.all_in_at <= %(until)s AND mine.criterion_id = ANY(%(criteria)s)
  AND one.status = %(in)s AND other.status = %(in)s
  AND NOT one.is_adjudication AND NOT other.is_adjudication
  AND one.reviewer_id IS NOT NULL AND other.reviewer_id IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10"""


@dataclass(frozen=True)
class ReviewerStanding:
    """How one reviewer stands to the others about one criterion."""

    reviewer: User
    criterion: Criterion
    standing: Standing


def standings(brand: Brand, criteria: Sequence[Criterion], at: datetime) -> list[ReviewerStanding]:
    """By criterion in the order given, then by name; of the last eight quarters. Two queries.

    Only blind reviews that are all in, answers of both, and people who are still known.
    """
    known = {one.pk: one for one in criteria}
    compared: dict[tuple[int, int], list[Compared]] = defaultdict(list)
    for criterion, reviewer, one in _compared(brand, list(known), at):
        compared[criterion, reviewer].append(one)
    people = {user.pk: user for user in User.objects.filter(pk__in={key[1] for key in compared})}
    places = {pk: place for place, pk in enumerate(known)}
    found = [
        ReviewerStanding(
            people[reviewer],
            known[criterion],
            standing(
                rows,
                list(SCORES) if known[criterion].is_scale else list(known[criterion].labels),
                Level.ORDINAL if known[criterion].is_scale else Level.NOMINAL,
                among=len(compared),
            ),
        )
        for (criterion, reviewer), rows in compared.items()
    ]
    return sorted(
        found,
        key=lambda one: (
            places[one.criterion.pk],
            one.reviewer.display_name.casefold(),
            one.reviewer.pk,
        ),
    )


def criteria_in_use(brand: Brand) -> list[Criterion]:
    """What the form in use asks; nothing without a form. Two queries."""
    form = newest_form(brand)
    return form.criteria_in_order() if form else []


HEAD = (
    *("Criterion", "Reviewer", "Quarter from", "Answers compared", "The same"),
    *("Lean", "Lean from", "Lean to", "Alpha", "Alpha from", "Alpha to"),
    *("Drift", "Drift from", "Drift to"),
    *("Colleagues", "Third person decided", "With them", "In words"),
)


def standing_rows(found: Sequence[ReviewerStanding]) -> Iterator[tuple[object, ...]]:
    """As a file has them: all quarters together, then one line for each."""
    for one in found:
        held, lean, drift = one.standing, one.standing.lean, one.standing.drift
        alpha = held.agreement
        name = (one.criterion.label, one.reviewer.display_name)
        yield (
            *(*name, None, held.n, held.same),
            *(lean.value, lean.low, lean.high, alpha.alpha, alpha.low, alpha.high),
            *(drift.value, drift.low, drift.high),
            *(held.others, held.decided, held.upheld, held.words),
        )
        yield from ((*name, *_quarter_row(quarter)) for quarter in held.quarters)


def _quarter_row(quarter: Quarter) -> tuple[object, ...]:
    lean = quarter.lean
    first = (quarter.begins, quarter.n, quarter.same, lean.value, lean.low, lean.high)
    return (*first, *(None,) * (len(HEAD) - len(first) - 2))


def _compared(
    brand: Brand, criteria: list[int], at: datetime
) -> Iterator[tuple[int, int, Compared]]:
    zone = ZoneInfo(brand.timezone)
    month = brand.fiscal_year_start_month
    now = _quarter(at.astimezone(zone).date(), month)
    first = now.year * 12 + now.month - 1 - (QUARTERS - 1) * _MONTHS
    since = datetime.combine(date(first // 12, first % 12 + 1, 1), time(), zone)
    given: dict[str, Any] = {
        "brand": brand.pk,
        "zone": brand.timezone,
        "since": since,
        "until": at,
        "criteria": criteria,
        "third": ResultBasis.ADJUDICATED.value,
        "in": ReviewStatus.SUBMITTED.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, given)
        rows = cursor.fetchall()
    for criterion, reviewer, other, day, score, choice, *rest in rows:
        beside, beside_choice, decided, decided_choice, times = rest
        yield (
            criterion,
            reviewer,
            Compared(
                quarter=_quarter(day, month),
                other=other,
                said=choice if score is None else score,
                beside=beside_choice if beside is None else beside,
                decided=decided_choice if decided is None else int(decided),
                times=times,
            ),
        )


def _quarter(day: date, first_month: int) -> date:
    """When the quarter of the brand's year began that `day` is in."""
    months = day.year * 12 + day.month - 1
    begins = months - (day.month - first_month) % _MONTHS
    return date(begins // 12, begins % 12 + 1, 1)
