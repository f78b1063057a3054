"""Stories that will be gone before anybody has kept what they showed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from campaigns.choices import DeliverableState, ReviewStage
from campaigns.models import Deliverable, EvidenceFile
from crm.choices import PostKind
from crm.models import Brand

# A story is to be seen for a day.
LIVES = timedelta(hours=24)


def stories_to_capture(at: datetime, brand: Brand | None = None) -> QuerySet[Deliverable]:
    """Stories that are still to be seen, and of which no picture or film is kept."""
    shown = EvidenceFile.objects.filter(
        evidence__deliverable=OuterRef("pk"), evidence__stage=ReviewStage.LIVE
    )
    rows = Deliverable.objects.filter(
        ~Exists(shown),
        state=DeliverableState.PUBLISHED,
        form=PostKind.STORY,
        published_at__gt=at - LIVES,
        published_at__lte=at,
    )
    if brand is not None:
        rows = rows.filter(engagement__campaign__brand=brand)
    return rows.select_related(
        "platform",
        "engagement__campaign__brand",
        "engagement__campaign__owner",
        "engagement__owner",
        "engagement__relationship__creator",
    )
