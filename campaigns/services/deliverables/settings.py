"""What is set about reviews: the brand's working hours, a campaign's gates, who stands in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from campaigns.choices import Gate
from campaigns.models import Campaign, Delegation, ReviewPlan, WorkingWeek
from campaigns.services.deliverables import gates, hours
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.choices import NotificationKind
from crm.models import Brand, User
from crm.services.notifications import notify

HOURS_MAX = 400
ROUNDS_MAX = 20
DELEGATION_MAX = 366


@transaction.atomic
def set_week(*, brand: Brand, values: Mapping[str, Any], actor: User, at: datetime) -> WorkingWeek:
    """Say when the brand works. Clocks that run keep the moment they were given.

    Raises CampaignRefused.
    """
    row = WorkingWeek.objects.select_for_update(no_key=True).filter(
        brand=brand
    ).first() or WorkingWeek.usual(brand)
    for name in ("days", "starts", "ends", "country", "is_legal_always"):
        if name in values:
            setattr(row, name, values[name])
    row.days = sorted({int(day) for day in row.days})
    if not row.days or not set(row.days) <= set(range(7)):
        raise CampaignRefused("Choose at least one working day.", field="days")
    if row.ends <= row.starts:
        raise CampaignRefused("The day ends after it begins.", field="ends")
    if row.country and row.country not in hours.countries():
        raise CampaignRefused("The holidays of this country are not known.", field="country")
    _save(row)
    audit.record(
        brand=brand,
        verb="campaigns.week.set",
        target=row,
        actor=actor,
        at=at,
        data={"days": row.days, "country": row.country, "legal_always": row.is_legal_always},
        label="Working hours",
    )
    return row


@transaction.atomic
def set_plan(
    *,
    campaign_id: int,
    brand: Brand,
    values: Mapping[str, Any],
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> ReviewPlan:
    """Say which gates drafts of a campaign go through; reviews under way keep theirs.

    Raises Campaign.DoesNotExist, CampaignRefused.
    """
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id, brand=brand)
    plan = gates.plan_of(campaign)
    if expected_version is not None and plan.version != expected_version:
        raise CampaignOutdated("Somebody changed the gates since you looked. Look again.")
    if "gates" in values:
        plan.gates = gates.refuse_unless_gates(values["gates"])
    rounds = values.get("rounds", plan.rounds)
    if not 1 <= rounds <= ROUNDS_MAX:
        raise CampaignRefused(f"1 to {ROUNDS_MAX} drafts can be agreed.", field="rounds")
    plan.rounds = rounds
    for gate in Gate:
        name = f"{gate.value}_hours"
        given = values.get(name, getattr(plan, name))
        if not 1 <= given <= HOURS_MAX:
            raise CampaignRefused(f"1 to {HOURS_MAX} working hours are possible.", field=name)
        setattr(plan, name, given)
        keeper = f"{gate.value}_keeper"
        if keeper in values:
            _may_keep(brand, gate, values[keeper], keeper)
            setattr(plan, keeper, values[keeper])
    # The first time too: of two who saw what is usual, the second is told of the first.
    plan.version += 1
    _save(plan)
    audit.record(
        brand=brand,
        verb="campaigns.review_plan.set",
        target=campaign,
        actor=actor,
        at=at,
        data={
            "gates": plan.gates,
            "rounds": plan.rounds,
            "hours": {gate.value: plan.hours_of(gate) for gate in Gate},
            "keepers": {gate.value: plan.keeper_of(gate) for gate in Gate},
        },
        label=campaign.name,
    )
    return plan


@transaction.atomic
def delegate(
    *,
    brand: Brand,
    gate: Gate,
    giver: User,
    receiver: User,
    starts_on: date,
    ends_on: date,
    at: datetime,
) -> Delegation:
    """Hand one's gate to a colleague for some days. Raises CampaignRefused."""
    if giver == receiver:
        raise CampaignRefused("Choose somebody else.", field="receiver")
    _may_keep(brand, gate, giver, "gate")
    _may_keep(brand, gate, receiver, "receiver")
    if ends_on < starts_on:
        raise CampaignRefused("The last day comes after the first.", field="ends_on")
    if (ends_on - starts_on).days > DELEGATION_MAX:
        raise CampaignRefused("A year is the most.", field="ends_on")
    if ends_on < at.astimezone(gates.week_of(brand).zone).date():
        raise CampaignRefused("These days are over.", field="ends_on")
    made = Delegation.objects.create(
        brand=brand,
        gate=gate,
        giver=giver,
        receiver=receiver,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=at,
    )
    notify(
        user=receiver,
        brand=brand,
        kind=NotificationKind.CAMPAIGN,
        text=f"{giver} hands you the gate “{Gate(gate).label}” from {starts_on:%-d %B} to "
        f"{ends_on:%-d %B %Y}.",
        url=f"/{brand.slug}/approvals/",
        at=at,
        key=f"delegation:{made.pk}",
    )
    _log(made, "handed_over", giver, at)
    return made


@transaction.atomic
def take_back(*, delegation_id: int, brand: Brand, actor: User, at: datetime) -> Delegation:
    """End a delegation of one's own. Raises Delegation.DoesNotExist."""
    found = Delegation.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=delegation_id, brand=brand, giver=actor
    )
    if found.ended_at is None:
        found.ended_at = at
        found.save(update_fields=["ended_at"])
        _log(found, "taken_back", actor, at)
    return found


def _may_keep(brand: Brand, gate: Gate, user: User | None, field: str) -> None:
    if user is not None and not gates.may_decide_at(brand, gate).filter(pk=user.pk).exists():
        raise CampaignRefused(
            f"{user} has no role that decides at the gate “{Gate(gate).label}”.", field=field
        )


def _save(row: WorkingWeek | ReviewPlan) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        # The first row of its kind, written by two at once.
        raise CampaignOutdated("Somebody saved this in the same moment. Look again.") from error


def _log(found: Delegation, act: str, actor: User, at: datetime) -> None:
    audit.record(
        brand=found.brand,
        verb=f"campaigns.gate.{act}",
        target=found,
        actor=actor,
        at=at,
        data={
            "gate": found.gate,
            "to": found.receiver_id,
            "from": found.starts_on,
            "until": found.ends_on,
        },
        label=f"{Gate(found.gate).label} gate",
    )
