"""A commission is agreed, by a contract or by hand, and ended."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from campaigns.models import Commission, Contract, Engagement
from campaigns.services.contracts.terms import Terms
from campaigns.services.contracts.variable import CommissionPart, checked_commission
from campaigns.services.days import today_of
from campaigns.services.payments.record import checked_currency, checked_day, checked_note
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.models import Brand, User


@transaction.atomic
def agree(
    *,
    engagement: Engagement,
    part: CommissionPart,
    currency: str,
    starts_on: date,
    ends_on: date | None,
    actor: User,
    at: datetime,
) -> Commission:
    """Enter one that no contract of ours agrees. Raises CampaignRefused."""
    found = _by_hand(part)
    checked_day(starts_on, "starts_on")
    last = found.last_day(starts_on, ends_on)
    if ends_on is not None and checked_day(ends_on, "ends_on") < starts_on:
        raise CampaignRefused("The last day lies before the first.", field="ends_on")
    if found.months is not None and ends_on is not None:
        raise CampaignRefused("Say the last day or the months: one of them.", field="months")
    held = Engagement.objects.select_for_update(no_key=True, of=("self",)).get(pk=engagement.pk)
    _only_one(held, found.kind, starts_on, last)
    return _made(
        held, found, checked_currency(currency), (starts_on, last), None, actor=actor, at=at
    )


def begin(
    contract: Contract, terms: Terms, *, on: date, actor: User | None, at: datetime
) -> list[str]:
    """The commission of a contract that is accepted; what is left to people, in sentences.

    The caller holds the contract and the place in the campaign.
    """
    part = terms.commission
    if part is None or Commission.objects.filter(contract=contract).exists():
        return []
    last = part.last_day(on, terms.ends_on)
    if last is not None and last < on:
        return ["The contract had ended before it was accepted: no commission begins."]
    try:
        _only_one(contract.engagement, part.kind, on, last)
    except CampaignRefused as refusal:
        return [f"{refusal} The commission of this contract was not begun."]
    _made(contract.engagement, part, terms.currency, (on, last), contract, actor=actor, at=at)
    return []


def end_with(
    contract: Contract, *, last: date, reason: str, actor: User | None, at: datetime
) -> None:
    """A contract holds no more: sales after `last` earn nothing under it."""
    running = Commission.objects.select_for_update(no_key=True, of=("self",)).filter(
        contract=contract
    )
    for one in running.filter(Q(ends_on=None) | Q(ends_on__gt=last)).order_by("pk"):
        _end(one, last, reason, actor, at)


@transaction.atomic
def end(
    *,
    commission_id: int,
    brand: Brand,
    on: date | None,
    reason: str,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Commission:
    """End one before its last day, and say why. Raises Commission.DoesNotExist, CampaignRefused."""
    found = (
        Commission.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "engagement__relationship__creator")
        .get(pk=commission_id, brand=brand)
    )
    if expected_version is not None and found.version != expected_version:
        raise CampaignOutdated(
            "Somebody changed this commission since you loaded it. Nothing of yours was saved; "
            "load it again."
        )
    today = today_of(brand, at)
    last = today if on is None else checked_day(on, "on")
    if found.ends_on is not None and found.ends_on <= last:
        raise CampaignRefused(
            f"It ends on {found.ends_on:%-d %B %Y} already.", code="not_in_this_state"
        )
    if last < today:
        raise CampaignRefused(
            "This day is over, and what was sold until now was promised: end it today, or later.",
            field="on",
        )
    _end(found, last, checked_note(reason, is_needed=True), actor, at)
    return found


def _end(found: Commission, last: date, reason: str, actor: User | None, at: datetime) -> None:
    before, found.ends_on, found.end_reason = found.ends_on, last, reason
    found.version += 1
    found.save(update_fields=["ends_on", "end_reason", "version"])
    audit.record(
        brand=found.brand,
        verb="campaigns.commission.ended",
        target=found,
        actor=actor,
        at=at,
        data={"campaign": found.campaign_id, "ends_on": [before, last]},
        text={"note": reason},
        label=found.engagement.relationship.creator.name,
    )


def _by_hand(part: CommissionPart) -> CommissionPart:
    """By hand its fields have no place above them."""
    try:
        found = checked_commission(part)
    except CampaignRefused as refusal:
        raise CampaignRefused(
            str(refusal), field=refusal.field.removeprefix("commission/")
        ) from refusal
    return found or part


def _only_one(engagement: Engagement, kind: str, first: date, last: date | None) -> None:
    """No sale earns two commissions."""
    others = Commission.objects.filter(engagement=engagement, kind=kind).filter(
        Q(ends_on=None) | Q(ends_on__gte=first)
    )
    if last is not None:
        others = others.filter(starts_on__lte=last)
    if other := others.order_by("pk").first():
        until = f"until {other.ends_on:%-d %B %Y}" if other.ends_on else "without a last day"
        raise CampaignRefused(
            f"The creator has a commission on these sales from {other.starts_on:%-d %B %Y} {until}:"
            " end that first.",
            field="starts_on",
        )


def _made(
    engagement: Engagement,
    part: CommissionPart,
    currency: str,
    days: tuple[date, date | None],
    contract: Contract | None,
    *,
    actor: User | None,
    at: datetime,
) -> Commission:
    campaign = engagement.campaign
    made = Commission.objects.create(
        brand=campaign.brand,
        campaign=campaign,
        engagement=engagement,
        contract=contract,
        kind=part.kind,
        currency=currency,
        percent=part.percent,
        each=part.each,
        starts_on=days[0],
        ends_on=days[1],
        wait_days=part.wait_days,
        minimum=part.minimum,
        net_days=part.net_days,
        created_by=actor,
        created_at=at,
    )
    audit.record(
        brand=campaign.brand,
        verb="campaigns.commission.agreed",
        target=made,
        actor=actor,
        at=at,
        data={
            "campaign": campaign.pk,
            "currency": currency,
            "percent": part.percent,
            "each": part.each,
            "contract": contract.pk if contract else None,
        },
        label=engagement.relationship.creator.name,
    )
    return made
