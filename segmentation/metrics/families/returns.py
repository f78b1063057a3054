"""What came back for what was spent, by segment: the figures of a campaign's returns (returns.md).

Cost is that of pieces published in the period, as of their publication; revenue that of conversions
of the period, as of the conversion. Ratios count creators of whom everything in them is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from campaigns.choices import PayMetric
from campaigns.selectors.credits import CREDITS, params
from campaigns.selectors.returns.pieces import PaidPiece, paid_pieces
from campaigns.services.media_values.sets import Weights, weights_of
from campaigns.services.payments.results import count_of
from campaigns.services.rates.converting import Rates
from crm.choices import Source
from segmentation.metrics.entries import OF_POSTS, Better, Method, Metric, Unit
from segmentation.metrics.family import Family
from segmentation.metrics.found import Found, of_ratio, too_few
from segmentation.metrics.look import NO_TALLY, Look, Tally, tallies
from segmentation.metrics.statistics import Interval

NOTHING_PUBLISHED = "Nothing that a campaign pays for was published in these days."
NO_SALES = "No conversion of these days is credited to a creator: links and codes tell of sales."
_OVER = "over creators of whom the cost and every count are known"


def _cost_per(key: str, label: str, question: str, what: str, *, each: str = "") -> Metric:
    return Metric(
        key=key,
        label=label,
        question=question,
        formula=(
            f"whole cost of pieces published while a member / {what}{each}, in the brand's "
            f"currency, {_OVER}"
        ),
        version=1,
        numerator="whole cost, spread evenly over a creator's pieces in a campaign",
        denominator=what,
        basis=key,
        unit=Unit.MONEY,
        better=Better.LOWER,
        minimum_n=5,
        method=Method.LOG_RATIO,
        accepts=OF_POSTS,
        source="payments, agreed costs and posts",
    )


CPM = _cost_per(
    "cpm", "Cost per 1,000 impressions", "What do a thousand impressions cost?", "impressions",
    each=", times 1,000",
)  # fmt: skip
CPE = _cost_per("cpe", "Cost per engagement", "What does an engagement cost?", "engagements")
CPV = _cost_per("cpv", "Cost per view", "What does a view cost?", "views")
CPP = _cost_per("cpp", "Cost per post", "What does a post cost?", "posts")
CPQE = _cost_per(
    "cost_per_qualified_engagement",
    "Cost per qualified engagement",
    "What does an engagement that counts cost?",
    "engagements by the brand's weights",
)
ROAS = Metric(
    key="roas",
    label="ROAS (revenue)",
    question="What was sold for each unit of cost?",
    formula=(
        "revenue of conversions credited by last touch, refunds taken back / whole cost of pieces "
        "published while a member, in the brand's currency, over creators with pieces whose cost "
        "is known; 100 % is what was spent"
    ),
    version=1,
    numerator="revenue by last touch, in campaigns",
    denominator="whole cost",
    basis="cost",
    unit=Unit.FRACTION,
    better=Better.HIGHER,
    minimum_n=5,
    method=Method.LOG_RATIO,
    accepts=(Source.MEASURED, Source.MANUAL),
    source="conversions and payments",
)
ROI = replace(
    ROAS,
    key="roi",
    label="ROI (revenue)",
    question="What was left of each unit of cost?",
    formula=ROAS.formula.replace("over creators", "less one, over creators").replace(
        "; 100 % is what was spent", "; without media values"
    ),
    numerator="revenue by last touch, in campaigns, less whole cost",
)
METRICS = (CPM, CPE, CPV, CPP, CPQE, ROAS, ROI)

# Not known is NaN: a creator's sum with one is NaN too, and `only` leaves the creator out.
PIECES = """
SELECT creator_id, at, part, source, 1 AS n, y, w
FROM unnest(%(creators)s::bigint[], %(moments)s::timestamptz[], %(parts)s::text[],
  %(told)s::text[], %(costs)s::float8[], %(counts)s::float8[])
  AS piece (creator_id, at, part, source, y, w)
"""
_COSTS_KNOWN = "y <> 'NaN' AND w <> 'NaN' AND w > 0"
_SOLD = f"""
WITH {CREDITS}, known AS (
  SELECT * FROM unnest(%(currencies)s::text[], %(days)s::date[], %(rates)s::float8[])
    AS one (currency, day, rate)
)
SELECT k.creator_id, k.at, '' AS part,
  CASE WHEN c.source = 'manual' THEN 'manual' ELSE 'measured' END AS source,
  1 AS n, coalesce(k.value * known.rate, 0) AS y, 0 AS w
FROM credits k
JOIN campaigns_conversion c ON c.id = k.conversion_id
LEFT JOIN known ON known.currency = k.currency
  AND known.day = (k.at AT TIME ZONE %(zone)s)::date
WHERE k.role = 'last' AND k.campaign_id IS NOT NULL
UNION ALL
SELECT creator_id, at, '', source, 0, 0, y FROM ({PIECES}) piece WHERE part = 'posts'
"""  # noqa: S608 - statements of ours
_CURRENCIES = f"""
WITH {CREDITS}
SELECT currency, (at AT TIME ZONE %(zone)s)::date AS day, count(*) AS n, count(value) AS valued
FROM credits WHERE role = 'last' AND campaign_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 - statements of ours


def pieces_of(look: Look) -> Sequence[PaidPiece]:
    """What was published in the period; read once for a look."""
    return paid_pieces(look.brand, start=look.start, until=look.until)


def _measure(look: Look) -> dict[int, list[Found]]:
    weights = weights_of(look.brand)
    pieces = look.once(pieces_of)
    arrays = _arrays(pieces, weights)
    spent = tallies(look, PIECES, only=_COSTS_KNOWN, **arrays) if pieces else {}
    every = tallies(look, PIECES, only="true", **arrays) if pieces else {}
    asked = dict(params(look.brand, since=look.start, until=look.until, as_of=look.until))
    asked |= {"zone": look.brand.timezone}
    sales = look.rows(_CURRENCIES, **asked)
    rates, unvalued = _rates(look, sales)
    sold = (
        tallies(look, _SOLD, only="w <> 'NaN' AND w > 0", **asked, **arrays, **rates)
        if pieces
        else {}
    )
    shown = {"currency": look.brand.currency, "weights": weights.words}
    found = {}
    for key in look.all_ids:
        there = every.get(key, {}).get("posts", NO_TALLY).n
        mine = spent.get(key, {})
        rows = [
            _ratio(metric, part, mine.get(part, NO_TALLY), there, shown)
            for metric, part in (
                (CPM, "impressions"), (CPE, "engagements"), (CPV, "views"), (CPP, "posts"),
                (CPQE, "qualified"),
            )
        ]  # fmt: skip
        tally = sold.get(key, {}).get("", NO_TALLY)
        rows += _returned(tally, there, has_sales=bool(sales), shown=shown, unvalued=unvalued)
        found[key] = rows
    return found


def _ratio(metric: Metric, part: str, tally: Tally, there: int, shown: Mapping[str, str]) -> Found:
    return of_ratio(
        metric,
        tally.sums,
        n=tally.n,
        n_unit="posts",
        factor=1_000.0 if metric is CPM else 1.0,
        label=f"{metric.label}, {shown['currency']}",
        reason=_too_few(metric, tally, there),
        provenance=tally.provenance,
        inputs={
            "cost": round(tally.sums.y, 2),
            part: round(tally.sums.w, 2),
            "posts": tally.n,
            "posts_left_out": there - tally.n,
            "creators": tally.sums.creators,
            "membership": "at the moment of each publication, from the membership ledger",
        }
        | ({"weights": shown["weights"]} if metric is CPQE else {}),
    )


def _returned(
    tally: Tally, there: int, *, has_sales: bool, shown: Mapping[str, str], unvalued: int
) -> list[Found]:
    reason = _too_few(ROAS, tally, there) or ("" if has_sales else NO_SALES)
    roas = of_ratio(
        ROAS,
        tally.sums,
        n=tally.n,
        n_unit="conversions",
        reason=reason,
        provenance=tally.provenance,
        inputs={
            "revenue": round(tally.sums.y, 2),
            "cost": round(tally.sums.w, 2),
            "currency": shown["currency"],
            "conversions": tally.n,
            "conversions_of_the_brand_without_a_known_value": unvalued,
            "creators": tally.sums.creators,
            "membership": "at the moment of each conversion and publication, from the membership "
            "ledger",
        },
    )
    less = None if roas.value is None else roas.value - 1
    return [
        roas,
        replace(
            roas, metric=ROI, value=less, wide=_shifted(roas.wide), narrow=_shifted(roas.narrow)
        ),
    ]


def _too_few(metric: Metric, tally: Tally, there: int) -> str:
    if not there:
        return NOTHING_PUBLISHED
    what = "cost and count known" if metric is not ROAS else "cost known"
    return too_few(metric, tally.sums.creators, what)


def _shifted(interval: Interval | None) -> Interval | None:
    if interval is None:
        return None
    return Interval(interval.level, interval.low - 1, interval.high - 1)


def _arrays(pieces: Sequence[PaidPiece], weights: Weights) -> dict[str, list[Any]]:
    """The pieces as columns, once for each thing that their cost is divided by."""
    columns: dict[str, list[Any]] = {
        name: [] for name in ("creators", "moments", "parts", "told", "costs", "counts")
    }
    for piece in pieces:
        for part, count in _counts(piece, weights).items():
            columns["creators"].append(piece.creator)
            columns["moments"].append(piece.published_at)
            columns["parts"].append(part)
            columns["told"].append(piece.source)
            columns["costs"].append(float("nan") if piece.cost is None else float(piece.cost))
            columns["counts"].append(float("nan") if count is None else float(count))
    return columns


def _counts(piece: PaidPiece, weights: Weights) -> dict[str, Decimal | int | None]:
    weighed: Decimal | None = Decimal(0)
    for name, weight in weights.weights.items():
        count = piece.counts[name]
        if weight:
            weighed = None if weighed is None or count is None else weighed + weight * count
    return {
        "impressions": piece.counts["impressions"],
        "engagements": count_of(PayMetric.ENGAGEMENTS, piece.counts),
        "views": piece.counts["views"],
        "posts": 1,
        "qualified": weighed,
    }


def _rates(look: Look, sales: Sequence[Mapping[str, Any]]) -> tuple[dict[str, list[Any]], int]:
    """What one unit of each currency is in the brand's, by day; and how many have no value here."""
    here = look.brand.currency
    valued = [row for row in sales if row["valued"]]
    book = Rates(
        look.brand,
        currencies=[here, *(row["currency"] for row in valued)],
        days=[row["day"] for row in valued],
    )
    currencies: list[str] = []
    days: list[date] = []
    rates: list[float] = []
    unvalued = sum(row["n"] - row["valued"] for row in sales)
    for row in valued:
        by = book.convert(Decimal(1), row["currency"], here, row["day"])
        if by is None:
            unvalued += row["valued"]
            continue
        currencies.append(row["currency"])
        days.append(row["day"])
        rates.append(float(by.rate))
    return {"currencies": currencies, "days": days, "rates": rates}, unvalued


RETURNS = Family("returns", "What came back for what was spent", METRICS, _measure)
