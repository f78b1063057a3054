"""In which formats a creator posts, as facts: as they were last looked at by the moment."""

from __future__ import annotations

from collections.abc import Iterator

from campaigns.choices import ContentKind
from segmentation.facts.sources import From
from segmentation.rules.facts import Fact, FactType

SOURCE = "Formats of posts"
MAIN, SHARES, POSTS = "main_format", "format_shares", "format_posts"
KEYS = (MAIN, SHARES, POSTS)
# With fewer posts whose format is known a share says nothing.
LEAST = 5

_HELD = (
    "(SELECT {what} FROM campaigns_formatreading x "
    "JOIN crm_relationship k ON k.id = x.relationship_id "
    "WHERE k.brand_id = {brand} AND k.creator_id = f.creator_id AND x.read_at <= f.moment "
    "AND (x.superseded_at IS NULL OR x.superseded_at > f.moment) "
    "ORDER BY x.read_at DESC, x.id DESC LIMIT 1)"
)
_ALL = "(SELECT coalesce(sum(v.value::integer), 0) FROM jsonb_each_text(x.counts) v)"
# Of equal ones the first by key.
_MAIN = (
    f"(SELECT c.key FROM jsonb_each_text(x.counts) c WHERE {_ALL} >= {LEAST} "  # noqa: S608 - ours
    "ORDER BY c.value::integer DESC, c.key LIMIT 1)"
)
# A format in which nobody saw them post is one of no share: that is known.
_NAMED = ", ".join(f"'{kind.value}'" for kind in ContentKind)
_SHARES = (
    "(SELECT jsonb_object_agg(w.key, coalesce((x.counts ->> w.key)::float8, 0) / t.posts) "  # noqa: S608 - ours
    f"FROM unnest(ARRAY[{_NAMED}]) w (key) CROSS JOIN (SELECT {_ALL} AS posts) t "
    f"WHERE t.posts >= {LEAST})"
)


def formats(brand_id: int) -> Iterator[Fact]:
    """The format of most posts, the share of each, and how many posts that is told of."""
    given = From(SOURCE)
    names = {kind.value: str(kind.label) for kind in ContentKind}
    known = (
        "of the newest 200 posts of a year whose format is known: as a person says, as our piece "
        f"was to be, or by words. Unknown with fewer than {LEAST}."
    )
    yield given.fact(
        MAIN,
        "Main format",
        FactType.CHOICE,
        f"The format of most posts, {known}",
        sql=_HELD.format(what=_MAIN, brand=brand_id),
        choices=names,
    )
    yield given.fact(
        SHARES,
        "Shares of formats",
        FactType.DISTRIBUTION,
        f"Share of posts by format, {known}",
        sql=_HELD.format(what=_SHARES, brand=brand_id),
        choices=names,
    )
    yield given.count(
        POSTS,
        "Posts behind the formats",
        "posts",
        "How many of those posts have a format that is known.",
        sql=_HELD.format(what=_ALL, brand=brand_id),
    )
