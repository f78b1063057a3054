"""Campaigns: made from a template, changed, moved through their states, cloned, put away.

The states: a draft is activated; an active one is completed, with lessons. Both can be cancelled,
with a reason. What is over can be opened again, with a reason. Everything else is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypedDict

from django.db import transaction
from django.utils.text import slugify

from campaigns.choices import CampaignStatus, CampaignTrigger, EngagementStage, UseCase
from campaigns.models import Campaign, Deadline, Engagement, Slot
from campaigns.models.campaigns import RESERVED
from campaigns.models.engagements import BOUND, OPEN_STAGES
from campaigns.services import checks, leaving
from campaigns.services.refusals import CampaignOutdated, CampaignRefused, ReasonNeeded
from campaigns.services.use_cases import templates
from crm import audit
from crm.models import Brand, User
from crm.registry import Registry

TEXT_MAX, LESSONS_MAX, KEY_MAX = 500, 10_000, 60
# Under contract, and not through.
RUNNING = BOUND[:-1]


class Act(StrEnum):
    """What can be done with a campaign as a whole."""

    ACTIVATE = "activate"
    COMPLETE = "complete"
    CANCEL = "cancel"
    REOPEN = "reopen"


LABELS = {
    Act.ACTIVATE: "Activate",
    Act.COMPLETE: "Complete",
    Act.CANCEL: "Cancel",
    Act.REOPEN: "Open again",
}
MOVES: dict[tuple[CampaignStatus, Act], CampaignStatus] = {
    (CampaignStatus.DRAFT, Act.ACTIVATE): CampaignStatus.ACTIVE,
    (CampaignStatus.DRAFT, Act.CANCEL): CampaignStatus.CANCELLED,
    (CampaignStatus.ACTIVE, Act.COMPLETE): CampaignStatus.COMPLETED,
    (CampaignStatus.ACTIVE, Act.CANCEL): CampaignStatus.CANCELLED,
    (CampaignStatus.COMPLETED, Act.REOPEN): CampaignStatus.ACTIVE,
    (CampaignStatus.CANCELLED, Act.REOPEN): CampaignStatus.DRAFT,
}


class Values(TypedDict, total=False):
    """What a campaign says; what is left out stays, or is as the template has it."""

    name: str
    key: str
    use_case: UseCase
    trigger: CampaignTrigger
    occasion: str
    objective: str
    target: Decimal
    target_on: date
    reached: Decimal | None
    audience: str
    jurisdictions: list[str]
    platforms: list[str]
    category: str
    goods: list[str]
    starts_on: date
    ends_on: date
    embargo_until: datetime | None
    budget: Decimal | None
    currency: str
    wanted_creators: int | None
    owner: User | None
    lessons: str


# What else belongs to a move, in its transaction: parts that are built on this module add theirs.
AFTER_MOVE: Registry[Callable[[Campaign, Act, User | None, datetime], object]] = Registry()
# In the order of the form. Key and use case are said once.
FIELDS = tuple(name for name in Values.__annotations__ if name not in {"key", "use_case"})


def acts_of(status: CampaignStatus | str) -> list[Act]:
    """What can be done with a campaign in this state."""
    return [act for act in Act if (CampaignStatus(status), act) in MOVES]


@transaction.atomic
def create_campaign(*, brand: Brand, values: Values, actor: User | None, at: datetime) -> Campaign:
    """A draft with the steps of its use case, planned back from its days. Raises CampaignRefused.

    Name, use case, target and first day have to be said; the rest has the template's value.
    """
    template = templates()[UseCase(values["use_case"])]
    starts_on = values["starts_on"]
    ends_on = values.get("ends_on") or starts_on + timedelta(days=template.lasts)
    said: dict[str, Any] = {
        "trigger": template.trigger,
        "objective": template.objective,
        "target_on": ends_on,
        "currency": brand.currency,
        "owner": actor,
    } | {name: values[name] for name in FIELDS if name in values}  # type: ignore[literal-required]
    campaign = Campaign(
        brand=brand,
        key=_free_key(brand, values.get("key", ""), values["name"]),
        use_case=template.use_case,
        status_since=at,
        created_by=actor,
        created_at=at,
        **(said | {"ends_on": ends_on}),
    )
    checks.check_campaign(campaign)
    campaign.save(force_insert=True)
    Deadline.objects.bulk_create(
        Deadline(campaign=campaign, title=step.title, due_on=step.due_on(starts_on, ends_on))
        for step in template.steps
    )
    _record(campaign, "created", actor, at, {"use_case": template.use_case, "key": campaign.key})
    return campaign


@transaction.atomic
def change_campaign(
    *,
    campaign_id: int,
    brand: Brand,
    changes: Values,
    actor: User | None,
    at: datetime,
    expected_version: int | None,
) -> Campaign:
    """Change what it says, all of it or nothing. Open deadlines move along with its days.

    Raises CampaignRefused, and Campaign.DoesNotExist where the brand has none of that number.
    """
    campaign = locked(campaign_id, brand, expected_version)
    before = {name: _plain(getattr(campaign, name)) for name in FIELDS}
    old_days = campaign.starts_on, campaign.ends_on
    for name in FIELDS:
        if name in changes:
            setattr(campaign, name, changes[name])  # type: ignore[literal-required]
    after = {name: _plain(getattr(campaign, name)) for name in FIELDS}
    differs = {name: [before[name], after[name]] for name in FIELDS if before[name] != after[name]}
    if not differs:
        return campaign
    if not campaign.is_open and set(differs) - {"lessons", "reached"}:
        raise CampaignRefused(
            f"{campaign} is {campaign.get_status_display().lower()}: only its lessons and what was "
            "reached can be changed. Open it again to change the rest.",
            code="not_open",
        )
    checks.check_campaign(campaign)
    checks.check_lines(campaign)
    _save(campaign)
    _move_deadlines(campaign, old_days)
    # The words are in the row: the ledger keeps that they changed.
    said = {name: pair for name, pair in differs.items() if name != "lessons"}
    _record(
        campaign, "changed", actor, at, said | ({"lessons": True} if "lessons" in differs else {})
    )
    return campaign


@transaction.atomic
def move_campaign(
    *,
    campaign_id: int,
    brand: Brand,
    act: Act,
    actor: User | None,
    at: datetime,
    words: str = "",
    expected_version: int | None,
) -> Campaign:
    """Activate, complete, cancel or open again. `words`: the lessons, or the reason.

    Raises CampaignRefused; nothing is changed then.
    """
    campaign = locked(campaign_id, brand, expected_version)
    here = CampaignStatus(campaign.status)
    to = MOVES.get((here, act))
    if to is None:
        possible = " or ".join(LABELS[one].lower() for one in acts_of(here))
        raise CampaignRefused(
            f"{campaign} is {here.label.lower()}, so you can {possible} it.",
            code="move_not_allowed",
        )
    words = words.strip()
    if campaign.archived_at is not None:
        raise CampaignRefused(f"{campaign} is put away. Take it back first.", code="archived")
    match act:
        case Act.ACTIVATE:
            checks.check_ready(campaign)
        case Act.COMPLETE:
            _refuse_running(campaign, OPEN_STAGES, "complete")
            campaign.lessons = words[:LESSONS_MAX] or campaign.lessons
            if not campaign.lessons:
                raise CampaignRefused(
                    "Write down what the next campaign should know: that is what the report ends "
                    "with.",
                    code="lessons_needed",
                    field="words",
                )
        case Act.CANCEL | Act.REOPEN if not words:
            raise ReasonNeeded(f"Say why {campaign} is to be {_DONE[act]}.")
        case Act.CANCEL:
            _refuse_running(campaign, RUNNING, "cancel")
    left = 0
    if act is Act.CANCEL:
        left = leaving.drop_all(
            campaign=campaign, reason=f"The campaign was cancelled: {words}", actor=actor, at=at
        )
    campaign.status, campaign.status_since = to, at
    _save(campaign)
    data: dict[str, object] = {"status": [here, to]}
    if act in {Act.CANCEL, Act.REOPEN}:
        data["reason"] = words[:TEXT_MAX]
    if left:
        data["dropped"] = left
    _record(campaign, "moved", actor, at, data)
    for follow in AFTER_MOVE:
        follow(campaign, act, actor, at)
    return campaign


_DONE = {Act.CANCEL: "cancelled", Act.REOPEN: "opened again"}


@transaction.atomic
def clone_campaign(
    *,
    campaign_id: int,
    brand: Brand,
    name: str,
    starts_on: date,
    actor: User | None,
    at: datetime,
) -> Campaign:
    """The same plan from another day on, as a draft: without its creators, costs and lessons.

    Raises CampaignRefused, or Campaign.DoesNotExist.
    """
    source = Campaign.objects.get(pk=campaign_id, brand=brand)
    shift = starts_on - source.starts_on
    made = Campaign.objects.get(pk=source.pk)
    made.pk, made.cloned_from = None, source
    made.name, made.key = name.strip(), _free_key(brand, "", name)
    made.starts_on, made.ends_on = starts_on, source.ends_on + shift
    made.target_on = source.target_on + shift
    made.embargo_until = source.embargo_until and source.embargo_until + shift
    made.status, made.status_since, made.version = CampaignStatus.DRAFT, at, 1
    made.reached, made.lessons, made.archived_at = None, "", None
    made.owner, made.created_by, made.created_at = actor, actor, at
    made._state.adding = True
    checks.check_campaign(made)
    made.save(force_insert=True)
    for line in source.budget_lines.all():
        line.pk, line.campaign = None, made
        line._state.adding = True
        line.save(force_insert=True)
    Deadline.objects.bulk_create(
        Deadline(campaign=made, title=step.title, due_on=step.due_on + shift)
        for step in source.deadlines.all()
    )
    Slot.objects.bulk_create(
        Slot(
            campaign=made,
            title=slot.title,
            segment=slot.segment,
            platform_id=slot.platform_id,
            cadence=slot.cadence,
            first_on=slot.first_on + shift,
            until=slot.until + shift,
            places=slot.places,
        )
        for slot in source.slots.all()
    )
    _record(made, "created", actor, at, {"cloned_from": source.key, "key": made.key})
    return made


@transaction.atomic
def archive_campaign(
    *, campaign_id: int, brand: Brand, is_away: bool, actor: User | None, at: datetime
) -> Campaign:
    """Put it away from all lists, or take it back. Raises CampaignRefused while it is active."""
    campaign = locked(campaign_id, brand, None)
    if is_away == (campaign.archived_at is not None):
        return campaign
    if campaign.status == CampaignStatus.ACTIVE:
        raise CampaignRefused(
            f"{campaign} is active. Complete or cancel it, then put it away.", code="active"
        )
    campaign.archived_at = at if is_away else None
    _save(campaign)
    _record(campaign, "archived" if is_away else "restored", actor, at, {})
    return campaign


def locked(campaign_id: int, brand: Brand, expected_version: int | None) -> Campaign:
    """The row, held until the transaction ends. Raises CampaignOutdated, DoesNotExist."""
    campaign = (
        Campaign.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "owner")
        .get(pk=campaign_id, brand=brand)
    )
    if expected_version is not None and campaign.version != expected_version:
        raise CampaignOutdated(
            f"Somebody changed {campaign} since you loaded this page. It is "
            f"{campaign.get_status_display().lower()} now; nothing of yours was saved."
        )
    return campaign


def _save(campaign: Campaign) -> None:
    campaign.version += 1
    campaign.save()


def _refuse_running(campaign: Campaign, stages: tuple[EngagementStage, ...], verb: str) -> None:
    still = Engagement.objects.filter(campaign=campaign, stage__in=stages).count()
    if still:
        who = "1 creator is" if still == 1 else f"{still:,} creators are"
        state = "under contract" if stages == RUNNING else "neither through nor out"
        raise CampaignRefused(
            f"{who} {state}. Complete or drop them on the board, then {verb} the campaign.",
            code="creators_open",
        )


def _move_deadlines(campaign: Campaign, before: tuple[date, date]) -> None:
    """Open steps keep their distance: those from the end on to the end, the others to the start."""
    by_start, by_end = campaign.starts_on - before[0], campaign.ends_on - before[1]
    if not by_start and not by_end:
        return
    steps = list(
        Deadline.objects.select_for_update(no_key=True).filter(campaign=campaign, done_at=None)
    )
    for step in steps:
        step.due_on += by_end if step.due_on >= before[1] else by_start
    Deadline.objects.bulk_update(steps, ["due_on"])


def _free_key(brand: Brand, wanted: str, name: str) -> str:
    """The key that was asked for, or one from the name that nobody has."""
    taken = set(Campaign.objects.filter(brand=brand).values_list("key", flat=True)) | set(RESERVED)
    if wanted:
        if wanted in taken:
            raise CampaignRefused(
                f"There is a campaign “{wanted}” already, or a page of that name.",
                code="key_taken",
                field="key",
            )
        return wanted
    stem = slugify(name)[: KEY_MAX - 5] or "campaign"
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key


def _plain(value: Any) -> Any:
    """As the ledger holds it: people by their address."""
    return value.email if isinstance(value, User) else value


def _record(
    campaign: Campaign, verb: str, actor: User | None, at: datetime, data: dict[str, Any]
) -> None:
    audit.record(
        brand=campaign.brand,
        verb=f"campaigns.campaign.{verb}",
        target=campaign,
        actor=actor,
        at=at,
        data=data,
    )
