"""Links to scorecards for people without an account: made, opened, ended.

The address holds the link's random number, signed with the product's secret key, as the links of
campaigns do: a database that gets lost opens nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.urls import reverse

from crm import audit
from crm.models import Brand, User
from segmentation.models import ScorecardShare, Segment
from segmentation.services.edits import EditRefused
from segmentation.services.scorecards import PeriodRefused, read_period

DAYS = 30
DAYS_MAX = 365
MOST_SEGMENTS = 8
MOST_METRICS = 12
# How exactly it is known when a link was used last.
_HOUR = timedelta(hours=1)
_signer = signing.Signer(salt="segmentation.scorecards")


class ShareUnknown(Exception):
    """The address holds no link of ours."""


class ShareEnded(Exception):
    """The link was good once: it expired, or it was taken back."""

    def __init__(self, share: ScorecardShare) -> None:
        super().__init__("This link has ended.")
        self.share = share


@transaction.atomic
def make_share(
    *,
    brand: Brand,
    segments: Sequence[Segment],
    period: str,
    metrics: Sequence[str],
    name: str,
    days: int,
    actor: User | None,
    at: datetime,
) -> ScorecardShare:
    """A link to the scorecards of some segments in a quarter. Raises EditRefused."""
    name = " ".join(name.split())[:120]
    if not name:
        raise EditRefused("Say who the link is for.", code="name_needed", field="name")
    if not 1 <= days <= DAYS_MAX:
        raise EditRefused(
            f"A link works for 1 to {DAYS_MAX} days.", code="out_of_range", field="days"
        )
    if not 1 <= len(segments) <= MOST_SEGMENTS:
        raise EditRefused(
            f"Share 1 to {MOST_SEGMENTS} segments.", code="out_of_range", field="segments"
        )
    try:
        quarter = read_period(period, brand=brand, as_of=at)
    except PeriodRefused as refusal:
        raise EditRefused(str(refusal), code="bad_period", field="period") from refusal
    share = ScorecardShare.objects.create(
        brand=brand,
        period=str(quarter),
        metrics=list(dict.fromkeys(metrics))[:MOST_METRICS],
        name=name,
        created_by=actor,
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    share.segments.set(segments)
    audit.record(
        brand=brand,
        verb="segmentation.scorecard.shared",
        target=share,
        actor=actor,
        at=at,
        data={
            "period": share.period,
            "keys": [segment.key for segment in segments],
            "days": days,
        },
        label=f"Scorecards of {share.period}",
    )
    return share


@transaction.atomic
def revoke(*, share: ScorecardShare, actor: User | None, at: datetime) -> None:
    """The address opens nothing from now on. A link that has ended stays as it is."""
    if ScorecardShare.objects.filter(pk=share.pk).open_at(at).update(revoked_at=at):
        audit.record(
            brand=share.brand,
            verb="segmentation.scorecard.unshared",
            target=share,
            actor=actor,
            at=at,
            data={"period": share.period},
            label=f"Scorecards of {share.period}",
        )


def path_of(share: ScorecardShare) -> str:
    """Where the link leads, as a path of this product."""
    return reverse("shared_scorecards", args=[_signer.sign(share.uid.hex)])


def find(token: str, at: datetime) -> ScorecardShare:
    """The link of an address. Raises ShareUnknown and ShareEnded."""
    try:
        uid = UUID(_signer.unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise ShareUnknown from error
    share = ScorecardShare.objects.select_related("brand").filter(uid=uid).first()
    if share is None:
        raise ShareUnknown
    if share.revoked_at is not None or share.expires_at <= at:
        raise ShareEnded(share)
    if share.last_used_at is None or at - share.last_used_at > _HOUR:
        ScorecardShare.objects.filter(pk=share.pk).update(last_used_at=at)
    return share
