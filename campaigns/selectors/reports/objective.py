"""What a campaign was to reach, and what it reached: measured where posts tell, else by hand."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from statistics import fmean
from typing import Any

from campaigns.models import Campaign
from campaigns.selectors.measures.activation import Activation
from campaigns.selectors.reports.cuts import Part, rate_of
from campaigns.selectors.reports.figures import Basis, Figure
from campaigns.selectors.reports.sources import Piece
from campaigns.services.objectives import OBJECTIVES, Unit


def objective_of(
    campaign: Campaign, parts: Sequence[Part], figures: Sequence[Figure], activation: Activation
) -> dict[str, Any]:
    """Target and actual, each with where it comes from."""
    metric = OBJECTIVES[campaign.objective]
    measured = _measured(campaign, parts, figures, activation)
    by_hand = None
    if campaign.reached is not None:
        by_hand = Figure(
            "objective:by_hand", metric.label, metric.unit, campaign.reached, 1, 1, "entries",
            "as somebody entered it on the campaign", source="the campaign",
            currency=campaign.currency, is_by_hand=True,
        )  # fmt: skip
    actual = measured if measured and measured.value is not None else by_hand
    return {
        "metric": metric.key,
        "label": metric.label,
        "question": metric.question,
        "target": f"{campaign.target.normalize():f}",
        "target_words": metric.says(campaign.target, campaign.currency),
        "target_on": campaign.target_on.isoformat(),
        "is_less_better": metric.is_less_better,
        "measured": measured.plain if measured else None,
        "by_hand": by_hand.plain if by_hand else None,
        "actual": actual.plain if actual else None,
        "is_met": _is_met(campaign, actual),
        "words": _words(campaign, actual),
    }


def _is_met(campaign: Campaign, actual: Figure | None) -> bool | None:
    """None: what is known does not tell."""
    if actual is None or actual.value is None:
        return None
    metric = OBJECTIVES[campaign.objective]
    is_met = metric.is_met(Decimal(str(actual.value)), campaign.target)
    if actual.basis is Basis.PARTIAL:
        # A sum that is known in part can only grow; of a mean or a ratio nothing follows.
        return True if is_met and actual.is_sum else None
    return is_met


def _words(campaign: Campaign, actual: Figure | None) -> str:
    metric = OBJECTIVES[campaign.objective]
    if actual is None or actual.value is None:
        return (
            f"Nobody knows yet: {metric.label.lower()} cannot be measured from posts here. Enter "
            "what was reached on the campaign."
        )
    is_met = _is_met(campaign, actual)
    verdict = {True: "reached", False: "not reached", None: "cannot be told yet"}[is_met]
    of = f", known of {actual.known:,} of {actual.of:,} {actual.things}"
    return f"{actual.words} ({actual.basis.label}{'' if actual.is_by_hand else of}): {verdict}."


def _measured(
    campaign: Campaign, parts: Sequence[Part], figures: Sequence[Figure], activation: Activation
) -> Figure | None:
    """The objective from what the product knows; None where it is not known from posts."""
    by_name = {figure.key.partition(":")[2]: figure for figure in figures}
    same = {
        "reach": "reach",
        "impressions": "impressions",
        "content_pieces": "published",
        "creators_live": "live",
        "cpm": "cpm",
        "cpe": "cpe",
    }
    published = [piece for part in parts for piece in part.published]
    match campaign.objective:
        case name if name in same:
            return by_name[same[name]]
        case "engagement_rate_followers":
            return rate_of("objective:rate", published)
        case "save_share_rate":
            return _save_share(published)
        case "time_to_activate":
            return _days(activation)
    return None


def _save_share(published: Sequence[Piece]) -> Figure:
    rates = [
        (piece.saves + piece.shares) / seen
        for piece in published
        if piece.saves is not None
        and piece.shares is not None
        and (seen := piece.reach or piece.views)
    ]
    return Figure(
        "objective:save_share_rate", "Saves and shares", Unit.PERCENT,
        100 * fmean(rates) if rates else None, len(rates), len(published), "publications",
        "(saves + shares) / reach, else / views, mean over publications; version 1",
        absent="" if rates else "Of no publication are saves, shares and reach known.",
    )  # fmt: skip


def _days(activation: Activation) -> Figure:
    every = activation.whole
    return Figure(
        "objective:time_to_activate", "Time to activate", Unit.DAYS, every.median_days,
        every.live, every.live if every.median_days is not None else every.creators,
        "creators", "median days from the invitation to the first publication, those who are not "
        "live yet counted up to now; version 1", source="stages and publications",
        absent="" if every.median_days is not None else every.why,
    )  # fmt: skip
