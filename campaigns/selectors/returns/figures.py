"""The figures of what came back, of a group of creators: each named, with why it is not known.

By revenue and by media value stand apart: neither is ever added to the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from campaigns.selectors.reports.cuts import Group, Part, cost_per
from campaigns.selectors.reports.figures import Basis, Figure
from campaigns.selectors.reports.sources import Piece
from campaigns.selectors.returns.costs import Costs
from campaigns.selectors.returns.revenue import MODEL, Brought, Revenue
from campaigns.services.media_values.models import METRICS, Counts, Model, Worth, worth
from campaigns.services.media_values.sets import Models, Weights
from campaigns.services.money import money
from campaigns.services.objectives import Unit
from campaigns.services.rates.converting import Converted

STORY = "story"
_SPLIT = "A conversion is a creator's, not a platform's: it cannot be cut so."


def cost_figures(group: Group, currency: str, prefix: str, weights: Weights) -> list[Figure]:
    """What a thousand, an engagement, a view, a post and a qualified engagement cost."""
    parts = group.parts
    return [
        cost_of(group, currency, prefix),
        cost_per(f"{prefix}:full_cpm", "Cost per 1,000 impressions", parts,
                 lambda one: one.impressions, things="impressions", each=1_000, currency=currency),
        cost_per(f"{prefix}:full_cpe", "Cost per engagement", parts,
                 lambda one: one.engagements, things="engagements", each=1, currency=currency),
        cost_per(f"{prefix}:cpv", "Cost per view", parts,
                 lambda one: one.views, things="views", each=1, currency=currency),
        cost_per(f"{prefix}:cpp", "Cost per post", parts,
                 lambda _one: 1, things="posts", each=1, currency=currency),
        _qualified(f"{prefix}:cpqe", parts, currency, weights),
    ]  # fmt: skip


def cost_of(group: Group, currency: str, prefix: str, costs: Costs | None = None) -> Figure:
    """The whole cost of creators who are bound, with what belongs to none of them."""
    shared = costs.shared if costs else Decimal(0)
    bound = [part for part in group.parts if part.partner.is_bound]
    known = [part.cost for part in bound if part.cost is not None]
    value = sum(known, Decimal(0)) + shared
    return Figure(
        f"{prefix}:full_cost",
        "Whole cost",
        Unit.MONEY,
        value if known or shared else None,
        len(known) + (costs.shared_known if costs else 0),
        len(bound) + (costs.shared_count if costs else 0),
        "creators under contract and costs of nobody's" if costs else "creators under contract",
        "amounts owed and paid, else what was agreed, with product, shipping and everything else "
        "that was entered; version 1",
        source="payments and agreed costs",
        currency=currency,
        absent="" if known or shared else "Of no creator under contract is the cost known.",
        is_sum=True,
        inputs=[
            ("Creators' costs", money(sum(known, Decimal(0)), currency)),
            ("What belongs to no creator", money(shared, currency)),
        ],
    )


def revenue_figures(
    prefix: str, cost: Figure, brought: Brought | None, revenue: Revenue
) -> list[Figure]:
    """What was sold, for each unit of cost, and what was left of it."""
    currency = revenue.currency
    absent = _SPLIT if brought is None else ""
    found = brought or Brought()
    if not absent and not found.conversions:
        absent = "No conversion is credited: links, codes and conversions tell of sales."
    elif not absent and not found.valued:
        absent = "Of no conversion the value is known in a currency that can be converted."
    value = None if absent else found.revenue
    inputs = [
        ("Conversions", f"{found.conversions:,}"),
        ("Revenue", money(found.revenue, currency)),
        ("Cost", cost.words),
    ]
    first = Figure(
        f"{prefix}:revenue", "Revenue", Unit.MONEY, value, found.valued, found.conversions,
        "conversions",
        f"values of conversions credited by {MODEL}, refunds taken back; version 1",
        source="conversions", currency=currency, absent=absent, is_sum=True, inputs=inputs,
    )  # fmt: skip
    ratio = gain = None
    # With more revenue known they can only grow, unless the cost may grow as well.
    is_least = cost.basis is not Basis.PARTIAL
    why = absent or _no_cost(cost)
    if value is not None and not why and isinstance(cost.value, Decimal):
        ratio = value / cost.value
        gain = 100 * (value - cost.value) / cost.value
    return [
        first,
        Figure(
            f"{prefix}:roas", "ROAS (revenue)", Unit.RATIO,
            None if ratio is None else float(ratio), found.valued, found.conversions,
            "conversions", f"revenue by {MODEL} / whole cost; version 1", source="conversions and "
            "payments", absent=why, is_sum=is_least, inputs=inputs,
        ),
        Figure(
            f"{prefix}:roi", "ROI (revenue)", Unit.PERCENT,
            None if gain is None else float(gain), found.valued, found.conversions,
            "conversions", f"(revenue by {MODEL} - whole cost) / whole cost; version 1",
            source="conversions and payments", absent=why, is_sum=is_least, inputs=inputs,
        ),
    ]  # fmt: skip


def media_figures(
    group: Group,
    prefix: str,
    models: Models,
    cost: Figure,
    rates: Mapping[str, Converted | None],
) -> list[Figure]:
    """What each named model makes of the posts, and of the cost: never of revenue."""
    posts = [_counts(piece) for part in group.parts for piece in part.published]
    found = []
    for model in models.models:
        done = worth(model, posts)
        found += [
            _value(f"{prefix}:emv_{model.key}", model, done, models),
            _by_value(f"{prefix}:emv_roi_{model.key}", model, done, cost, rates[model.currency]),
        ]
    return found


def spread_words(group: Group, models: Models) -> str:
    """How far the models lie apart, over posts of which each of them knows all."""
    posts = [_counts(piece) for part in group.parts for piece in part.published]
    able = [model for model in models.models if model.values]
    same = [post for post in posts if all(worth(model, [post]).known for model in able)]
    if not same or len({model.currency for model in able}) != 1 or len(able) < 2:
        return ""
    values = [worth(model, same).value or Decimal(0) for model in able]
    low, high, currency = min(values), max(values), able[0].currency
    number = f"{len(same):,} post{'s'[: len(same) != 1]}"
    return (
        f"{money(low, currency)} to {money(high, currency)} for the same {number}: which model is "
        "named decides, not the posts."
    )


def _value(key: str, model: Model, done: Worth, models: Models) -> Figure:
    estimated = [("Of it estimated", money(done.estimated, model.currency))]
    return Figure(
        key,
        f"EMV, {model.name}{' (partly estimated)' if done.is_estimated else ''}",
        Unit.MONEY,
        done.value,
        done.known,
        done.of,
        "publications",
        f"{model.formula} ({models.words})",
        source=model.source,
        currency=model.currency,
        absent=done.absent,
        is_sum=True,
        inputs=[
            ("Of measured counts", money(done.measured, model.currency)),
            *(estimated if done.is_estimated else []),
            ("Posts of which a count was estimated", f"{done.estimates:,}"),
        ],
    )


def _by_value(key: str, model: Model, done: Worth, cost: Figure, rate: Converted | None) -> Figure:
    why = done.absent or _no_cost(cost)
    if not why and rate is None:
        why = f"There is no rate from {model.currency} to {cost.currency} of these days."
    gain = None
    if not why and rate is not None and done.value is not None and isinstance(cost.value, Decimal):
        gain = float(100 * (done.value * rate.rate - cost.value) / cost.value)
    return Figure(
        key,
        f"Return by media value, {model.name}: no revenue",
        Unit.PERCENT,
        gain,
        done.known,
        done.of,
        "publications",
        f"(EMV by {model.name} - whole cost) / whole cost; what attention would have cost "
        "elsewhere, not what was earned; version 1",
        source=model.source,
        absent=why,
        inputs=[("EMV", money(done.value, model.currency)), ("Cost", cost.words)]
        + ([("Converted", rate.words)] if rate is not None and rate.words else []),
    )


def _no_cost(cost: Figure) -> str:
    if not isinstance(cost.value, Decimal) or not cost.value:
        return cost.absent or "It cost nothing: there is no ratio."
    if cost.known < cost.of:
        return (
            f"Of {cost.of - cost.known} of {cost.of} {cost.things} the amount is not known: the "
            "ratio would look better than it is."
        )
    return ""


def _qualified(key: str, parts: Sequence[Part], currency: str, weights: Weights) -> Figure:
    """Over creators of whom cost and all weighed counts of all publications are known."""
    live = [part for part in parts if part.published]
    cost, total, known = Decimal(0), Decimal(0), 0
    for part in live:
        counts = [_weighed(piece, weights) for piece in part.published]
        if part.cost is None or not part.partner.is_bound or None in counts:
            continue
        known += 1
        cost += part.cost
        total += sum((one for one in counts if one is not None), Decimal(0))
    absent = ""
    if not live:
        absent = "Nothing is published yet."
    elif not known:
        absent = "Of no creator are both the cost and all engagements that count known."
    elif not total:
        absent = "The engagements that count add up to 0."
    return Figure(
        key,
        "Cost per qualified engagement",
        Unit.MONEY,
        cost / total if total else None,
        known,
        len(live),
        "creators who are live",
        f"cost / ({weights.words}); version 1",
        source="payments, agreed costs and posts of imports",
        currency=currency,
        absent=absent,
        inputs=[
            ("Cost of these creators", money(cost, currency)),
            ("Their weighed engagements", f"{total.normalize():f}"),
            ("Creators left out", f"{len(live) - known:,}"),
        ],
    )


def _weighed(piece: Piece, weights: Weights) -> Decimal | None:
    total = Decimal(0)
    for name, weight in weights.weights.items():
        if not weight:
            continue
        count = getattr(piece, name)
        if count is None:
            return None
        total += weight * count
    return total


def _counts(piece: Piece) -> Counts:
    return Counts(
        piece.platform, piece.form == STORY, {name: getattr(piece, name) for name in METRICS}
    )
