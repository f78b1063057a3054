"""The report of a campaign, put together: a document of JSON values, and nothing else.

It holds creators' names where one of them stands out, and no contact data: it is shared by link.
A constant number of queries, whatever the number of creators.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from campaigns.choices import BudgetKind, CampaignStatus
from campaigns.models import Campaign
from campaigns.selectors.campaigns import Budget, budget_of
from campaigns.selectors.measures.activation import activation_of, funnel_of
from campaigns.selectors.measures.reviews import gate_times_of, rounds_of
from campaigns.selectors.publishing.missing import Missing, missing_of
from campaigns.selectors.reports import benchmark, cuts, standing
from campaigns.selectors.reports.cuts import Group
from campaigns.selectors.reports.happenings import events_part, lifts_part
from campaigns.selectors.reports.objective import objective_of
from campaigns.selectors.reports.own_counts import own_figures
from campaigns.selectors.reports.sources import Partner, partners_of
from campaigns.selectors.returns.figures import spread_words
from campaigns.selectors.returns.whole import ground_of, whole_figures
from campaigns.services.days import today_of
from campaigns.services.money import money

VERSION = 1
CUTS = {"segment": "By segment", "tier": "By tier", "platform": "By platform"}


def report_of(campaign: Campaign, at: datetime) -> dict[str, Any]:
    """Everything that the report says as of a moment."""
    everybody = partners_of(campaign)
    partners = [partner for partner in everybody if not partner.has_left]
    budget, currency = budget_of(campaign), campaign.currency
    names = _names(budget)
    groups = {
        "segment": cuts.by_segment(partners),
        "tier": cuts.by_tier(partners),
        "platform": cuts.by_platform(partners),
    }
    usual = benchmark.usual_rates(campaign)
    whole = cuts.whole(partners)
    figures = cuts.figures_of(whole, currency, "all")
    activation = activation_of(campaign, at)
    ground = ground_of(campaign, at, partners)
    return {
        "version": VERSION,
        "as_of": at.isoformat(),
        "campaign": {
            "key": campaign.key,
            "name": campaign.name,
            "brand": campaign.brand.name,
            "status": campaign.status,
            "use_case": campaign.get_use_case_display(),
            "starts_on": campaign.starts_on.isoformat(),
            "ends_on": campaign.ends_on.isoformat(),
            "currency": currency,
        },
        "objective": objective_of(campaign, whole.parts, figures, activation),
        "figures": [figure.plain for figure in [*figures, *own_figures(whole, "all")]],
        "benchmark": usual.get("", benchmark.nothing_usual()),
        "cuts": [
            {
                "by": by,
                "title": title,
                "rows": [
                    {
                        "key": group.key or None,
                        "name": names.get((by, group.key), group.name),
                        "figures": [
                            figure.plain
                            for figure in cuts.figures_of(
                                group, currency, f"{by}/{group.key or 'none'}"
                            )
                        ],
                        "benchmark": usual.get(group.key, benchmark.nothing_usual())
                        if by == "platform" and group.key
                        else None,
                    }
                    for group in groups[by]
                ],
            }
            for by, title in CUTS.items()
        ],
        "best_segment": standing.best_segment(
            [
                Group(group.key, names.get(("segment", group.key), group.name), group.parts)
                for group in groups["segment"]
                if group.key
            ]
        ),
        "returns": {
            "figures": [figure.plain for figure in whole_figures(ground)],
            "spread": spread_words(whole, ground.models) or None,
            "missing": [*ground.costs.missing, *ground.revenue.missing],
        },
        "lifts": lifts_part(campaign),
        "events": events_part(campaign),
        "budget": _budget(budget, currency),
        "concentration": standing.spreads(whole, groups["tier"], groups["platform"]),
        "measures": {
            "rounds": rounds_of(campaign).plain,
            "gates": [one.plain for one in gate_times_of(campaign, at)],
            "time_to_activate": activation.whole.plain,
            "time_to_activate_by_segment": [one.plain for one in activation.segments],
            "uninvited": activation.uninvited,
            "funnel": [step.plain for step in funnel_of(campaign)],
        },
        "missing": list(_missing(campaign, everybody, partners, at)),
        "lessons": campaign.lessons,
    }


def figure_of(report: dict[str, Any], key: str) -> dict[str, Any] | None:
    """One of the report's figures, for "Why?"."""
    return next((figure for figure in figures_in(report) if figure["key"] == key), None)


def figures_in(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every figure of a report."""
    objective = report["objective"]
    yield from (objective[name] for name in ("measured", "by_hand") if objective[name])
    yield from report["figures"]
    # Copies of before know of none.
    yield from report.get("returns", {}).get("figures", ())
    for cut in report["cuts"]:
        for row in cut["rows"]:
            yield from row["figures"]


def lines_of(report: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    """Every figure as a row of a file: COLUMNS."""
    sections = [("all", "All", report["figures"])]
    sections += [
        (cut["by"], row["name"], row["figures"]) for cut in report["cuts"] for row in cut["rows"]
    ]
    sections.append(("returns", "All", report.get("returns", {}).get("figures", [])))
    objective = report["objective"]
    for name in ("measured", "by_hand"):
        if objective[name]:
            sections.insert(0, ("objective", objective["label"], [objective[name]]))
    for section, name, figures in sections:
        for figure in figures:
            yield (
                section,
                name,
                figure["label"],
                _typed(figure["value"]),
                figure["unit"],
                figure["currency"],
                figure["basis_words"],
                figure["known"],
                figure["of"],
                figure["things"],
                figure["reason_if_absent"],
                figure["formula"],
            )


COLUMNS = (
    "cut",
    "name",
    "figure",
    "value",
    "unit",
    "currency",
    "basis",
    "known of",
    "of all",
    "things",
    "why not known",
    "formula",
)


def _typed(value: object) -> object:
    """Money is text in JSON and a number in a file."""
    return float(value) if isinstance(value, str) else value


def _names(budget: Budget) -> dict[tuple[str, str], str]:
    """What people call tiers and segments, as far as the budget says so."""
    kinds = {BudgetKind.TIER: "tier", BudgetKind.SEGMENT: "segment"}
    return {
        (kinds[kind], line.key): line.name
        for kind, lines in budget.cuts.items()
        for line in lines
        if line.key
    }


def _budget(budget: Budget, currency: str) -> dict[str, Any]:
    spending = budget.spending
    return {
        "currency": currency,
        "planned": None if budget.planned is None else str(budget.planned),
        "agreed": str(spending.committed),
        "expected": str(spending.expected),
        "left": None if budget.left is None else str(budget.left),
        "is_over": budget.over is not None,
        "creators_unknown": spending.unknown,
        "words": _budget_words(budget, currency),
        "cuts": [
            {
                "by": kind.value,
                "key": line.key or None,
                "name": line.name,
                "planned": None if line.planned is None else str(line.planned),
                "agreed": str(line.spending.committed),
                "expected": str(line.spending.expected),
                "is_over": line.is_over,
                "planned_words": money(line.planned, currency) or "not planned",
                "agreed_words": money(line.spending.committed, currency),
            }
            for kind, lines in budget.cuts.items()
            for line in lines
        ],
    }


def _budget_words(budget: Budget, currency: str) -> str:
    spending = budget.spending
    words = f"{money(spending.committed, currency)} agreed"
    if spending.expected:
        words += f", {money(spending.expected, currency)} expected"
    if budget.planned is None or budget.left is None:
        words += "; nobody said what the budget is"
    elif budget.over is not None:
        words += f": {money(budget.over, currency)} over {money(budget.planned, currency)}"
    else:
        words += f" of {money(budget.planned, currency)}, {money(budget.left, currency)} left"
    if spending.unknown:
        words += f". Of {_creators(spending.unknown)} nobody said what they cost"
    return f"{words}."


def _missing(
    campaign: Campaign, everybody: Sequence[Partner], partners: Sequence[Partner], at: datetime
) -> Iterator[str]:
    """What would have to be known for the report to be whole, in sentences."""
    found = missing_of(campaign.brand, at).filter(engagement__campaign=campaign)
    kinds = list(found.order_by().values_list("missing", flat=True))
    for kind in Missing:
        if number := kinds.count(kind.value):
            yield f"{_pieces(number)}: {kind.label.lower()}."
    published = [piece for partner in partners for piece in partner.published]
    if no_post := sum(not piece.has_post for piece in published):
        yield f"{_pieces(no_post)} published, but no import has brought the post."
    for name, words in (("reach", "reach is"), ("impressions", "impressions are")):
        number = sum(piece.has_post and getattr(piece, name) is None for piece in published)
        if number:
            yield f"{_pieces(number)} with a post whose {words} not known."
    if no_cost := sum(partner.is_bound and partner.cost is None for partner in partners):
        yield f"{_creators(no_cost)} under contract of whom nobody said what they cost."
    gone = [partner for partner in everybody if partner.has_left and partner.published]
    if gone:
        yield (
            f"{_creators(len(gone))} had published something and left; they are in no figure here."
        )
    if campaign.reached is None and campaign.target_on < today_of(campaign.brand, at):
        yield "The day of the objective has passed, and nobody entered what was reached."
    if campaign.status == CampaignStatus.COMPLETED and not campaign.lessons:
        yield "No lessons are written down."


def _creators(number: int) -> str:
    return f"{number:,} creator{'s'[: number != 1]}"


def _pieces(number: int) -> str:
    return f"{number:,} piece{'s'[: number != 1]}"
