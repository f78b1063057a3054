"""Counts of a post that somebody read off: one more row of its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from crm import audit
from crm.choices import Source
from crm.importers.vocabulary import POST_NUMBERS
from crm.models import Brand, Post, PostMetricSnapshot, User
from crm.services.facts import mark_changed
from crm.services.metrics import refresh_metrics

COUNTS = POST_NUMBERS
COUNT_MAX = 10**12
ROWS_MAX = 500
# Clocks of two machines differ a little.
_AHEAD = timedelta(minutes=5)


class CountsRefused(Exception):
    """Nothing was kept; the message is fit for the user, `field` names the input at fault.

    place  which of the moments, from 0; None: none of them by itself
    """

    def __init__(
        self, message: str, *, code: str, field: str = "", place: int | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.place = place


@dataclass(frozen=True)
class Counted:
    """Numbers of a post at a moment; what is not among the counts is not known."""

    captured_at: datetime
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Kept:
    """How many moments were new, and how many were there already."""

    new: int
    known: int


@transaction.atomic
def add_counts(
    *,
    post_id: int,
    brand: Brand,
    rows: Sequence[Counted],
    source: Source,
    actor: User | None,
    at: datetime,
) -> Kept:
    """Add numbers to a post's history, all or none; the newest become the post's own.

    What is there with the same numbers is left as it is; with others it is refused, since history
    is not overwritten. Raises CountsRefused.
    """
    post = Post.objects.select_for_update(no_key=True, of=("self",)).get(pk=post_id)
    if not 0 < len(rows) <= ROWS_MAX:
        msg = f"Between one and {ROWS_MAX} moments at once."
        raise CountsRefused(msg, code="too_many", field="rows")
    for place, row in enumerate(rows):
        _check(post, row, at, place)
    there = {
        found.captured_at: found
        for found in PostMetricSnapshot.objects.filter(post=post, source=source)
    }
    new = []
    for row in rows:
        before = there.get(row.captured_at)
        made = PostMetricSnapshot(
            post=post, captured_at=row.captured_at, source=source, **row.counts
        )
        if before is None:
            new.append(made)
            there[row.captured_at] = made
        elif any(getattr(before, name) != getattr(made, name) for name in COUNTS):
            moment = row.captured_at
            raise CountsRefused(
                f"There are other numbers of {moment:%Y-%m-%d %H:%M} already.",
                code="known_differently",
                field="captured_at",
            )
    if not new:
        return Kept(0, len(rows))
    PostMetricSnapshot.objects.bulk_create(new)
    _renew(post, new, source)
    refresh_metrics(creator_ids=[post.creator_id], as_of=at)
    mark_changed(brand=None, creator_ids=[post.creator_id], cause="post_counts")
    audit.record(
        brand=brand,
        verb="crm.post.counted",
        target=post,
        actor=actor,
        at=at,
        label=f"post {post.external_id}",
        data={"post": post.pk, "moments": len(new), "source": source},
    )
    return Kept(len(new), len(rows) - len(new))


def _check(post: Post, row: Counted, at: datetime, place: int) -> None:
    if not row.counts:
        msg = "Give at least one number."
        raise CountsRefused(msg, code="number_needed", field="likes", place=place)
    for name, number in row.counts.items():
        if not 0 <= number <= COUNT_MAX:
            msg = "A number lies between 0 and a million millions."
            raise CountsRefused(msg, code="out_of_range", field=name, place=place)
    if row.captured_at > at + _AHEAD:
        msg = "Nobody can have read that yet: the moment lies ahead."
        raise CountsRefused(msg, code="ahead", field="captured_at", place=place)
    if post.posted_at and row.captured_at < post.posted_at:
        msg = f"The post was published later, on {post.posted_at:%-d %B %Y at %H:%M} UTC."
        raise CountsRefused(msg, code="too_early", field="captured_at", place=place)


def _renew(post: Post, new: Sequence[PostMetricSnapshot], source: Source) -> None:
    """The post's own counts are the newest that are known of each."""
    newest = sorted(new, key=lambda row: row.captured_at)
    fresh = [row for row in newest if post.metrics_at is None or row.captured_at >= post.metrics_at]
    if not fresh:
        return
    for row in fresh:
        for name in COUNTS:
            number = getattr(row, name)
            if number is not None:
                setattr(post, name, number)
    post.metrics_at, post.metrics_source = fresh[-1].captured_at, source
    post.save(update_fields=[*COUNTS, "metrics_at", "metrics_source"])
