"""What a creator's next post is expected to bring, as facts: as it was told at the moment."""

from __future__ import annotations

from collections.abc import Iterator

from segmentation.facts.sources import From
from segmentation.rules.facts import Fact

SOURCE = "Forecast"
MIDDLE, LOW, HIGH, POSTS = (
    "expected_views",
    "expected_views_low",
    "expected_views_high",
    "expected_views_posts",
)
KEYS = (MIDDLE, LOW, HIGH, POSTS)
# What held at the moment; of two people who were merged both may have left one, and the newest
# counts.
_HELD = (
    "(SELECT {what}::float8 FROM segmentation_expectedviews x "
    "JOIN crm_relationship k ON k.id = x.relationship_id "
    "WHERE k.brand_id = {brand} AND k.creator_id = f.creator_id AND x.told_at <= f.moment "
    "AND (x.replaced_at IS NULL OR x.replaced_at > f.moment) ORDER BY x.told_at DESC LIMIT 1)"
)


def expected(brand_id: int) -> Iterator[Fact]:
    """How often the next post will be seen, in between what, and how many posts that rests on."""
    given = From(SOURCE)
    for key, what, label, description in (
        (
            MIDDLE,
            "round(x.middle)",
            "Expected views",
            (
                "Views that the next post is expected to get, on the platform where that is most: "
                "half of outcomes are above. Unknown where too little is known to forecast."
            ),
        ),
        (
            LOW,
            "round(x.low)",
            "Expected views, low",
            (
                "The lower end of the interval of the expected views, which holds 80 % of outcomes "
                "unless the brand chose otherwise."
            ),
        ),
        (
            HIGH,
            "round(x.high)",
            "Expected views, high",
            "The upper end of the interval of the expected views.",
        ),
    ):
        sql = _HELD.format(what=what, brand=brand_id)
        yield given.count(key, label, "views", description, sql=sql)
    yield given.count(
        POSTS,
        "Posts behind the expected views",
        "posts",
        "How many own posts the forecast rests on; 0 where it is made of followers and segments "
        "alone.",
        sql=_HELD.format(what="x.own", brand=brand_id),
    )
