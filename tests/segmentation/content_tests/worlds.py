"""Content tests and what comes of them, for tests."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from campaigns.models import Click, Deliverable, Engagement
from segmentation.choices import ContentElement, OutcomeMetric
from segmentation.services.content_tests import planning, reading
from segmentation.services.content_tests.planning import Plan, Wording
from tests.factories import NOW, RelationshipFactory

DAY = timedelta(days=1)


def planned(brand, campaign, **other):
    given = {
        "name": "Opening",
        "question": "Does a question at the start bring more clicks?",
        "element": ContentElement.HOOK,
        "metric": OutcomeMetric.CLICKS,
        "planned_lift": 0.5,
        "floor": 10,
        "target": "https://shop.example/",
        "variants": [Wording("Usual", "Begin as always."), Wording("Question", "Ask something.")],
        **other,
    }
    return planning.create(brand=brand, campaign=campaign, plan=Plan(**given), actor=None, at=NOW)


def add_pieces(brand, campaign, creators=16, each=1):
    for _ in range(creators):
        engagement = Engagement.objects.create(
            campaign=campaign, relationship=RelationshipFactory(brand=brand), stage="contracted"
        )
        for number in range(each):
            Deliverable.objects.create(
                engagement=engagement,
                title=f"Reel {number}",
                platform_id="instagram",
                kind="tutorial",
                form="short_video",
            )


def publish(running, at=NOW):
    """All pieces are out."""
    Deliverable.objects.filter(engagement__campaign=running.campaign).update(
        state="published", published_at=at
    )


def click(running, better=10, usual=1):
    """All pieces are out, with so many clicks each; creators differ a little."""
    publish(running)
    at = NOW + DAY
    made = [
        Click(id=uuid4(), brand=running.brand, link=piece.link, at=at, day=at.date())
        for piece in running.pieces.select_related("variant", "link", "deliverable")
        for _ in range(
            (usual if piece.variant.is_control else better) + piece.deliverable.engagement_id % 2
        )
    ]
    Click.objects.bulk_create(made)


def have_read(running, at=NOW + 2 * DAY):
    found = reading.ask(test_id=running.pk, actor=None, at=at)
    reading.read(reading_id=found.pk, at=at)
    found.refresh_from_db()
    return found
