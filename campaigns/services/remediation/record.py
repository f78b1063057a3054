"""How the services of requests take hold of one, and how they write down what was done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from campaigns.choices import RemediationAct, RemediationState
from campaigns.models import Deliverable, Remediation, RemediationEvent
from campaigns.services.deliverables.record import Actor
from campaigns.services.deliverables.record import held as held_piece
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.services.remediation.states import NEXT, why_not
from crm import audit
from crm.choices import NotificationKind
from crm.models import Brand, User
from crm.services.notifications import notify_all


def held(
    remediation_id: int, brand: Brand, act: RemediationAct, expected_version: int | None = None
) -> tuple[Remediation, Deliverable]:
    """A request and its piece, both held until the transaction ends: the piece first.

    Raises Remediation.DoesNotExist, and CampaignRefused where somebody was quicker or the act may
    not be.
    """
    piece_id = Remediation.objects.values_list("deliverable", flat=True).get(
        pk=remediation_id, brand=brand
    )
    piece = held_piece(piece_id, brand, force=True)
    found = (
        Remediation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("owner", "review")
        .get(pk=remediation_id)
    )
    found.brand, found.deliverable = brand, piece
    if expected_version is not None and found.version != expected_version:
        raise CampaignOutdated(
            f"It is “{found.get_state_display().lower()}” since you looked. Look at it again; "
            "nothing of yours was written down."
        )
    if words := why_not(found.state, act):
        raise CampaignRefused(words, code="not_in_this_state")
    return found, piece


def happened(
    remediation: Remediation,
    act: RemediationAct,
    actor: Actor,
    at: datetime,
    *,
    note: str = "",
    words: str = "",
    **facts: object,
) -> RemediationEvent:
    """Put it into the state that the act leads to and write it down; texts stay out of the ledger.

    Call it last: the ledger's lock is held until the transaction ends.
    """
    before = RemediationState(remediation.state)
    after = RemediationState.OPEN if act == RemediationAct.ASK else NEXT[before][act]
    if after != before:
        remediation.state = after
        remediation.state_since = max(at, remediation.asked_at)
    if act != RemediationAct.ASK:
        remediation.version += 1
    remediation.save()
    event = RemediationEvent.objects.create(
        remediation=remediation,
        act=act,
        state=after,
        actor=actor.user,
        link=actor.link,
        at=at,
        note=note,
        words=words,
    )
    piece = remediation.deliverable
    audit.record(
        brand=remediation.brand,
        verb=f"campaigns.remediation.{act.value}",
        target=remediation,
        actor=actor.user,
        at=at,
        data={
            "campaign": piece.engagement.campaign.key,
            "deliverable": piece.pk,
            "review": remediation.review_id,
            "state": [before.value, after.value],
        }
        | ({"link": actor.link.pk} if actor.link else {})
        | facts,
        label=piece.title,
    )
    return event


def tell(
    remediation: Remediation, users: Iterable[User], text: str, at: datetime, *, key: str = ""
) -> None:
    """Tell people of the brand something about the request."""
    brand = remediation.brand
    notify_all(
        users=users,
        brand=brand,
        kind=NotificationKind.CAMPAIGN,
        text=text,
        url=reverse("campaigns:remediation", args=[brand.slug, remediation.pk]),
        at=at,
        key=key,
    )
