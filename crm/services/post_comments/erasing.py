"""What an erasure does to comments: those below the creator's posts go with all that is of them."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from crm.models import Brand, CommentThread, Creator, PostComment
from crm.services.privacy.parts import Own

# Those of the brand, and of brands that do not know the creator any more: nobody else keeps them.
_THEIRS = """
SELECT c.id FROM {table} c JOIN crm_post p ON p.id = c.post_id
WHERE p.creator_id = %(creator)s AND (c.brand_id = %(brand)s OR NOT EXISTS (
  SELECT FROM crm_relationship r
  WHERE r.creator_id = p.creator_id AND r.brand_id = c.brand_id))
"""
_OF = {
    "crm_commentlabel": ("comment_id", "crm_postcomment"),
    "crm_commentsorting": ("comment_id", "crm_postcomment"),
    "crm_commentscore": ("comment_id", "crm_postcomment"),
    "crm_postcomment": ("id", "crm_postcomment"),
    "crm_commentthread": ("id", "crm_commentthread"),
}
_ERASE = tuple(
    f"DELETE FROM {table} WHERE {column} IN ({_THEIRS.format(table=whose)})"  # noqa: S608 - names of ours
    for table, (column, whose) in _OF.items()
)


def lock(_brand: Brand) -> None:
    """Nobody changes comments: what is scored meanwhile is scored again, or gone."""


def count(brand: Brand, creator: Creator) -> dict[str, int]:
    """The comments, which go."""
    found = PostComment.objects.filter(brand=brand, post__creator=creator).count()
    return {"Comments below posts": found} if found else {}


def erase(brand: Brand, creator: Creator, _heir: int | None, _at: datetime) -> None:
    """Delete them with their scores and sums."""
    with connection.cursor() as cursor:
        for sql in _ERASE:
            cursor.execute(sql, {"brand": brand.pk, "creator": creator.pk})


PART = Own(
    tables=frozenset(
        {
            CommentThread._meta.label,
            PostComment._meta.label,
            "crm.CommentLabel",
            "crm.CommentScore",
            "crm.CommentSorting",
        }
    ),
    lock=lock,
    count=count,
    erase=erase,
)
