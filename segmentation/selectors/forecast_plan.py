"""What a campaign's plan is expected to bring: every piece of every creator, and the sum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count

from campaigns.choices import DeliverableState
from campaigns.models import Campaign, Deliverable, Engagement
from campaigns.models.engagements import PATH
from segmentation.choices import Forecasted
from segmentation.forecasting.sums import Piece, Sum, add_up
from segmentation.models import BudgetPick, CreatorForecast
from segmentation.selectors.forecasts import Standing, platform_names

# More creators than these are not added up in a page.
MOST = 1_000
# What is summed, in the order of the page. What a piece costs is told apart.
MEASURES = (Forecasted.REACH, Forecasted.VIEWS, Forecasted.ENGAGEMENTS, Forecasted.ORDERS)


@dataclass(frozen=True)
class Line:
    """A creator's pieces on a platform; `is_assumed`: nobody planned any, one is taken.

    Pieces of a budget plan that was taken over are planned.
    """

    engagement: Engagement
    platform: str
    platform_name: str
    pieces: int
    is_assumed: bool
    told: Mapping[str, CreatorForecast]

    def measured(self) -> list[tuple[Forecasted, CreatorForecast | None]]:
        """Each measure of the page; None: not known."""
        return [(measure, self.told.get(measure)) for measure in MEASURES]


@dataclass(frozen=True)
class Total:
    """What all pieces bring of a measure."""

    measure: Forecasted
    total: Sum
    # Pieces that are in it, and those of whom nothing is forecast.
    pieces: int
    unknown: int
    factor: float | None
    held: float | None

    @property
    def is_known(self) -> bool:
        """Whether anything is forecast."""
        return self.pieces > 0


@dataclass(frozen=True)
class Plan:
    """A campaign's plan with what it is expected to bring and to cost."""

    lines: Sequence[Line]
    totals: Sequence[Total]
    creators: int
    left_out: int
    # Agreed or planned, in the campaign's currency; None: nobody said.
    cost: Decimal | None
    # Of creators without a cost: estimated from accepted offers, and of how many nothing is known.
    estimated: Sum | None
    estimated_creators: int
    without_cost: int
    assumed: int = field(default=0)


def plan_of(campaign: Campaign, standing: Standing) -> Plan:
    """The plan as it stands; five statements, whatever the number of creators."""
    rows = Engagement.objects.filter(campaign=campaign, stage__in=PATH)
    creators = rows.count()
    engagements = list(
        rows.select_related("relationship__creator").order_by("relationship__creator__name", "pk")[
            :MOST
        ]
    )
    told = _told(engagements)
    planned: dict[int, dict[str, int]] = defaultdict(dict)
    pieces = Deliverable.objects.filter(engagement__in=engagements)
    pieces = pieces.exclude(state=DeliverableState.CANCELLED).order_by("engagement", "platform")
    for engagement, platform, count in pieces.values_list("engagement", "platform").annotate(
        pieces=Count("*")
    ):
        planned[engagement][platform] = count
    bought = _bought(campaign, [one for one in engagements if one.pk not in planned])
    names = platform_names()
    lines = []
    for engagement in engagements:
        mine = told.get(engagement.relationship_id, {})
        given = planned.get(engagement.pk)
        if given is None and engagement.pk in bought:
            platform, count = bought[engagement.pk]
            given = {platform or _best(campaign, mine): count}
        for platform, count in (given or {_best(campaign, mine): 1}).items():
            lines.append(
                Line(
                    engagement,
                    platform,
                    names.get(platform, platform),
                    count,
                    not given,
                    # Orders are not of a platform.
                    {**mine.get(platform, {}), **mine.get("", {})},
                )
            )
    return _plan(campaign, standing, engagements, lines, creators)


def _told(engagements: Sequence[Engagement]) -> dict[int, dict[str, dict[str, CreatorForecast]]]:
    """Forecasts by relationship, platform and measure; none of those who object to profiling."""
    found: dict[int, dict[str, dict[str, CreatorForecast]]] = defaultdict(lambda: defaultdict(dict))
    for row in CreatorForecast.objects.filter(
        relationship__in=[one.relationship_id for one in engagements],
        relationship__unprofiled_at=None,
    ).defer("parts"):
        found[row.relationship_id][row.platform][row.measure] = row
    return found


def _bought(campaign: Campaign, engagements: Sequence[Engagement]) -> dict[int, tuple[str, int]]:
    """By engagement, platform and pieces of the newest plan of the budget that was taken over,
    where the place still costs what they do."""
    of = {one.relationship_id: one for one in engagements}
    rows = BudgetPick.objects.filter(
        plan__campaign=campaign, plan__taken_at__isnull=False, relationship__in=of
    ).order_by("plan__taken_at", "pk")
    found: dict[int, tuple[str, int]] = {}
    for pk, platform, pieces, price in rows.values_list(
        "relationship", "platform", "pieces", "price"
    ):
        said = _said(of[pk])
        if pieces and price is not None and said is not None and price * pieces == said:
            found[of[pk].pk] = platform, pieces
    return found


def _said(engagement: Engagement) -> Decimal | None:
    """What a place costs, as agreed, else as planned."""
    return engagement.planned_cost if engagement.agreed_cost is None else engagement.agreed_cost


def _best(campaign: Campaign, mine: Mapping[str, Mapping[str, CreatorForecast]]) -> str:
    """The platform of the campaign on which the creator is told to do best."""
    allowed = [
        platform
        for platform in mine
        if platform and (not campaign.platforms or platform in campaign.platforms)
    ]
    return max(
        allowed,
        key=lambda platform: (max(one.middle for one in mine[platform].values()), platform),
        default=campaign.platforms[0] if campaign.platforms else "",
    )


def _plan(
    campaign: Campaign,
    standing: Standing,
    engagements: Sequence[Engagement],
    lines: Sequence[Line],
    creators: int,
) -> Plan:
    pieces_of: dict[int, int] = defaultdict(int)
    prices: dict[int, CreatorForecast] = {}
    for line in lines:
        pieces_of[line.engagement.pk] += line.pieces
        price = line.told.get(Forecasted.PRICE)
        if price is not None and standing.currency == campaign.currency:
            prices[line.engagement.pk] = price
    known, estimated, without = [], [], 0
    for one in engagements:
        said = _said(one)
        if said is not None:
            known.append(said)
        elif one.pk in prices:
            piece = piece_of(prices[one.pk], pieces_of[one.pk], standing)
            estimated.append(piece)
        else:
            without += 1
    return Plan(
        lines=lines,
        totals=[total_of(measure, lines, standing) for measure in MEASURES],
        creators=len(engagements),
        left_out=creators - len(engagements),
        cost=sum(known, Decimal(0)) if known else None,
        estimated=add_up(estimated, standing.model.level) if estimated else None,
        estimated_creators=len(estimated),
        without_cost=without,
        assumed=sum(line.is_assumed for line in lines),
    )


def total_of(measure: Forecasted, lines: Sequence[Line], standing: Standing) -> Total:
    """The sum of a measure over the lines that have it."""
    known = [(line, line.told[measure]) for line in lines if measure in line.told]
    parts = {(row.measure, row.platform) for _line, row in known}
    trials = [standing.parts[key] for key in parts if key in standing.parts]
    return Total(
        measure,
        add_up([piece_of(row, line.pieces, standing) for line, row in known], standing.model.level),
        sum(line.pieces for line, _row in known),
        sum(line.pieces for line in lines) - sum(line.pieces for line, _row in known),
        # The worst of the platforms: nobody should trust more than that.
        max((one.factor for one in trials), default=None),
        min((one.held for one in trials), default=None),
    )


def piece_of(row: CreatorForecast, pieces: int, standing: Standing) -> Piece:
    """What is drawn of a creator's `pieces`, with the errors of those with as many of their own."""
    part = standing.part(row)
    errors = part.band(row.own).errors if part else (0.0,)
    # Errors are told from what was expected before its usual error was taken off.
    middle = errors[len(errors) // 2]
    return Piece(row.middle, row.spread, pieces, [one - middle for one in errors])
