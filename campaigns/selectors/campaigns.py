"""What the pages show of campaigns: one named bundle for each, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Case, Count, DecimalField, F, Q, Sum, When

from campaigns.choices import BudgetKind, CampaignStatus, EngagementStage
from campaigns.models import BudgetLine, Campaign, Deadline, Engagement
from campaigns.models.engagements import BOUND, LEFT, OPEN_STAGES, PATH, tier_name
from campaigns.services.campaigns import Act, acts_of
from campaigns.services.objectives import OBJECTIVES, Metric

# Before the contract: what it will cost is a plan.
PLANNED_STAGES = tuple(stage for stage in OPEN_STAGES if stage not in BOUND)
ZERO = Decimal("0.00")


@dataclass
class Spending:
    """What creators cost: agreed under contract, expected of the others, and who is not known."""

    committed: Decimal = ZERO
    expected: Decimal = ZERO
    # Creators who are in, and those of them of whom nobody said what they cost.
    creators: int = 0
    unknown: int = 0

    @property
    def total(self) -> Decimal:
        """All that is known."""
        return self.committed + self.expected

    def add(self, other: Spending) -> None:
        """Both together."""
        self.committed += other.committed
        self.expected += other.expected
        self.creators += other.creators
        self.unknown += other.unknown


@dataclass(frozen=True)
class LineUse:
    """A line of the budget and what goes on it."""

    key: str
    name: str
    # None: nothing was planned for it, but somebody is there.
    planned: Decimal | None
    wanted: int | None
    spending: Spending

    @property
    def is_over(self) -> bool:
        """Whether more is spent or expected than planned."""
        return self.planned is not None and self.spending.total > self.planned


@dataclass(frozen=True)
class Budget:
    """Budget planned and used, as a whole and by each cut."""

    planned: Decimal | None
    spending: Spending
    cuts: Mapping[BudgetKind, Sequence[LineUse]]
    # By cut, what is in no line yet.
    open: Mapping[BudgetKind, Decimal | None]

    @property
    def left(self) -> Decimal | None:
        """Of the budget, after all that is agreed and expected; below zero: over."""
        return None if self.planned is None else self.planned - self.spending.total

    @property
    def over(self) -> Decimal | None:
        """By how much it is exceeded; None where it is not."""
        return -self.left if self.left is not None and self.left < 0 else None


@dataclass(frozen=True)
class CampaignPage:
    """Everything that the page of one campaign shows but its deadlines' forms."""

    campaign: Campaign
    metric: Metric
    counts: Mapping[EngagementStage, int]
    budget: Budget
    deadlines: Sequence[Deadline]
    acts: Sequence[Act]
    today: date

    @property
    def creators(self) -> int:
        """Who is in: neither declined, dropped nor substituted."""
        return sum(self.counts[stage] for stage in PATH)

    @property
    def late(self) -> int:
        """Steps that are overdue."""
        return sum(step.done_at is None and step.due_on < self.today for step in self.deadlines)

    @property
    def is_met(self) -> bool | None:
        """Whether the objective is reached; None where nobody knows."""
        if self.campaign.reached is None:
            return None
        return self.metric.is_met(self.campaign.reached, self.campaign.target)


def campaign_page(campaign: Campaign, today: date) -> CampaignPage:
    """The bundle of a campaign's page: three queries."""
    groups = _groups([campaign.pk])
    counts = dict.fromkeys(EngagementStage, 0)
    for group in groups:
        counts[EngagementStage(group.stage)] += group.creators
    return CampaignPage(
        campaign=campaign,
        metric=OBJECTIVES[campaign.objective],
        counts=counts,
        budget=_budget(campaign, groups, campaign.budget_lines.order_by("kind", "pk")),
        deadlines=list(campaign.deadlines.select_related("done_by").order_by("due_on", "pk")),
        acts=acts_of(campaign.status),
        today=today,
    )


def budget_of(campaign: Campaign) -> Budget:
    """Budget planned and used: two queries."""
    return _budget(campaign, _groups([campaign.pk]), campaign.budget_lines.order_by("kind", "pk"))


@dataclass
class CampaignRow:
    """A campaign in a list, with who is in it and what that costs."""

    campaign: Campaign
    metric: Metric
    creators: int = 0
    live: int = 0
    spending: Spending = field(default_factory=Spending)

    @property
    def is_over(self) -> bool:
        """Whether it costs more than its budget."""
        return self.campaign.budget is not None and self.spending.total > self.campaign.budget


def campaign_rows(campaigns: Sequence[Campaign]) -> list[CampaignRow]:
    """Rows with their figures: one query for all of them."""
    rows = {
        campaign.pk: CampaignRow(campaign, OBJECTIVES[campaign.objective]) for campaign in campaigns
    }
    for group in _groups(rows):
        row = rows[group.campaign]
        if group.stage in LEFT:
            continue
        row.creators += group.creators
        if group.stage in {EngagementStage.LIVE, EngagementStage.COMPLETED}:
            row.live += group.creators
        row.spending.add(group.spending)
    return list(rows.values())


def status_counts(campaigns: Iterable[tuple[str, int]]) -> dict[CampaignStatus, int]:
    """By status, in their order, with none where there are none."""
    found = dict(campaigns)
    return {status: found.get(status.value, 0) for status in CampaignStatus}


@dataclass(frozen=True)
class _Group:
    """Creators of one campaign, stage, tier (with its name) and segment."""

    campaign: int
    stage: str
    tier: str
    tier_name: str
    segment: str
    creators: int
    spending: Spending


def _groups(campaigns: Iterable[int]) -> list[_Group]:
    """Figures of engagements by all that a page cuts them by: one query, some dozen rows each."""
    bound = Q(stage__in=BOUND)
    cost = Case(
        When(bound, then=F("agreed_cost")),
        When(agreed_cost__isnull=False, then=F("agreed_cost")),
        default=F("planned_cost"),
        output_field=DecimalField(max_digits=14, decimal_places=2),
    )
    rows = (
        Engagement.objects.filter(campaign__in=list(campaigns))
        .annotate(tier_name=tier_name())
        .order_by()
        .values("campaign", "stage", "tier", "tier_name", "segment")
        .annotate(creators=Count("pk"), known=Count(cost), cost=Sum(cost))
    )
    made = []
    for row in rows:
        spending = Spending()
        if row["stage"] not in LEFT:
            spending.creators = row["creators"]
            spending.unknown = row["creators"] - row["known"]
            amount = row["cost"] or ZERO
            if row["stage"] in BOUND:
                spending.committed = amount
            else:
                spending.expected = amount
        made.append(
            _Group(
                row["campaign"],
                row["stage"],
                row["tier"],
                row["tier_name"],
                row["segment"],
                row["creators"],
                spending,
            )
        )
    return made


_NO_KEY = {BudgetKind.TIER: "Tier not known", BudgetKind.SEGMENT: "Not from a segment"}


def _budget(campaign: Campaign, groups: Iterable[_Group], lines: Iterable[BudgetLine]) -> Budget:
    whole = Spending()
    used: dict[BudgetKind, dict[str, Spending]] = {kind: {} for kind in BudgetKind}
    tiers: dict[str, str] = {}
    for group in groups:
        tiers[group.tier] = group.tier_name
        whole.add(group.spending)
        if not group.spending.creators:
            continue
        for kind, key in ((BudgetKind.TIER, group.tier), (BudgetKind.SEGMENT, group.segment)):
            used[kind].setdefault(key, Spending()).add(group.spending)
    cuts: dict[BudgetKind, list[LineUse]] = {kind: [] for kind in BudgetKind}
    for line in lines:
        kind = BudgetKind(line.kind)
        spending = used[kind].pop(line.key, Spending())
        cuts[kind].append(LineUse(line.key, line.name, line.amount, line.creators, spending))
    remains: dict[BudgetKind, Decimal | None] = {}
    for kind, parts in cuts.items():
        planned = sum((part.planned or ZERO for part in parts), ZERO)
        remains[kind] = None if campaign.budget is None else campaign.budget - planned
        if parts:
            parts += [
                LineUse(key, name or _NO_KEY[kind], None, None, spending)
                for key, spending in sorted(used[kind].items())
                for name in [tiers[key] if kind is BudgetKind.TIER else key]
            ]
    return Budget(campaign.budget, whole, cuts, remains)
