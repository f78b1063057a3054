"""The talk about a piece: threads, and where they stand in the version that is shown."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.models import Comment, Deliverable, Draft
from campaigns.services.deliverables.anchors import Place, anchored


@dataclass(frozen=True)
class Thread:
    """A remark with its answers; `place` is in the text that is shown."""

    comment: Comment
    answers: Sequence[Comment]
    place: Place | None
    # It was about words that this version does not have any more.
    is_gone: bool

    @property
    def of_version(self) -> int:
        """The version on which it was written."""
        return self.comment.draft.number


@dataclass(frozen=True)
class Segment:
    """A stretch of the text, and the remarks that are about it."""

    text: str
    threads: tuple[int, ...]
    # The first stretch of a remark carries its mark.
    begins: tuple[int, ...]


def threads_of(
    deliverable: Deliverable,
    draft: Draft | None,
    *,
    for_creator: bool = False,
    link: int | None = None,
) -> list[Thread]:
    """The talk about a piece, seen from a version. A creator sees what is shown to them, an
    outside reviewer (`link`) their own remarks and the answers to them."""
    rows = (
        Comment.objects.filter(deliverable=deliverable)
        .select_related("draft", "file", "author", "resolved_by")
        .order_by("at", "pk")
    )
    if for_creator:
        rows = rows.for_creator()
    answers: dict[int, list[Comment]] = defaultdict(list)
    heads = []
    for comment in rows:
        if comment.parent_id is None:
            heads.append(comment)
        else:
            answers[comment.parent_id].append(comment)
    if link is not None:
        heads = [comment for comment in heads if comment.link_id == link]
    return [_thread(comment, answers[comment.pk], draft) for comment in heads]


def segments(text: str, threads: Sequence[Thread]) -> list[Segment]:
    """The text cut where remarks begin and end; settled ones leave no mark."""
    places = [
        (thread.comment.pk, thread.place)
        for thread in threads
        if thread.place is not None and thread.comment.resolved_at is None
    ]
    cuts = sorted(
        {0, len(text), *(edge for _pk, place in places for edge in (place.start, place.end))}
    )
    return [
        Segment(
            text[start:end],
            tuple(pk for pk, place in places if place.start <= start and end <= place.end),
            tuple(pk for pk, place in places if place.start == start),
        )
        for start, end in itertools.pairwise(cuts)
    ]


def _thread(comment: Comment, answers: Sequence[Comment], draft: Draft | None) -> Thread:
    if comment.start is None or comment.end is None or draft is None:
        return Thread(comment, answers, None, is_gone=False)
    place = anchored(comment.draft.text, draft.text, Place(comment.start, comment.end))
    return Thread(comment, answers, place, is_gone=place is None)
