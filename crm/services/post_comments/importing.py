"""A file of comments: all of it or nothing, and its undoing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import connection, transaction

from crm import audit
from crm.choices import Source
from crm.importers.dates import DateForm, parse_moment
from crm.importers.numbers import BadValue, is_missing, parse_count
from crm.importers.tables import Line, TableRefused, read_table
from crm.models import Brand, CommentBatch, Post, PostComment, User
from crm.services.post_comments.keeping import CommentsRefused, Told, check, tell, wait_for

# The headings that exports of platforms and tools have, in small letters.
COLUMNS: Mapping[str, Sequence[str]] = {
    "post": ("post", "post_id", "post id", "video_id", "videoid", "video id", "media_id"),
    "key": ("key", "comment_id", "comment id", "commentid", "id"),
    "text": ("text", "comment", "content", "message", "textoriginal", "textdisplay"),
    "author": ("author", "author_id", "author id", "authorchannelid", "username", "from.id"),
    "parent": ("parent", "parent_id", "parent id", "parentid", "reply_to", "parent.id"),
    "published": ("published", "published_at", "publishedat", "date", "created_time", "timestamp"),
    "likes": ("likes", "like_count", "likecount", "like count"),
    "platform": ("platform",),
}
REQUIRED = ("post", "key", "text")


@dataclass(frozen=True)
class _Keyed:
    """A post by the platform's key of it."""

    pk: int
    platform: str


@transaction.atomic
def import_comments(
    *,
    brand: Brand,
    upload: File[Any],
    source: Source,
    actor: User | None,
    at: datetime,
    mapping: Mapping[str, str] | None = None,
) -> CommentBatch:
    """Take a file in, whole or not at all.

    `mapping` says what headings are called in this file, by the names of COLUMNS. Raises
    TableRefused with every fault, each with its line.
    """
    columns = dict(COLUMNS)
    for name, heading in (mapping or {}).items():
        if name not in COLUMNS:
            raise TableRefused([f"There is no “{name[:40]}”: {', '.join(COLUMNS)}."])
        columns[name] = (heading.strip().lower(),)
    lines = read_table(upload, columns, required=REQUIRED)
    comments = _read(lines, _posts(brand, lines), at=at)
    batch = CommentBatch.objects.create(
        brand=brand, file_name=(upload.name or "comments")[:255], created_by=actor, created_at=at
    )
    try:
        kept = tell(brand=brand, comments=comments, source=source, actor=actor, at=at, batch=batch)
    except CommentsRefused as refusal:
        where = "" if refusal.place is None else f"Line {lines[refusal.place].number}: "
        raise TableRefused([f"{where}{refusal}"]) from None
    if not kept.new:  # what has something new is counted where it is kept
        batch.comments_known, batch.posts = kept.known, kept.posts
        batch.save(update_fields=["comments_known", "posts"])
    audit.record(
        brand=brand,
        verb="crm.post_comments.imported",
        target=batch,
        actor=actor,
        at=at,
        label=f"file #{batch.pk}",
        data={"comments": kept.new, "known": kept.known, "posts": kept.posts, "source": source},
    )
    return batch


@transaction.atomic
def undo_import(*, batch_id: int, brand: Brand, actor: User | None, at: datetime) -> CommentBatch:
    """Take a file back: the comments that it brought are gone. Raises CommentsRefused."""
    batch = CommentBatch.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=batch_id, brand=brand
    )
    if batch.undone_at is not None:
        msg = "This file was taken back already."
        raise CommentsRefused(msg, code="undone")
    posts = remove(brand, "batch_id = %(batch)s", batch=batch.pk)
    if posts:
        wait_for(brand, set(posts), at=at)
    batch.undone_at = at
    batch.save(update_fields=["undone_at"])
    audit.record(
        brand=brand,
        verb="crm.post_comments.import_undone",
        target=batch,
        actor=actor,
        at=at,
        label=f"file #{batch.pk}",
        data={"comments": len(posts)},
    )
    return batch


def remove(brand: Brand, which: str, **values: int) -> list[int]:
    """Delete comments and what was said of them. Returns the post of each; `which` is our SQL."""
    table = PostComment._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH gone AS (
              DELETE FROM {table} WHERE brand_id = %(brand)s AND {which} RETURNING id, post_id
            ), scores AS (
              DELETE FROM crm_commentscore WHERE comment_id IN (SELECT id FROM gone)
            ), sortings AS (
              DELETE FROM crm_commentsorting WHERE comment_id IN (SELECT id FROM gone)
            ), labels AS (
              DELETE FROM crm_commentlabel WHERE comment_id IN (SELECT id FROM gone)
            )
            SELECT post_id FROM gone""",  # noqa: S608 - SQL of ours, values are parameters
            {"brand": brand.pk, **values},
        )
        return [row[0] for row in cursor.fetchall()]


def _posts(brand: Brand, lines: Iterable[Line]) -> Mapping[str, list[_Keyed]]:
    """The posts of the brand's creators by the platforms' keys that the file names."""
    keys = {_cell(line, "post") for line in lines}
    rows = Post.objects.filter(external_id__in=keys, creator__relationships__brand=brand)
    found = defaultdict(list)
    for pk, key, platform in rows.values_list("pk", "external_id", "profile__platform_id"):
        found[key].append(_Keyed(pk, platform))
    return found


def _read(lines: Sequence[Line], posts: Mapping[str, list[_Keyed]], *, at: datetime) -> list[Told]:
    """The rows. Raises TableRefused with every fault."""
    found, faults = [], []
    for line in lines:
        try:
            told = Told(
                post_id=_post(line, posts),
                key=_cell(line, "key"),
                text=str(line.cells.get("text") or "").strip(),
                author=_cell(line, "author"),
                parent=_cell(line, "parent"),
                published_at=_moment(line.cells.get("published")),
                likes=parse_count(line.cells.get("likes")),
            )
            check(told, at=at)
        except (BadValue, CommentsRefused) as wrong:
            faults.append(f"Line {line.number}: {wrong}")
            continue
        found.append(told)
    if faults:
        raise TableRefused(faults)
    return found


def _post(line: Line, posts: Mapping[str, list[_Keyed]]) -> int:
    key, platform = _cell(line, "post"), _cell(line, "platform").lower()
    meant = [one for one in posts.get(key, []) if platform in ("", one.platform)]
    if not meant:
        msg = f"There is no post “{key[:60]}” of a creator of yours: take posts in first."
        raise BadValue("unknown_post", msg)
    if len(meant) > 1:
        msg = f"“{key[:60]}” is a post on several platforms: say which in a column “platform”."
        raise BadValue("ambiguous_post", msg)
    return meant[0].pk


def _moment(cell: object) -> datetime | None:
    """As ISO 8601 or in seconds since 1970; None: not known. Raises BadValue."""
    if is_missing(cell):
        return None
    for form in (DateForm.ISO, DateForm.EPOCH):
        with suppress(BadValue):
            return parse_moment(cell, form, year=1970)
    msg = f"“{str(cell)[:40]}” is no moment: write 2026-11-22T18:05:00Z."
    raise BadValue("not_a_moment", msg)


def _cell(line: Line, name: str) -> str:
    return str(line.cells.get(name) or "").strip()
