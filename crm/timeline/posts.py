"""What the creator published, as far as somebody told us."""

from __future__ import annotations

from collections.abc import Iterator

from crm.models import Post, Relationship
from crm.timeline.events import Event, Source, Window

_SHOWN = 280


def _find(relationship: Relationship, window: Window) -> Iterator[Event]:
    rows = Post.objects.filter(
        creator=relationship.creator_id, posted_at__isnull=False
    ).select_related("profile__platform")
    for row in window.rows(rows, at="posted_at"):
        platform = row.profile.platform.name
        paid = ", marked as paid partnership" if row.is_paid_partnership else ""
        url = row.url if row.url.startswith(("https://", "http://")) else ""
        yield Event(
            at=row.posted_at,
            kind="post",
            title=f"{row.get_kind_display()} on {platform} by {row.profile.handle}{paid}",
            text=(row.title or row.caption)[:_SHOWN],
            number=row.pk,
            url=url,
            link="The post" if url else "",
        )


SOURCE = Source("post", "Posts", "photo", _find, by_default=False)
