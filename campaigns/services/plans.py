"""How a campaign's budget is cut, and the days by which its steps are to be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from campaigns.choices import BudgetKind
from campaigns.models import BudgetLine, Campaign, Deadline
from campaigns.selectors.capacity import Whole
from campaigns.services import checks
from campaigns.services.campaigns import locked
from campaigns.services.days import EARLIEST, LATEST
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, User
from crm.selectors import TierTable

MAX_LINES, MAX_STEPS, TITLE_MAX = 60, 100, 200


@dataclass(frozen=True)
class Line:
    """A part of a budget."""

    key: str
    name: str
    amount: Decimal
    creators: int | None = None


def name_of(key: str, names: Mapping[str, str]) -> str:
    """What a line is called: as it was until now, or else after its key."""
    return names.get(key) or key.replace("-", " ").replace("_", " ").capitalize()


@transaction.atomic
def set_budget_lines(
    *,
    campaign_id: int,
    brand: Brand,
    kind: BudgetKind,
    lines: Sequence[Line],
    actor: User | None,
    at: datetime,
    expected_version: int | None,
) -> Campaign:
    """Cut the budget anew, by tier or by segment. Raises CampaignRefused.

    What is not in any line is nobody's yet: lines may add up to less than the budget, not to more.
    """
    campaign = _open(locked(campaign_id, brand, expected_version))
    if len(lines) > MAX_LINES:
        raise CampaignRefused(f"At most {MAX_LINES} lines.", code="too_many", field="budget")
    if len({line.key for line in lines}) < len(lines):
        raise CampaignRefused("Name each once.", code="named_twice", field="budget")
    if kind is BudgetKind.TIER:
        known = {tier.key for tier in TierTable.of(brand).tiers}
        for line in lines:
            if line.key not in known:
                raise CampaignRefused(
                    f"{brand} has no tier {line.key!r}.", code="unknown_tier", field="budget"
                )
    for line in lines:
        if not 0 < line.amount < checks.AMOUNT_MAX:
            raise CampaignRefused(
                f"{line.name}: an amount is more than zero.", code="out_of_range", field="budget"
            )
    if lines:
        checks.check_sum(campaign, kind, sum((line.amount for line in lines), Decimal(0)))
    rows = BudgetLine.objects.filter(campaign=campaign, kind=kind)
    before = {row.key: row.amount for row in rows}
    after = {line.key: line.amount for line in lines}
    rows.delete()
    BudgetLine.objects.bulk_create(
        BudgetLine(
            campaign=campaign,
            kind=kind,
            key=line.key,
            name=line.name[:120],
            amount=line.amount,
            creators=line.creators,
        )
        for line in lines
    )
    _touch(campaign)
    audit.record(
        brand=brand,
        verb="campaigns.budget.cut",
        target=campaign,
        actor=actor,
        at=at,
        data={"kind": kind, "lines": [before, after]},
    )
    return campaign


def take_mix(
    *,
    campaign_id: int,
    brand: Brand,
    whole: Whole,
    actor: User | None,
    at: datetime,
    expected_version: int | None,
) -> Campaign:
    """Cut the budget by tier as a mix of tiers costs. Raises CampaignRefused."""
    if not whole.wished:
        raise CampaignRefused("Say how many creators of which tier first.", field="budget")
    if whole.without_cost:
        raise CampaignRefused(
            f"Say what a post costs: {', '.join(whole.without_cost)}.", field="budget"
        )
    return set_budget_lines(
        campaign_id=campaign_id,
        brand=brand,
        kind=BudgetKind.TIER,
        lines=[
            Line(line.usual.tier.key, line.usual.tier.name, line.cost, line.wish.creators)
            for line in whole.wished
            if line.cost
        ],
        actor=actor,
        at=at,
        expected_version=expected_version,
    )


@transaction.atomic
def add_deadline(
    *, campaign_id: int, brand: Brand, title: str, due_on: date, actor: User | None, at: datetime
) -> Deadline:
    """Another step. Raises CampaignRefused."""
    campaign = _open(locked(campaign_id, brand, None))
    title = title.strip()[:TITLE_MAX]
    if not title:
        raise CampaignRefused("Say what is to be done.", code="title_needed", field="title")
    if not EARLIEST <= due_on.year <= LATEST:
        raise CampaignRefused("Look at the year again.", code="out_of_range", field="due_on")
    if campaign.deadlines.count() >= MAX_STEPS:
        raise CampaignRefused(f"At most {MAX_STEPS} steps.", code="too_many", field="title")
    made = Deadline.objects.create(campaign=campaign, title=title, due_on=due_on)
    _record(made, "created", actor, at, {"due_on": due_on})
    return made


@transaction.atomic
def finish_deadline(
    *, deadline_id: int, brand: Brand, is_done: bool, actor: User | None, at: datetime
) -> Deadline:
    """Say that a step is done, or that it is not after all. Raises Deadline.DoesNotExist."""
    deadline = (
        Deadline.objects.select_for_update(no_key=True, of=("self",))
        .select_related("campaign")
        .get(pk=deadline_id, campaign__brand=brand)
    )
    if is_done == (deadline.done_at is not None):
        return deadline
    deadline.done_at, deadline.done_by = (at, actor) if is_done else (None, None)
    deadline.save(update_fields=["done_at", "done_by"])
    verb = "done" if is_done else "reopened"
    _record(deadline, verb, actor, at, {"due_on": deadline.due_on})
    return deadline


@transaction.atomic
def change_deadline(
    *, deadline_id: int, brand: Brand, due_on: date | None, actor: User | None, at: datetime
) -> None:
    """Give a step another day, or (None) take it away. Raises CampaignRefused, DoesNotExist."""
    campaign_id = Deadline.objects.values_list("campaign", flat=True).get(
        pk=deadline_id, campaign__brand=brand
    )
    campaign = _open(locked(campaign_id, brand, None))
    deadline = Deadline.objects.select_for_update(no_key=True).get(pk=deadline_id)
    deadline.campaign = campaign
    if due_on is None:
        _record(deadline, "deleted", actor, at, {"due_on": deadline.due_on})
        deadline.delete()
        return
    if not EARLIEST <= due_on.year <= LATEST:
        raise CampaignRefused("Look at the year again.", code="out_of_range", field="due_on")
    before, deadline.due_on = deadline.due_on, due_on
    if before != due_on:
        deadline.save(update_fields=["due_on"])
        _record(deadline, "moved", actor, at, {"due_on": [before, due_on]})


def _open(campaign: Campaign) -> Campaign:
    if not campaign.is_open:
        raise CampaignRefused(
            f"{campaign} is {campaign.get_status_display().lower()}. Open it again to change its "
            "plan.",
            code="not_open",
        )
    return campaign


def _touch(campaign: Campaign) -> None:
    campaign.version += 1
    campaign.save(update_fields=["version"])


def _record(
    deadline: Deadline,
    verb: str,
    actor: User | None,
    at: datetime,
    data: dict[str, object],
) -> None:
    campaign = deadline.campaign
    audit.record(
        brand=campaign.brand,
        verb=f"campaigns.deadline.{verb}",
        target=deadline,
        actor=actor,
        at=at,
        data={"campaign": campaign.key} | data,
    )
