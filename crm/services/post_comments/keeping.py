"""Keep comments: each once, by the platform's key, below a post of a creator of the brand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from crm import audit
from crm.choices import Source
from crm.models import Brand, CommentBatch, Post, User
from crm.services.post_comments.authors import number_of

COMMENTS_MAX = 50_000
# In the place of a file's name.
OVER_REST = "over REST"
KEY_MAX = 200
TEXT_MAX = 10_000
LIKES_MAX = 2**31 - 1
FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
# Clocks of two machines differ a little.
_AHEAD = timedelta(minutes=5)

_KEEP = """
INSERT INTO crm_postcomment (brand_id, post_id, external_id, parent_key, author, text,
  published_at, likes, source, batch_id, created_at)
SELECT %(brand)s, post, key, parent, author, words, published, likes, %(source)s, %(batch)s, %(at)s
FROM unnest(%(posts)s::bigint[], %(keys)s::text[], %(parents)s::text[], %(authors)s::bigint[],
  %(texts)s::text[], %(published)s::timestamptz[], %(likes)s::int[])
  AS told (post, key, parent, author, words, published, likes)
ORDER BY post, key
ON CONFLICT (post_id, brand_id, external_id) DO NOTHING
RETURNING post_id
"""
_WAIT = """
INSERT INTO crm_commentthread (brand_id, post_id, waits_since)
SELECT %(brand)s, post, %(at)s FROM unnest(%(posts)s::bigint[]) AS told (post) ORDER BY post
ON CONFLICT (post_id, brand_id) DO UPDATE SET waits_since = coalesce(
  crm_commentthread.waits_since, excluded.waits_since)
"""


class CommentsRefused(Exception):
    """Nothing was kept; the message is fit for the user.

    field  the input at fault
    place  which of the comments, from 0; None: all of them together
    """

    def __init__(
        self, message: str, *, code: str, field: str = "", place: int | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.place = place


@dataclass(frozen=True)
class Told:
    """A comment as it was given. `author` is the platform's key of whoever wrote it, if known.

    parent  the key of the comment that it answers
    likes   None: not known
    """

    post_id: int
    key: str
    text: str
    author: str = ""
    parent: str = ""
    published_at: datetime | None = None
    likes: int | None = None


@dataclass(frozen=True)
class Kept:
    """How many comments were new, how many were known, and below how many posts they are."""

    new: int
    known: int
    posts: int


@transaction.atomic
def tell(
    *,
    brand: Brand,
    comments: Sequence[Told],
    source: Source,
    actor: User | None,
    at: datetime,
    batch: CommentBatch | None = None,
) -> Kept:
    """Keep comments, all or none; what is known by its key stays as it was told first.

    Without a `batch` they get one of their own, so that they can be taken back as a file can.

    Raises CommentsRefused.
    """
    if not 0 < len(comments) <= COMMENTS_MAX:
        msg = f"Between one and {COMMENTS_MAX:,} comments at once."
        raise CommentsRefused(msg, code="too_many", field="comments")
    platforms = platforms_of(brand, {one.post_id for one in comments})
    once: dict[tuple[int, str], Told] = {}
    for place, one in enumerate(comments):
        check(one, at=at, place=place)
        if one.post_id not in platforms:
            msg = "There is no post of this number among those of your creators."
            raise CommentsRefused(msg, code="unknown_post", field="post", place=place)
        if once.setdefault((one.post_id, one.key), one) != one:
            msg = f"The comment {one.key} is here twice, with another content."
            raise CommentsRefused(msg, code="known_differently", field="key", place=place)
    into = batch or CommentBatch.objects.create(
        brand=brand, file_name=OVER_REST, created_by=actor, created_at=at
    )
    new = _insert(brand, list(once.values()), platforms, source=source, at=at, batch=into)
    kept = Kept(len(new), len(comments) - len(new), len(platforms))
    if new:
        wait_for(brand, set(new), at=at)
        into.comments_new, into.comments_known, into.posts = kept.new, kept.known, kept.posts
        into.save(update_fields=["comments_new", "comments_known", "posts"])
    elif batch is None:
        into.delete()
    if new and batch is None:
        audit.record(
            brand=brand,
            verb="crm.post_comments.told",
            target=into,
            actor=actor,
            at=at,
            label=f"comments #{into.pk}",
            data={"comments": kept.new, "posts": kept.posts, "source": source},
        )
    return kept


def platforms_of(brand: Brand, posts: set[int]) -> Mapping[int, str]:
    """The platform of each post that is one of a creator of the brand."""
    rows = Post.objects.filter(pk__in=posts, creator__relationships__brand=brand)
    return dict(rows.values_list("pk", "profile__platform_id"))


def wait_for(brand: Brand, posts: set[int], *, at: datetime) -> None:
    """Have workers score what is below these posts, and add it up."""
    with connection.cursor() as cursor:
        cursor.execute(_WAIT, {"brand": brand.pk, "posts": sorted(posts), "at": at})


def check(one: Told, *, at: datetime, place: int | None = None) -> None:
    """Raise CommentsRefused where the comment cannot be kept, whatever post it is below."""
    if not one.key or len(one.key) > KEY_MAX:
        msg = f"A comment has a key, of {KEY_MAX} characters at most."
        raise CommentsRefused(msg, code="key_needed", field="key", place=place)
    if len(one.parent) > KEY_MAX or one.parent == one.key:
        msg = f"What it answers is another comment, whose key has {KEY_MAX} characters at most."
        raise CommentsRefused(msg, code="not_a_parent", field="parent", place=place)
    if not one.text.strip():
        msg = "A comment has words."
        raise CommentsRefused(msg, code="text_needed", field="text", place=place)
    if len(one.text) > TEXT_MAX:
        msg = f"A comment has {TEXT_MAX:,} characters at most."
        raise CommentsRefused(msg, code="too_long", field="text", place=place)
    if len(one.author) > KEY_MAX:
        msg = f"Who wrote it has a key of {KEY_MAX} characters at most."
        raise CommentsRefused(msg, code="too_long", field="author", place=place)
    if one.likes is not None and not 0 <= one.likes <= LIKES_MAX:
        msg = f"Likes lie between 0 and {LIKES_MAX:,}."
        raise CommentsRefused(msg, code="out_of_range", field="likes", place=place)
    if one.published_at is not None and not FIRST_MOMENT <= one.published_at <= at + _AHEAD:
        msg = f"Published between {FIRST_MOMENT:%-d %B %Y} and now."
        raise CommentsRefused(msg, code="out_of_range", field="published_at", place=place)


def _insert(
    brand: Brand,
    comments: Sequence[Told],
    platforms: Mapping[int, str],
    *,
    source: Source,
    at: datetime,
    batch: CommentBatch,
) -> list[int]:
    """The posts of those that were new, one for each comment."""
    authors = [
        number_of(brand_id=brand.pk, platform=platforms[one.post_id], key=one.author)
        for one in comments
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            {
                "brand": brand.pk,
                "posts": [one.post_id for one in comments],
                "keys": [one.key for one in comments],
                "parents": [one.parent for one in comments],
                "authors": authors,
                "texts": [one.text for one in comments],
                "published": [one.published_at for one in comments],
                "likes": [one.likes for one in comments],
                "source": source,
                "batch": batch.pk,
                "at": at,
            },
        )
        return [row[0] for row in cursor.fetchall()]
