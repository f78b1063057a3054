"""The way out for what was handed in and not accepted."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Q

from campaigns.choices import SubmissionState
from campaigns.models import Campaign, Submission, SubmissionPage
from campaigns.services.refusals import CampaignRefused
from campaigns.services.submissions.files import remove_orphans
from campaigns.services.submissions.record import held, log
from crm import audit
from crm.models import Brand, User


def erase_due(*, at: datetime, brand: Brand | None = None, is_dry: bool = False) -> Counter[str]:
    """Erase what is past its time, campaign by campaign; how many of each brand. Dry: only count.

    What was refused goes after as many days as the campaign's page says, and so does what nobody
    answered since they were asked. Files that nothing names any more go with them.
    """
    erased: Counter[str] = Counter()
    rows = Campaign.objects.filter(submissions__isnull=False).distinct().order_by("pk")
    rows = rows.select_related("brand")
    for campaign in rows.filter(brand=brand) if brand else rows:
        due = _due(campaign, at)
        number = due.count() if is_dry else _erase(campaign, at)
        if number:
            erased[campaign.brand.slug] += number
    if not is_dry:
        for one in [brand] if brand else Brand.objects.order_by("pk"):
            remove_orphans(one, at=at)
    return erased


@transaction.atomic
def erase(*, submission_id: int, brand: Brand, actor: User, at: datetime) -> None:
    """Erase one at once, as when its author asks for it. Raises DoesNotExist, CampaignRefused."""
    found = held(submission_id, brand, None)
    if found.state == SubmissionState.ACCEPTED:
        raise CampaignRefused(
            f"{found} gave you rights that stand in the library. Write down first that the "
            "permission is withdrawn.",
            code="not_in_this_state",
        )
    number, state = found.pk, found.state
    found.delete()
    # The ledger names it by its number.
    found.pk = number
    log(found, "erased", actor, at, was=state)


@transaction.atomic
def _erase(campaign: Campaign, at: datetime) -> int:
    numbers = list(
        _due(campaign, at).select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True)
    )
    if not numbers:
        return 0
    Submission.objects.filter(pk__in=numbers).delete()
    audit.record(
        brand=campaign.brand,
        verb="campaigns.submission.expired",
        target=campaign,
        at=at,
        data={"erased": len(numbers)},
    )
    return len(numbers)


def _due(campaign: Campaign, at: datetime) -> models.QuerySet[Submission]:
    before = at - timedelta(days=SubmissionPage.of(campaign).keep_days)
    refused = Q(state=SubmissionState.REFUSED, decided_at__lt=before)
    silent = Q(state=SubmissionState.ASKED) & ~Q(permissions__asked_at__gte=before)
    return Submission.objects.filter(refused | silent, campaign=campaign).order_by("pk")
