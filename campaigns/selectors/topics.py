"""Words on the rise by week, with the posts by which they were seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from campaigns.models import RisingTopic, TopicPost, TopicWeek
from crm.models import Brand

WEEKS_SHOWN = 26


@dataclass(frozen=True)
class Weeks:
    """The week that is shown, and those that can be; None: none was looked at yet."""

    shown: TopicWeek | None
    all: Sequence[TopicWeek]


def weeks_of(brand: Brand, asked: str) -> Weeks:
    """The newest, or the one whose Monday is `asked` (ISO 8601). One query."""
    found = list(TopicWeek.objects.filter(brand=brand).order_by("-week")[:WEEKS_SHOWN])
    shown = next((one for one in found if one.week.isoformat() == asked), None)
    return Weeks(shown or (found[0] if found else None), found)


def topics_of(week: TopicWeek) -> QuerySet[RisingTopic]:
    """Topics of a week with their evidence, those that chance makes least first. Two queries."""
    posts = TopicPost.objects.select_related("post__creator", "post__profile__platform")
    rows = RisingTopic.objects.filter(week=week).select_related("keyword", "decided_by")
    return rows.prefetch_related(Prefetch("evidence", posts.order_by("-post"))).order_by(
        "chance", "-creators", "pk"
    )
