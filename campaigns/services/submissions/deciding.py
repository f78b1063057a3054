"""What becomes of a submission: accepted with a permission, refused with a reason, or asked about.

open -> asked -> accepted -> withdrawn; refused from the first two. Nothing gets into the library
without a permission that somebody gave.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from campaigns.choices import PermissionState, SubmissionState
from campaigns.models import Submission, SubmissionPage, SubmissionPermission
from campaigns.models.submissions import USES
from campaigns.services.assets.saying import address, text
from campaigns.services.refusals import CampaignRefused
from campaigns.services.rights import territories
from campaigns.services.submissions import making
from campaigns.services.submissions.record import (
    enter,
    held,
    live_permission,
    log,
    reason_of,
    require,
)
from crm.models import Brand, User

S = SubmissionState
TEXT_MAX = 2_000
MONTHS_MAX = 120


@dataclass(frozen=True)
class Use:
    """What somebody is asked for; the words are those that they read."""

    text: str
    usages: tuple[str, ...]
    territory: tuple[str, ...] = ()
    # None: without an end.
    months: int | None = None


@dataclass(frozen=True)
class Answer:
    """What the author said, and where that can be seen."""

    is_yes: bool
    given_by: str
    proof: str
    proof_url: str = ""


@transaction.atomic
def accept(
    *,
    submission_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Submission:
    """Into the library, where its author agreed already. Raises DoesNotExist, CampaignRefused."""
    found = held(submission_id, brand, expected_version)
    require(found, S.OPEN)
    permission = live_permission(found)
    if permission is None:
        raise CampaignRefused(
            f"{found} has not said that you may use it. Ask first.", code="permission_needed"
        )
    making.make(found, permission, actor, at)
    enter(found, S.ACCEPTED, actor, at)
    log(found, "accepted", actor, at, asset=found.asset_id)
    return found


@transaction.atomic
def refuse(
    *,
    submission_id: int,
    brand: Brand,
    reason: str,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Submission:
    """Say no, with the reason for ourselves; nothing is sent. Raises DoesNotExist,
    CampaignRefused."""
    found = held(submission_id, brand, expected_version)
    require(found, S.OPEN, S.ASKED)
    words = reason_of(reason, "Say why, so that a colleague understands it later.")
    enter(found, S.REFUSED, actor, at, reason=words)
    log(found, "refused", actor, at)
    return found


@transaction.atomic
def ask(
    *,
    submission_id: int,
    brand: Brand,
    use: Use | None,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> SubmissionPermission:
    """Write down what its author is asked; a person sends it. None: as the campaign's page says.

    Raises DoesNotExist, CampaignRefused.
    """
    found = held(submission_id, brand, expected_version)
    require(found, S.OPEN)
    if live_permission(found) is not None:
        raise CampaignRefused(
            f"{found} agreed to a use already: accept it.", code="not_in_this_state"
        )
    page = SubmissionPage.of(found.campaign)
    asked = _checked(
        use or Use(page.permission_text, tuple(page.usages), tuple(page.territory), page.months)
    )
    permission = SubmissionPermission.objects.create(
        submission=found,
        state=PermissionState.ASKED,
        text=asked.text,
        wording_version=page.permission_version,
        usages=list(asked.usages),
        territory=list(asked.territory),
        months=asked.months,
        asked_at=at,
        asked_by=actor,
    )
    enter(found, S.ASKED, actor, at)
    log(found, "asked", actor, at, permission=permission.pk, usages=list(asked.usages))
    return permission


@transaction.atomic
def answer(
    *,
    submission_id: int,
    brand: Brand,
    answer: Answer,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Submission:
    """Write down what they said: a yes makes the asset and its rights, a no refuses it.

    Raises DoesNotExist, CampaignRefused.
    """
    found = held(submission_id, brand, expected_version)
    require(found, S.ASKED)
    permission = live_permission(found)
    if permission is None:
        msg = "What waits for permission was asked for it."
        raise ValueError(msg)
    permission.given_by = text(answer.given_by, 120, "given_by") or found.name[:120]
    permission.proof = text(answer.proof, 1_000, "proof")
    if not permission.proof:
        raise CampaignRefused(
            "Say where it can be seen: their comment of a day, a mail, a message.", field="proof"
        )
    try:
        permission.proof_url = address(answer.proof_url)
    except CampaignRefused as refusal:
        raise CampaignRefused(str(refusal), field="proof_url") from refusal
    permission.answered_at, permission.recorded_by = at, actor
    permission.state = PermissionState.GIVEN if answer.is_yes else PermissionState.REFUSED
    permission.save()
    if answer.is_yes:
        making.make(found, permission, actor, at)
        enter(found, S.ACCEPTED, actor, at)
    else:
        enter(found, S.REFUSED, actor, at, reason="They said no.")
    log(
        found,
        "permitted" if answer.is_yes else "not_permitted",
        actor,
        at,
        permission=permission.pk,
        asset=found.asset_id,
    )
    return found


@transaction.atomic
def withdraw(
    *,
    submission_id: int,
    brand: Brand,
    reason: str,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Submission:
    """Its author takes the permission back: the rights end today. Raises DoesNotExist,
    CampaignRefused."""
    found = held(submission_id, brand, expected_version)
    require(found, S.ACCEPTED)
    words = reason_of(reason, "Say how they took it back: a mail, a comment of a day.")
    permission = live_permission(found)
    if permission is None:
        msg = "What is in the library was permitted."
        raise ValueError(msg)
    making.end_rights(found, permission, f"Permission withdrawn: {words}", actor, at)
    permission.state = PermissionState.WITHDRAWN
    permission.withdrawn_at, permission.withdrawn_because = at, words
    permission.withdrawn_by = actor
    permission.save()
    enter(found, S.WITHDRAWN, actor, at, reason=words)
    log(found, "withdrawn", actor, at, permission=permission.pk, asset=found.asset_id)
    return found


@transaction.atomic
def undo(
    *,
    submission_id: int,
    brand: Brand,
    actor: User,
    at: datetime,
    expected_version: int | None = None,
) -> Submission:
    """Back to where it waited; rights that came of it are taken back. Raises DoesNotExist,
    CampaignRefused."""
    found = held(submission_id, brand, expected_version)
    require(found, S.ACCEPTED, S.REFUSED)
    was = found.state
    if was == S.ACCEPTED:
        making.refuse_used(found)
    permission = (
        found.permissions.select_for_update(no_key=True, of=("self",)).order_by("-pk").first()
    )
    if permission is not None and was == S.ACCEPTED:
        making.end_rights(found, permission, "Accepted by mistake.", actor, at)
        permission.rights.clear()
        found.asset = None
    is_asked = permission is not None and not permission.is_from_form
    if permission is not None and is_asked and permission.answered_at is not None:
        permission.state, permission.answered_at = PermissionState.ASKED, None
        permission.given_by = permission.proof = permission.proof_url = ""
        permission.recorded_by = None
        permission.save()
    enter(found, S.ASKED if is_asked else S.OPEN, actor, at)
    log(found, "undone", actor, at, was=was)
    return found


def _checked(use: Use) -> Use:
    """What is asked, as it is kept. Raises CampaignRefused."""
    words = use.text.replace("\0", "").strip()
    if not words:
        raise CampaignRefused("Write what you ask, word for word.", field="text")
    if len(words) > TEXT_MAX:
        raise CampaignRefused(f"{TEXT_MAX:,} characters are the most.", field="text")
    usages = tuple(usage.value for usage in USES if usage in use.usages)
    if not usages or len(usages) < len(set(use.usages)):
        raise CampaignRefused("Say which use you ask for: organic or paid.", field="usages")
    found = tuple(territories.expanded(use.territory))
    strange = [code for code in found if code not in territories.countries()]
    if strange:
        raise CampaignRefused(
            f"“{strange[0]}” is no country: take two letters as in DK, or a group as the EU.",
            field="territory",
        )
    if use.months is not None and not 1 <= use.months <= MONTHS_MAX:
        raise CampaignRefused(f"Months are 1 to {MONTHS_MAX}.", field="months")
    return Use(words, usages, found, use.months)
