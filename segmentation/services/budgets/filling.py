"""Work out a plan: who with how many pieces brings most, what stands in the way, what if.

Only a worker does it: scipy comes with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from segmentation.allocation.problem import (
    Answer,
    Bound,
    Candidate,
    NoAnswer,
    Problem,
    diminishing,
)
from segmentation.allocation.solve import name_of, solve
from segmentation.choices import Forecasted, Wish
from segmentation.forecasting.sums import Piece, add_up
from segmentation.models import BudgetPick, BudgetPlan
from segmentation.selectors.forecasts import NOT_YET, Standing, standing_of
from segmentation.services.budgets.asks import Asks
from segmentation.services.budgets.gathering import MOST, Person, people_of
from segmentation.services.budgets.shared import discounts, reached_once
from segmentation.services.edits import EditRefused

# Who is not in but came nearest: so many are kept with their reason.
NEXT = 100
# Shares of the budget that are tried beside it, and seconds for each.
TRIED, TRIAL_SECONDS = (-0.25, -0.10, 0.10, 0.25), 1.5
# A place in a campaign cannot be planned to cost more.
MOST_COST = 9_999_999_999.99


def fill(plan: BudgetPlan, at: datetime) -> None:
    """Work the plan out and keep it. Raises EditRefused where no plan keeps what was asked."""
    asks = Asks.of(plan.asks)
    campaign = plan.campaign
    standing = standing_of(campaign.brand)
    if standing is None:
        raise EditRefused(NOT_YET, code="nothing_learned")
    wishes = dict(plan.picks.exclude(wish="").values_list("relationship", "wish"))
    people = people_of(campaign, asks, currency=standing.currency, at=at)
    problem = _problem(asks, people, wishes)
    if not problem.candidates:
        raise EditRefused(_nobody(asks, people), code="no_plan")
    try:
        answer = solve(problem)
        shared = discounts(campaign, asks, people, answer)
        if shared:
            problem = _discounted(problem, shared)
            answer = solve(problem)
    except NoAnswer as refusal:
        raise EditRefused(str(refusal), code="no_plan") from refusal
    known = {one.relationship: one for one in people}
    _write(plan, problem, answer, known, wishes)
    plan.computed_at = at
    plan.result = {
        "version": standing.model.number,
        "level": standing.model.level,
        "looked_at": len(people),
        "is_cut": len(people) >= MOST,
        "without_price": sum(one.price is None for one in people),
        "without_forecast": sum(one.middle is None for one in people),
        "brings": answer.brings,
        "spent": round(answer.spent, 2),
        "bound": answer.bound,
        "gap": answer.gap,
        "is_proven": answer.is_proven,
        "seconds": round(answer.seconds, 2),
        "worth": answer.worth,
        "limits": [{"name": name, "worth": worth} for name, worth in sorted(answer.limits.items())],
        "creators": len(answer.pieces),
        "pieces": sum(answer.pieces.values()),
        "sensitivity": _what_if(asks, people, wishes, shared, answer),
        "interval": _interval(standing, asks, known, problem, answer),
        "shares": _shares(known, answer),
        "discounted": len(shared),
        "once": reached_once(campaign, asks, [known[key] for key in answer.pieces]),
    }
    plan.save(update_fields=["computed_at", "result"])


def _nobody(asks: Asks, people: Sequence[Person]) -> str:
    """Why nobody can be in, and what helps."""
    measure = Forecasted(asks.measure).label.lower()
    return (
        f"Nobody can be in: of {len(people):,} creators who were looked at "
        f"{sum(one.price is None for one in people):,} have no known price, "
        f"{sum(one.middle is None for one in people):,} no forecast of {measure}. "
        "Say what a piece costs where no price is known, or what else is to be brought."
    )


def _problem(asks: Asks, people: Sequence[Person], wishes: Mapping[int, str]) -> Problem:
    budget = float(asks.money)
    candidates = []
    missing = {key for key, wish in wishes.items() if wish == Wish.MUST}
    for one in people:
        wish = wishes.get(one.relationship, "")
        if one.price is None or one.middle is None or wish == Wish.NEVER:
            continue
        price = float(one.price)
        most = min(asks.most_pieces, int(MOST_COST / price))
        if asks.most_share is not None:
            most = min(most, int(budget * asks.most_share / price))
        least = 1 if wish == Wish.MUST else 0
        missing.discard(one.relationship)
        if most < max(least, 1):
            if least:
                raise EditRefused(
                    "Somebody who must be in costs more than one creator may take of the budget.",
                    code="no_plan",
                )
            continue
        candidates.append(
            Candidate(
                one.relationship,
                price,
                diminishing(one.middle, most, asks.worth),
                one.groups,
                least,
                most,
            )
        )
    if missing:
        raise EditRefused(
            f"{len(missing)} who must be in cannot be: their price or their forecast is not known, "
            "or they are not among those who were asked for.",
            code="no_plan",
        )
    bounds = [
        Bound(
            f"{one.cut} {one.key}",
            one.of,
            **{one.way: one.number / 100 * budget if one.share else one.number},
        )
        for one in asks.limits
    ]
    return Problem(candidates, budget, bounds, asks.least_creators, asks.most_creators)


def _discounted(problem: Problem, shared: Mapping[int, float]) -> Problem:
    """The same, where those who share part of their audience bring as much less."""

    def less(one: Candidate) -> Candidate:
        share = shared.get(one.key, 0.0)
        return replace(one, adds=[add * (1 - share) for add in one.adds]) if share else one

    return replace(problem, candidates=[less(one) for one in problem.candidates])


def _write(
    plan: BudgetPlan,
    problem: Problem,
    answer: Answer,
    known: Mapping[int, Person],
    wishes: Mapping[int, str],
) -> None:
    told = [(one, *_reason(one, problem, answer)) for one in problem.candidates]
    told.sort(key=lambda row: (row[0].key not in answer.pieces, -row[1], row[0].key))
    rows, left = [], NEXT
    for one, _net, reason in told:
        pieces = answer.pieces.get(one.key, 0)
        if not pieces and not wishes.get(one.key):
            left -= 1
            if left < 0:
                continue
        rows.append(_pick(plan, known[one.key], one, pieces, reason))
    there = {one.key for one in problem.candidates}
    for key, wish in wishes.items():
        if key not in there:
            code = "never" if wish == Wish.NEVER else "unknown"
            rows.append(
                BudgetPick(
                    plan=plan, relationship_id=key, wish=wish, pieces=0, reason={"code": code}
                )
            )
    for position, row in enumerate(rows):
        row.position = position
    plan.picks.all().delete()
    BudgetPick.objects.bulk_create(rows, batch_size=1_000)


def _pick(
    plan: BudgetPlan, person: Person, one: Candidate, pieces: int, reason: dict[str, Any]
) -> BudgetPick:
    return BudgetPick(
        plan=plan,
        relationship_id=person.relationship,
        wish=Wish.MUST if one.least else "",
        pieces=pieces,
        platform=person.platform,
        price=person.price,
        price_source=person.price_source,
        brings=sum(one.adds[:pieces]) if pieces else one.adds[0],
        reason=reason,
    )


def _reason(one: Candidate, problem: Problem, answer: Answer) -> tuple[float, dict[str, Any]]:
    """What a first piece is worth after its price and what bounds take; and why in or out."""
    pressed = {}
    for bound in problem.bounds:
        if bound.group in one.groups:
            weight = one.price if bound.of == "spend" else 1.0
            for name in (name_of(bound), f"{name_of(bound)}:least"):
                if name in answer.limits:
                    pressed[name] = answer.limits[name] * weight
    plain = one.adds[0] - answer.worth * one.price
    net = plain - sum(pressed.values())
    per = one.adds[0] / one.price
    if one.key in answer.pieces:
        code = "must" if one.least else "least" if net > plain and plain < 0 else "in"
    elif plain >= 0 and pressed:
        code = "limit"
    else:
        code = "near" if net >= 0 else "below"
    reason: dict[str, Any] = {"code": code, "per_unit": per}
    if code in {"limit", "least"}:
        reason["limit"] = max(pressed, key=lambda name: abs(pressed[name]))
    return net, reason


def _what_if(
    asks: Asks,
    people: Sequence[Person],
    wishes: Mapping[int, str],
    shared: Mapping[int, float],
    answer: Answer,
) -> list[dict[str, Any]]:
    """The best with a smaller and a larger budget, and who comes and goes."""
    found: list[dict[str, Any]] = []
    for change in TRIED:
        budget = round(float(asks.money) * (1 + change), 2)
        row: dict[str, Any] = {"change": change, "budget": budget}
        try:
            # Anew: limits and caps that are shares are shares of this budget.
            problem = _problem(replace(asks, budget=str(budget)), people, wishes)
            other = solve(_discounted(problem, shared), seconds=TRIAL_SECONDS)
        except (NoAnswer, EditRefused) as refusal:
            found.append(row | {"reason": str(refusal)})
            continue
        found.append(
            row
            | {
                "brings": other.brings,
                "spent": round(other.spent, 2),
                "creators": len(other.pieces),
                "come": len(other.pieces.keys() - answer.pieces.keys()),
                "go": len(answer.pieces.keys() - other.pieces.keys()),
            }
        )
    return found


def _interval(
    standing: Standing,
    asks: Asks,
    known: Mapping[int, Person],
    problem: Problem,
    answer: Answer,
) -> dict[str, float]:
    """Between what the plan's pieces bring together, by the errors of the trial."""
    adds = {one.key: one.adds for one in problem.candidates}
    pieces = []
    for key, count in answer.pieces.items():
        one = known[key]
        part = standing.parts.get((asks.measure, one.platform))
        if part is None:
            continue
        errors = part.band(one.own).errors
        usual = errors[len(errors) // 2]
        # All of a creator's pieces turn out alike: one error for them together.
        brings = sum(adds[key][:count])
        pieces.append(Piece(brings, one.spread, 1, [error - usual for error in errors]))
    total = add_up(pieces, standing.model.level)
    return {"low": total.low, "middle": total.middle, "high": total.high}


def _shares(known: Mapping[int, Person], answer: Answer) -> dict[str, float]:
    """How much hangs on few: the Herfindahl index of spend, and the largest share."""
    spent = [float(known[key].price or Decimal(0)) * count for key, count in answer.pieces.items()]
    total = sum(spent)
    if not total:
        return {}
    shares = [one / total for one in spent]
    return {"hhi": sum(share**2 for share in shares), "largest": max(shares)}
