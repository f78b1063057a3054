"""Publications that are expected and not there: late, never seen, or gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Case, CharField, DateTimeField, F, Q, QuerySet, Value, When
from django.db.models.functions import Greatest

from campaigns.choices import CampaignStatus, DeliverableState
from campaigns.models import Deliverable
from campaigns.models.deliverables import OPEN_STATES
from crm.choices import PostKind
from crm.models import Brand

# How long nothing has to have shown a publication before somebody looks. A story lasts a day.
UNSEEN_AFTER, STORY_UNSEEN_AFTER = timedelta(days=3), timedelta(days=1)


class Missing(StrEnum):
    """What is the matter."""

    LATE = "late"
    UNSEEN = "unseen"
    GONE = "gone"

    @property
    def label(self) -> str:
        """In words."""
        return _LABELS[self]

    @property
    def help(self) -> str:
        """What is to be done about it."""
        return _HELP[self]


_LABELS = {
    Missing.LATE: "Planned time passed, no address",
    Missing.UNSEEN: "Address given, never seen",
    Missing.GONE: "Was there, is gone",
}
_HELP = {
    Missing.LATE: "Ask the creator, write down the address, or plan another time.",
    Missing.UNSEEN: "Import the creator's posts, or add a capture that shows it.",
    Missing.GONE: "Ask the creator why. Rights and payment may depend on it.",
}


@dataclass(frozen=True)
class MissingRow:
    """One publication that is missing, and why that is said."""

    deliverable: Deliverable
    kind: Missing
    since: datetime
    why: str


def missing_of(brand: Brand, at: datetime) -> QuerySet[Any]:
    """Deliverables of active campaigns of which something is missing: `missing`, `missing_since`.

    One query, whatever there is of it; what is gone is told of campaigns that are over, too.
    """
    late = Q(
        state__in=OPEN_STATES,
        publish_at__lt=at,
        engagement__campaign__status=CampaignStatus.ACTIVE,
    )
    unseen = Q(
        state=DeliverableState.PUBLISHED,
        publication__confirmed_at=None,
        publication__gone_at=None,
        engagement__campaign__status=CampaignStatus.ACTIVE,
    ) & (
        Q(publication__recorded_at__lt=at - UNSEEN_AFTER)
        | Q(publication__recorded_at__lt=at - STORY_UNSEEN_AFTER, form=PostKind.STORY)
    )
    gone = Q(state=DeliverableState.PUBLISHED, publication__gone_at__isnull=False)
    return (
        Deliverable.objects.filter(
            late | unseen | gone,
            engagement__campaign__brand=brand,
            engagement__campaign__archived_at=None,
        )
        .annotate(
            missing=Case(
                When(late, then=Value(Missing.LATE.value)),
                When(gone, then=Value(Missing.GONE.value)),
                default=Value(Missing.UNSEEN.value),
                output_field=CharField(),
            ),
            missing_since=Greatest(
                Case(
                    When(late, then=F("publish_at")),
                    When(gone, then=F("publication__gone_at")),
                    default=F("publication__recorded_at"),
                    output_field=DateTimeField(),
                ),
                F("created_at"),
            ),
        )
        .select_related(
            "platform",
            "publication",
            "engagement__owner",
            "engagement__campaign__owner",
            "engagement__relationship__creator",
        )
    )


def missing_rows(found: Iterable[Any]) -> list[MissingRow]:
    """Rows of `missing_of` as pages show them: no query."""
    return [MissingRow(row, Missing(row.missing), row.missing_since, _why(row)) for row in found]


def _why(row: Any) -> str:
    match Missing(row.missing):
        case Missing.LATE if row.state == DeliverableState.APPROVED:
            return "It is approved, and nobody has said where it is."
        case Missing.LATE:
            return f"It is still at “{row.get_state_display()}”."
        case Missing.GONE if row.publication.confirmed_at:
            return f"It was first seen on {row.publication.confirmed_at:%-d %B %Y}."
        case Missing.GONE:
            return "Nobody has ever seen it at its address."
    return "No import has brought it, and nobody has added a capture."
