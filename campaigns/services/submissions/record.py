"""How the services of submissions take hold of one, and how they write down what was done."""

from __future__ import annotations

from datetime import datetime

from campaigns.choices import PermissionState, SubmissionState
from campaigns.models import Submission, SubmissionPermission
from campaigns.models.submissions import WAITING
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.models import Brand, User

REASON_MAX = 300
_LIVE = (PermissionState.ASKED, PermissionState.GIVEN)


def held(submission_id: int, brand: Brand, expected_version: int | None) -> Submission:
    """A submission, held until the transaction ends. Raises DoesNotExist, CampaignOutdated."""
    found = (
        Submission.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "campaign__brand", "asset", "platform", "post__profile")
        .get(pk=submission_id, brand=brand)
    )
    if expected_version is not None and found.version != expected_version:
        raise CampaignOutdated(
            f"Somebody was quicker: “{found}” is at “{found.get_state_display()}” now."
        )
    return found


def live_permission(submission: Submission) -> SubmissionPermission | None:
    """What was asked, or given, and still stands."""
    rows = SubmissionPermission.objects.select_for_update(no_key=True, of=("self",))
    return rows.filter(submission=submission, state__in=_LIVE).first()


def require(submission: Submission, *states: SubmissionState) -> None:
    """Raises CampaignRefused where it stands otherwise."""
    if submission.state not in states:
        raise CampaignRefused(
            f"“{submission}” is at “{submission.get_state_display()}”.", code="not_in_this_state"
        )


def enter(
    submission: Submission, state: SubmissionState, actor: User, at: datetime, *, reason: str = ""
) -> None:
    """Put it into a state and save it; the caller holds it."""
    is_waiting = state in WAITING
    submission.state, submission.reason = state, reason
    submission.decided_at = None if is_waiting else at
    submission.decided_by = None if is_waiting else actor
    submission.version += 1
    submission.save()


def reason_of(reason: str, needed: str) -> str:
    """One line. Raises CampaignRefused where it is empty or too long."""
    words = " ".join(reason.replace("\0", "").split())
    if not words:
        raise CampaignRefused(needed, code="reason_needed", field="reason")
    if len(words) > REASON_MAX:
        raise CampaignRefused(f"{REASON_MAX} characters are the most.", field="reason")
    return words


def log(
    submission: Submission, verb: str, actor: User | None, at: datetime, **data: object
) -> None:
    """In the ledger a submission is its number: nothing that was written. Last."""
    audit.record(
        brand=submission.brand,
        verb=f"campaigns.submission.{verb}",
        target=submission,
        actor=actor,
        at=at,
        data={"campaign": submission.campaign.key} | data,
        label=f"submission {submission.pk}",
    )
