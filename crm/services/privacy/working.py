"""An erasure as work in the background: looking through uploaded lists takes its time."""

from __future__ import annotations

from datetime import datetime

from crm.choices import JobStatus
from crm.limits import Busy
from crm.models import Erasure, Job, PrivacyRequest, Relationship, User
from crm.services import jobs
from crm.services.privacy.erasing import REASON_MAX, erase
from crm.services.privacy.refusals import PrivacyRefused

KIND = "privacy.erase"


def ask(
    *,
    relationship: Relationship,
    reason: str,
    actor: User,
    at: datetime,
    request: PrivacyRequest | None = None,
) -> Job:
    """Have somebody erased. Raises PrivacyRefused."""
    reason = " ".join(reason.split())[:REASON_MAX]
    if not reason:
        raise PrivacyRefused("Say why they are erased: it is kept in the ledger.", "reason")
    if relationship.erased_at is not None:
        raise PrivacyRefused("They were erased already.", code="erased_already")
    return jobs.start(
        brand=relationship.brand,
        kind=KIND,
        title=f"Erase creator {relationship.creator_id}",
        params={
            "relationship": relationship.pk,
            "reason": reason,
            "request": request.pk if request is not None else None,
        },
        actor=actor,
        at=at,
    )


def work(job: Job, progress: jobs.Progress) -> None:
    """The worker's side of `ask`."""
    progress.begin(1)
    request = PrivacyRequest.objects.filter(pk=job.params["request"]).first()
    try:
        erase(
            relationship_id=job.params["relationship"],
            reason=job.params["reason"],
            actor=job.asked_by,
            at=job.started_at or job.created_at,
            request=request,
        )
    except (PrivacyRefused, Busy) as refusal:
        raise jobs.JobFailed(str(refusal)) from refusal
    except Relationship.DoesNotExist:
        raise jobs.JobFailed("The creator is not here any more.") from None
    progress.advance(1)


def tell(job: Job) -> str:
    """What came of it."""
    if job.status != JobStatus.DONE:
        return ""
    done = Erasure.objects.filter(brand=job.brand, at__gte=job.created_at).order_by("-pk").first()
    if done is None:
        return ""
    gone, kept = sum(done.counts["gone"].values()), sum(done.counts["kept"].values())
    return f"Erased: {gone:,} records deleted, {kept:,} kept as the law asks. No way back."


JOB = jobs.Kind("Erase a creator", work, tell)
