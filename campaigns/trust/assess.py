"""From what is on file to points for each part, and to their weighted mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from statistics import median

from campaigns.risk.assess import months_before
from campaigns.trust.weights import Weights

_TENTH = Decimal("0.1")
_ALL = 100.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """An incident that counts."""

    severity: str
    on: date
    is_confirmed: bool


@dataclass(frozen=True)
class Known:
    """What is on file of a creator. None and empty: nobody knows."""

    on: date
    # Days with posts in order, and up to when posts of the accounts are known.
    post_days: Sequence[date] = ()
    known_until: date | None = None
    reviewed: int = 0
    sufficient: int = 0
    reviewed_on: date | None = None
    # Comments in a language that is scored, those among them that sound negative, and posts.
    comments: int = 0
    negative: int = 0
    commented_posts: int = 0
    commented_on: date | None = None
    has_worked: bool = False
    incidents: Sequence[Trouble] = ()
    reliability: float | None = None
    reliability_on: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What a part came to. `points` None: unknown, and `value` says why."""

    key: str
    points: float | None
    value: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part with its weight. `adds` None: it adds nothing; together they are the score."""

    line: Line
    label: str
    weight: int
    adds: float | None
    why: str
    source: str


@dataclass(frozen=True)
class Outcome:
    """The score with all that made it. `score` None: too little is known."""

    score: Decimal | None
    # Part of all weight that is known.
    known: float
    parts: tuple[Part, ...]
    weights: str


def assess(known: Known, weights: Weights) -> Outcome:
    """The score as of a day."""
    lines = list(_lines(known, weights))
    of = weights.components
    got = [one for one in lines if one.points is not None and of[one.key].weight]
    weight = sum(of[one.key].weight for one in got)
    share = weight / weights.total
    is_enough = len(got) >= weights.components_min and share >= weights.weight
    parts = tuple(
        Part(
            line=line,
            label=of[line.key].label,
            weight=of[line.key].weight,
            adds=line.points * of[line.key].weight / weight
            if is_enough and line.points is not None
            else None,
            why=of[line.key].why,
            source=of[line.key].source,
        )
        for line in lines
    )
    score = None
    if is_enough:
        mean = sum((one.points or 0) * of[one.key].weight for one in got) / weight
        score = Decimal(repr(mean)).quantize(_TENTH, ROUND_HALF_UP)
    return Outcome(score, share, parts, weights.version)


def _lines(known: Known, weights: Weights) -> Iterator[Line]:
    yield _consistency(known, weights)
    yield _disclosure(known, weights)
    yield _sentiment(known, weights)
    yield _incidents(known, weights)
    if known.reliability is None:
        yield Line("reliability", None, "Too little happened together to say.")
    else:
        value = f"{known.reliability:.1f} of 100"
        yield Line("reliability", known.reliability, value, known.reliability_on)


def _consistency(known: Known, weights: Weights) -> Line:
    """Days outside of long pauses; what came after the last look at the account is not known."""
    form = weights.given["consistency"]
    since = known.on - timedelta(days=form["days"])
    days = sorted({day for day in known.post_days if since < day <= known.on})
    if len(days) < form["posts_min"]:
        why = (
            f"Posts of {len(days)} day{'s'[: len(days) != 1]} are known in {form['days']} days: "
            f"it takes {form['posts_min']}."
        )
        return Line("consistency", None, why, days[-1] if days else None)
    until = max(days[-1], min(known.known_until or days[-1], known.on))
    span = (until - days[0]).days
    if span < form["span_min"]:
        why = f"Posts are known of {span} days only: it takes {form['span_min']}."
        return Line("consistency", None, why, days[-1])
    gaps = [(after - before).days for before, after in pairwise(days)]
    usual = median(gaps)
    allowed = max(form["gaps"] * usual, form["pause_min"])
    paused = sum(max(gap - allowed, 0) for gap in (*gaps, (until - days[-1]).days))
    value = (
        f"{len(days)} days with posts in {span}, usually every {_number(usual)} "
        f"day{'s'[: usual != 1]}; {_number(paused)} days in pauses beyond {_number(allowed)}"
    )
    return Line("consistency", _ALL * (1 - min(paused / span, 1)), value, days[-1])


def _disclosure(known: Known, weights: Weights) -> Line:
    least = weights.given["disclosure"]["minimum"]
    if known.reviewed < least:
        why = f"{known.reviewed} post{'s'[: known.reviewed != 1]} reviewed: it takes {least}."
        return Line("disclosure", None, why, known.reviewed_on)
    value = f"{known.sufficient} of {known.reviewed} posts sufficient at the first look"
    return Line("disclosure", _ALL * known.sufficient / known.reviewed, value, known.reviewed_on)


def _sentiment(known: Known, weights: Weights) -> Line:
    form = weights.given["sentiment"]
    if known.comments < form["comments_min"] or known.commented_posts < form["posts_min"]:
        why = (
            f"{known.comments:,} comments in a language that is scored, below "
            f"{known.commented_posts} post{'s'[: known.commented_posts != 1]}: it takes "
            f"{form['comments_min']} below {form['posts_min']}."
        )
        return Line("sentiment", None, why, known.commented_on)
    share = known.negative / known.comments
    reached = (form["worst"] - share) / (form["worst"] - form["best"])
    value = f"{known.negative:,} of {known.comments:,} comments sound negative ({share:.0%})"
    return Line("sentiment", _ALL * min(max(reached, 0), 1), value, known.commented_on)


def _incidents(known: Known, weights: Weights) -> Line:
    form = weights.given["incidents"]
    since = months_before(known.on, form["months"])
    half = months_before(known.on, form["fades_after_months"])
    counted = [one for one in known.incidents if since < one.on <= known.on]
    if not counted and not known.has_worked:
        return Line("incidents", None, "No work together yet, so none would be on file.")
    lost = 0.0
    for one in counted:
        points = float(form["points"][one.severity])
        points *= 1 if one.on > half else 0.5
        lost += points if one.is_confirmed else points * form["unconfirmed"]
    value = (
        f"{len(counted)} in {form['months']} months, {_number(lost)} points off"
        if counted
        else f"none on file in {form['months']} months"
    )
    newest = max((one.on for one in counted), default=None)
    return Line("incidents", max(_ALL - lost, 0.0), value, newest)


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
