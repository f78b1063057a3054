"""Ask for a plan of a budget, have it worked out, take its creators over, delete it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from campaigns.models import Campaign
from campaigns.selectors.conflicts import objections
from campaigns.services.campaigns import locked
from campaigns.services.shortlists import Pick, shortlist
from crm import audit
from crm.models import Brand, Relationship, User
from segmentation.choices import ErrandStatus, Wish
from segmentation.models import BudgetPick, BudgetPlan
from segmentation.selectors.forecasts import standing_of
from segmentation.services import errands
from segmentation.services.budgets.asks import MOST_NAMED, Asks, check
from segmentation.services.edits import EditRefused

# By name: tasks are above services.
TASK = "segmentation.tasks.allocate_budget"
# Of a campaign; more would be compared by nobody.
MOST_PLANS = 20
NAME_MAX = 80


@transaction.atomic
def ask(
    *,
    campaign_id: int,
    brand: Brand,
    name: str,
    asks: Asks,
    must: Collection[int],
    never: Collection[int],
    actor: User | None,
    at: datetime,
) -> BudgetPlan:
    """Queue a plan; `must` and `never` are relationships. Raises EditRefused."""
    campaign = locked(campaign_id, brand, None)
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_MAX:
        raise EditRefused(f"A name has 1 to {NAME_MAX} characters.", code="bad_name", field="name")
    rows = BudgetPlan.objects.filter(campaign=campaign)
    if rows.filter(name=name).exists():
        raise EditRefused(f"There is a plan “{name}” already.", code="already_there", field="name")
    if rows.count() >= MOST_PLANS:
        raise EditRefused(
            f"A campaign has {MOST_PLANS} plans at most: delete one first.", code="too_many"
        )
    check(brand, asks)
    wishes = _wishes(brand, must, never)
    _refuse_unpitched(campaign, must, at)
    plan = BudgetPlan.objects.create(
        campaign=campaign,
        name=name,
        asks=asks.stored(),
        requested_by=actor,
        requested_at=at,
        created_at=at,
    )
    BudgetPick.objects.bulk_create(
        BudgetPick(plan=plan, relationship_id=pk, wish=wish) for pk, wish in wishes.items()
    )
    _record(plan, "asked", actor, at, {"campaign": campaign.key, "budget": asks.budget})
    errands.send(TASK, plan)
    return plan


def allocate(*, plan_id: int, at: datetime) -> BudgetPlan | None:
    """Work out a plan that waits; safe to call twice."""
    return errands.carry_out(
        BudgetPlan.objects.select_related("campaign__brand"),
        errand_id=plan_id,
        task=TASK,
        work=lambda plan: _fill(plan, at),
        refusals=(EditRefused,),
    )


@transaction.atomic
def take_over(*, plan_id: int, brand: Brand, actor: User | None, at: datetime) -> int:
    """Put the plan's creators on the campaign's shortlist, with what they are planned to cost.

    Returns how many came; who is in the campaign stays as they are. Raises EditRefused,
    CampaignRefused.
    """
    plan = _locked(plan_id, brand)
    if plan.status != ErrandStatus.DONE:
        raise EditRefused("The plan is not worked out yet.", code="not_ready")
    picks = [
        Pick(
            one.relationship_id,
            f"Budget plan “{plan.name}”",
            planned_cost=None if one.price is None else one.price * (one.pieces or 0),
        )
        for one in plan.picks.filter(pieces__gt=0, relationship__unprofiled_at=None)
    ]
    if not picks:
        raise EditRefused("Nobody is in this plan.", code="nobody")
    added = shortlist(campaign_id=plan.campaign_id, brand=brand, picks=picks, actor=actor, at=at)
    plan.taken_at, plan.taken_by = at, actor
    plan.save(update_fields=["taken_at", "taken_by"])
    _record(plan, "taken", actor, at, {"creators": len(added.made), "present": len(added.present)})
    return len(added.made)


@transaction.atomic
def delete(*, plan_id: int, brand: Brand, actor: User | None, at: datetime) -> None:
    """Delete a plan; what was taken over from it stays."""
    plan = _locked(plan_id, brand)
    _record(plan, "deleted", actor, at, {"name": plan.name})
    plan.delete()


def as_planned(campaign: Campaign) -> Asks:
    """What a first plan would ask: the campaign's budget, and its objective if it is forecast."""
    measures = {"reach": "reach", "impressions": "views", "conversions": "orders"}
    measure = measures.get(campaign.objective, "engagements")
    standing = standing_of(campaign.brand)
    told = {of for of, _ in standing.parts} if standing else set()
    if told and measure not in told:
        measure = "views" if "views" in told else "engagements"
    return Asks(budget=str(campaign.budget or Decimal(1_000)), measure=measure)


def _fill(plan: BudgetPlan, at: datetime) -> None:
    # scipy comes with it: only a worker loads that.
    from segmentation.services.budgets import filling  # noqa: PLC0415

    filling.fill(plan, at)


def _locked(plan_id: int, brand: Brand) -> BudgetPlan:
    rows = BudgetPlan.objects.select_related("campaign__brand").select_for_update(
        no_key=True, of=["self"]
    )
    return rows.get(pk=plan_id, campaign__brand=brand)


def _wishes(brand: Brand, must: Collection[int], never: Collection[int]) -> dict[int, Wish]:
    both = set(must) & set(never)
    if both:
        raise EditRefused(
            "Somebody must be in and must not be in.", code="contradiction", field="never"
        )
    if len(must) + len(never) > MOST_NAMED:
        raise EditRefused(f"Name {MOST_NAMED} creators at most.", code="too_many", field="must")
    known = set(
        Relationship.objects.filter(brand=brand, pk__in={*must, *never}).values_list(
            "pk", flat=True
        )
    )
    for field, named in (("must", must), ("never", never)):
        if set(named) - known:
            raise EditRefused(
                f"{brand} does not know one of these creators.",
                code="unknown_creator",
                field=field,
            )
    return dict.fromkeys(must, Wish.MUST) | dict.fromkeys(never, Wish.NEVER)


def _refuse_unpitched(campaign: Campaign, must: Collection[int], at: datetime) -> None:
    """Nobody must be in whom a playbook leaves in peace, unless they are in the campaign."""
    there = campaign.engagements.values("relationship")
    rows = Relationship.objects.filter(pk__in=must).exclude(pk__in=there)
    wanted = list(rows.select_related("creator").order_by("pk"))
    refused = objections(campaign.brand, wanted, at)
    for row in wanted:
        if row.pk in refused:
            raise EditRefused(
                f"{row.creator.name}: {' '.join(refused[row.pk])}",
                code="not_to_be_pitched",
                field="must",
            )


def _record(
    plan: BudgetPlan, verb: str, actor: User | None, at: datetime, data: dict[str, object]
) -> None:
    audit.record(
        brand=plan.campaign.brand,
        verb=f"segmentation.budget_plan.{verb}",
        target=plan,
        actor=actor,
        at=at,
        data=data,
        label=plan.name,
    )
