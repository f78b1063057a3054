"""From what is known to a tier: points by the published weights, and hard gates beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt

from campaigns.risk.inputs import Gate, IncidentSeen, Inputs, Line, Outcome
from campaigns.risk.suitability import FLOOR
from campaigns.risk.weights import Step, Weights

LOW, MEDIUM, HIGH = "low", "medium", "high"
SEVERITIES = ("critical", "high", "medium", "low")
# 95 % of a normal distribution.
_Z = 1.959964
_TENTH = Decimal("0.1")


def assess(known: Inputs, weights: Weights) -> Outcome:
    """The tier, with every input's value, points, source and date."""
    lines = (
        _incidents(known, weights),
        _disclosure(known, weights),
        _categories(known, weights),
        _minors(known, weights),
        _altered(known, weights),
        _backlog(known, weights),
    )
    points = sum((line.points for line in lines if line.points is not None), Decimal(0))
    gates = (*_floor(known.incidents, weights), *known.gates)
    return Outcome(
        tier=HIGH if gates else tier_at(points, weights),
        points=points,
        gates=gates,
        lines=lines,
        weights=weights.version,
        unknown=tuple(line.label for line in lines if line.points is None),
    )


def tier_at(points: Decimal, weights: Weights) -> str:
    """The tier of so many points, without gates."""
    if points >= weights.high:
        return HIGH
    return MEDIUM if points >= weights.medium else LOW


def interval(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, after Wilson; from nothing to all where nothing was seen."""
    if not of:
        return 0.0, 1.0
    share, z = hits / of, _Z
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the last of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))


def _incidents(known: Inputs, weights: Weights) -> Line:
    since = months_before(known.on, weights.months)
    fades = months_before(known.on, weights.fades_after_months)
    counted = [one for one in known.incidents if since < one.noticed_on <= known.on]
    points = Decimal(0)
    for one in counted:
        worth = weights.severities[one.severity]
        worth *= Decimal(1) if one.is_confirmed else weights.unconfirmed
        points += worth / 2 if one.noticed_on <= fades else worth
    return _line(
        weights,
        "incidents",
        ", ".join(_by_severity(counted)) or "none",
        min(points, weights.incidents_most),
        source=f"Incident log, the last {weights.months} months",
        on=max((one.noticed_on for one in counted), default=None),
    )


def _by_severity(counted: Sequence[IncidentSeen]) -> Iterable[str]:
    for severity in SEVERITIES:
        those = [one for one in counted if one.severity == severity]
        if those:
            unsure = sum(not one.is_confirmed for one in those)
            yield f"{len(those)} {severity}" + (f" ({unsure} unconfirmed)" if unsure else "")


def _disclosure(known: Inputs, weights: Weights) -> Line:
    reviewed, sufficient = known.reviewed, known.sufficient
    points = None
    if reviewed < weights.minimum:
        posts = f"{reviewed} reviewed post{'s'[: reviewed != 1]}"
        value = f"too few posts ({posts}, at least {weights.minimum} are needed)"
    else:
        missed = Decimal(reviewed - sufficient) / reviewed
        beyond = max(Decimal(0), missed - weights.free) / (1 - weights.free)
        points = beyond * weights.disclosure_most
        low, high = interval(sufficient, reviewed)
        share = f"95 % interval {low:.0%} to {high:.0%}"
        value = f"{sufficient} of {reviewed} sufficient ({share})"
    source = "Legal's first decision about each published post"
    return _line(weights, "disclosure", value, points, source=source, on=known.reviewed_on)


def _categories(known: Inputs, weights: Weights) -> Line:
    words = [
        f"{key.replace('_', ' ')} ({', '.join(campaigns)})"
        for key, campaigns in sorted(known.categories.items())
    ]
    none = "none named" if known.campaigns else "no campaign under way"
    points = min(weights.category * len(words), weights.categories_most)
    source = "Goods of the campaigns under way"
    return _line(weights, "categories", "; ".join(words) or none, points, source=source, on=None)


def _minors(known: Inputs, weights: Weights) -> Line:
    if known.minors is None:
        source = "Nobody told the ages of the audience"
        return _line(weights, "minors", "not known", None, source=source, on=None)
    points = _of_steps(weights.minors, known.minors)
    value = f"{known.minors:.0%} of the audience"
    return _line(weights, "minors", value, points, source=known.minors_source, on=known.minors_on)


def _altered(known: Inputs, weights: Weights) -> Line:
    source = "Snapshots of content"
    if not known.looked:
        return _line(weights, "altered", "nobody looked", None, source=source, on=None)
    points = weights.altered if known.altered else Decimal(0)
    value = f"in {known.altered} of {known.looked} snapshots"
    return _line(weights, "altered", value, points, source=source, on=known.altered_on)


def _backlog(known: Inputs, weights: Weights) -> Line:
    points = _of_steps(weights.backlog, Decimal(known.unreviewed))
    posts = f"{known.unreviewed} post{'s'[: known.unreviewed != 1]}"
    value = f"{posts} for more than {weights.backlog_days} days" if known.unreviewed else "none"
    source = "Publications and reviews"
    return _line(weights, "backlog", value, points, source=source, on=known.unreviewed_since)


def _floor(incidents: Iterable[IncidentSeen], weights: Weights) -> Iterable[Gate]:
    """Never too old: what is below the floor is never suitable."""
    for one in incidents:
        if one.tier == FLOOR and one.is_confirmed:
            yield Gate(FLOOR, f"{weights.gates[FLOOR]} Incident {one.number}.")


def _of_steps(steps: Sequence[Step], value: Decimal) -> Decimal:
    return max((step.points for step in steps if value >= step.start), default=Decimal(0))


def _line(
    weights: Weights,
    key: str,
    value: str,
    points: Decimal | None,
    *,
    source: str,
    on: date | None,
) -> Line:
    rounded = None if points is None else points.quantize(_TENTH, ROUND_HALF_UP)
    return Line(key, weights.labels[key], value, rounded, source, on, weights.why[key])
