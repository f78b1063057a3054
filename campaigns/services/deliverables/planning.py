"""Pieces of content are planned, changed, called off, and put on the fast lane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from campaigns.choices import ContentKind, DeliverableAct, DeliverableState, DraftState
from campaigns.models import Deliverable, Draft, Engagement
from campaigns.models.engagements import LEFT
from campaigns.services.deliverables import gates
from campaigns.services.deliverables.record import Actor, enter, held, log, words_of
from campaigns.services.deliverables.reopening import reopen_held, settled
from campaigns.services.deliverables.states import require
from campaigns.services.refusals import CampaignRefused
from crm.choices import PostKind
from crm.models import Brand, Platform

TITLE_MAX = 200
REASON_MAX = 500
COUNT_MAX = 50
ROUNDS_MAX = 20
# What a change may be of.
FIELDS = ("title", "platform", "kind", "form", "draft_due_on", "publish_at", "rounds")
# What a draft was approved for: a change of it asks all gates again.
BASIS = ("platform", "form")


@dataclass(frozen=True)
class Wanted:
    """One or several pieces alike."""

    platform: str
    form: str
    kind: str = ContentKind.SPONSORED_POST.value
    title: str = ""
    count: int = 1
    draft_due_on: date | None = None
    publish_at: datetime | None = None
    rounds: int | None = None


@transaction.atomic
def plan(
    *,
    engagement_id: int,
    brand: Brand,
    wanted: Sequence[Wanted],
    actor: Actor,
    at: datetime,
) -> list[Deliverable]:
    """New pieces for a creator in a campaign. Raises Engagement.DoesNotExist, CampaignRefused."""
    engagement = (
        Engagement.objects.select_for_update(no_key=True, of=("self",))
        .select_related("campaign__brand", "campaign__owner", "relationship__creator", "owner")
        .get(pk=engagement_id, campaign__brand=brand)
    )
    if not engagement.campaign.is_open:
        raise CampaignRefused(
            f"{engagement.campaign} is closed. Open it again to plan content.",
            code="campaign_closed",
        )
    if engagement.stage in LEFT:
        raise CampaignRefused(f"{engagement.relationship.creator} is out of this campaign.")
    if sum(one.count for one in wanted) > COUNT_MAX:
        raise CampaignRefused(f"{COUNT_MAX} pieces at once are the most.", field="count")
    made = []
    for one in wanted:
        values = _checked(
            {name: getattr(one, name) for name in FIELDS if name != "title"}
            | {"title": one.title or _named(one)}
        )
        if one.count < 1:
            raise CampaignRefused("Plan at least one.", field="count")
        for number in range(1, one.count + 1):
            title = f"{values['title']} ({number} of {one.count})" if one.count > 1 else None
            piece = Deliverable(
                engagement=engagement,
                created_by=actor.user,
                created_at=at,
                state_since=at,
                **(values | ({"title": title[:TITLE_MAX]} if title else {})),
            )
            piece.save(force_insert=True)
            made.append(piece)
    for piece in made:
        log(piece, DeliverableAct.PLAN, actor, at, form=piece.form)
    return made


@transaction.atomic
def edit(
    *,
    deliverable_id: int,
    brand: Brand,
    changes: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    expected_version: int | None,
) -> Deliverable:
    """Change what a piece is; what a draft was approved for opens its review again.

    Raises Deliverable.DoesNotExist, CampaignRefused.
    """
    piece = held(deliverable_id, brand, expected_version)
    require(piece.state, DeliverableAct.EDIT)
    given = _checked({name: value for name, value in changes.items() if name in FIELDS})
    before = {name: getattr(piece, name) for name in given}
    changed = sorted(name for name, value in given.items() if before[name] != value)
    if not changed:
        return piece
    for name in changed:
        setattr(piece, name, given[name])
    enter(piece, DeliverableState(piece.state), at)
    log(piece, DeliverableAct.EDIT, actor, at, note=f"{_listed(changed)}.", fields=changed)
    if set(changed) & set(BASIS):
        reopen_held(
            piece,
            why=f"It was approved for {_what(before, piece)}; now it is "
            f"{piece.get_form_display().lower()} on {piece.platform}.",
            actor=actor,
            at=at,
        )
    return piece


@transaction.atomic
def cancel(
    *,
    deliverable_id: int,
    brand: Brand,
    reason: str,
    actor: Actor,
    at: datetime,
    expected_version: int | None,
) -> Deliverable:
    """Call a piece off. Raises Deliverable.DoesNotExist, CampaignRefused."""
    piece = held(deliverable_id, brand, expected_version)
    require(piece.state, DeliverableAct.CANCEL)
    reason = words_of(reason, "reason", REASON_MAX, needed="Say why it is called off.")
    draft = piece.drafts.filter(state=DraftState.IN_REVIEW).first()
    if draft is not None:
        gates.drop_turns(draft)
        Draft.objects.filter(pk=draft.pk).update(state=DraftState.WITHDRAWN, state_since=at)
    enter(piece, DeliverableState.CANCELLED, at)
    log(piece, DeliverableAct.CANCEL, actor, at, note=reason)
    return piece


@transaction.atomic
def restore(
    *,
    deliverable_id: int,
    brand: Brand,
    actor: Actor,
    at: datetime,
    expected_version: int | None,
) -> Deliverable:
    """Take up again what was called off, where it stood. Raises as `cancel`."""
    piece = held(deliverable_id, brand, expected_version)
    require(piece.state, DeliverableAct.RESTORE)
    enter(piece, settled(piece), at)
    log(piece, DeliverableAct.RESTORE, actor, at)
    return piece


@transaction.atomic
def shorten(
    *,
    deliverable_id: int,
    brand: Brand,
    left: Sequence[str],
    reason: str,
    actor: Actor,
    at: datetime,
    expected_version: int | None,
) -> Deliverable:
    """The fast lane: fewer gates for this piece, with a reason. All gates: off the fast lane.

    Where the brand wants legal to see everything, legal stays. Raises as `cancel`.
    """
    piece = held(deliverable_id, brand, expected_version)
    require(piece.state, DeliverableAct.SHORTEN)
    campaign = piece.engagement.campaign
    usual = gates.plan_of(campaign).gates
    asked = gates.refuse_unless_gates(left)
    if not set(asked) <= set(usual):
        raise CampaignRefused("The fast lane leaves gates out; it adds none.", field="gates")
    if set(asked) == set(usual):
        piece.gates, piece.fast_lane_reason, note = None, "", "All gates of the campaign again."
    else:
        note = words_of(reason, "reason", REASON_MAX, needed="Say why there is no time.")
        piece.gates, piece.fast_lane_reason = asked, note
    enter(piece, DeliverableState(piece.state), at)
    log(piece, DeliverableAct.SHORTEN, actor, at, note=note, gates=asked)
    return piece


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """The values as they are kept. Raises CampaignRefused."""
    if "title" in values:
        values["title"] = words_of(
            values["title"], "title", TITLE_MAX, needed="Give the piece a name."
        )
    if "platform" in values and not isinstance(values["platform"], Platform):
        found = Platform.objects.filter(key=values["platform"]).first()
        if found is None:
            raise CampaignRefused("There is no such platform.", field="platform")
        values["platform"] = found
    if "kind" in values and values["kind"] not in ContentKind.values:
        raise CampaignRefused("There is no such kind of content.", field="kind")
    if "form" in values and values["form"] not in PostKind.values:
        raise CampaignRefused("There is no such form.", field="form")
    rounds = values.get("rounds")
    if rounds is not None and not 1 <= rounds <= ROUNDS_MAX:
        raise CampaignRefused(f"1 to {ROUNDS_MAX} drafts can be agreed.", field="rounds")
    return values


def _named(one: Wanted) -> str:
    form = PostKind(one.form).label if one.form in PostKind.values else "Piece"
    name = Platform.objects.filter(key=one.platform).values_list("name", flat=True).first()
    return f"{form} on {name}" if name else form


def _listed(fields: Sequence[str]) -> str:
    words = {"draft_due_on": "day of the draft", "publish_at": "day of publication"}
    return ", ".join(words.get(name, name) for name in fields).capitalize()


def _what(before: Mapping[str, Any], piece: Deliverable) -> str:
    form = PostKind(before.get("form", piece.form)).label.lower()
    return f"{form} on {before.get('platform', piece.platform)}"
