"""A small catalogue with at least one fact of each type, and the column each one would have.

With it a kind of record, `posts`, in a table of the tests' own, and segments to refer to.
"""

from __future__ import annotations

from datetime import UTC, datetime

from segmentation.rules.calendar import Calendar
from segmentation.rules.facts import Catalogue, Fact, FactType
from segmentation.rules.records import RecordType
from segmentation.rules.references import SegmentLink

AS_OF = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
COPENHAGEN = Calendar(timezone="Europe/Copenhagen", fiscal_year_start_month=4)

ROLES = {"educator": 1, "reviewer": 2, "entertainer": 3, "first-time": 4}
THEMES = {"skincare": 11, "spf": 12, "how to": 13, "is": 14}

COLUMNS = {
    "followers": "bigint",
    "fee": "numeric",
    "engagement_rate": "double precision",
    "growth": "double precision",
    "bio": "text",
    "role": "integer",
    "stage": "text",
    "stage_since": "timestamptz",
    "language": "text",
    "themes": "integer[]",
    "tags": "text[]",
    "joined_on": "date",
    "last_post_at": "timestamptz",
    "is_virtual": "boolean",
    "audience_country": "jsonb",
}


def _fact(key: str, label: str, fact_type: FactType, **more: object) -> Fact:
    return Fact(key=key, label=label, type=fact_type, sql=f"f.{key}", source="measured", **more)


# The table of the records, made by the tests that need it.
POSTS_TABLE = """CREATE TEMP TABLE sample_posts (id integer, creator_id bigint,
  posted_at timestamptz, recorded_at timestamptz, kind text, likes bigint, rate double precision,
  is_paid boolean,
  title text) ON COMMIT DROP"""
POSTS = RecordType(
    key="posts",
    label="posts",
    sql="sample_posts r",
    creator="r.creator_id",
    where="{creators:r.creator_id}",
    moment="r.posted_at",
    known="coalesce(r.posted_at, r.recorded_at)",
    order="r.id",
    fields=Catalogue(
        [
            Fact(
                key="kind",
                label="Kind",
                type=FactType.CHOICE,
                sql="r.kind",
                choices={"video": "Video", "image": "Image"},
            ),
            Fact(key="likes", label="Likes", type=FactType.NUMBER, sql="r.likes", minimum=0),
            Fact(key="rate", label="Rate", type=FactType.PERCENT, sql="r.rate", minimum=0),
            Fact(key="is_paid", label="Paid", type=FactType.BOOLEAN, sql="r.is_paid"),
            Fact(key="title", label="Title", type=FactType.TEXT, sql="r.title"),
            Fact(key="posted_at", label="Posted", type=FactType.MOMENT, sql="r.posted_at"),
        ]
    ),
)
# A diamond: `risky` and `big` both rest on `known`; `old` is out of use.
SEGMENTS = {
    link.key: link
    for link in (
        SegmentLink(key="known", name="Known"),
        SegmentLink(key="big", name="Big ones", refers_to=("known",)),
        SegmentLink(key="risk-high", name="High risk", refers_to=("known",)),
        SegmentLink(key="old", name="Old", is_in_use=False, status="archived"),
    )
}

CATALOGUE = Catalogue(
    [
        _fact("followers", "Followers", FactType.NUMBER, unit="followers", minimum=0),
        _fact("fee", "Fee", FactType.MONEY, unit="USD"),
        _fact("engagement_rate", "Engagement rate", FactType.PERCENT, minimum=0),
        _fact("growth", "Growth, 90 days", FactType.PERCENT, maximum=100),
        _fact("bio", "Bio", FactType.TEXT),
        _fact(
            "role",
            "Role",
            FactType.CHOICE,
            vocabulary=ROLES,
            choices={"educator": "Educator", "reviewer": "Reviewer"},
        ),
        _fact("stage", "Stage", FactType.CHOICE, choices={"prospect": "Prospect", "core": "Core"}),
        _fact("stage_since", "In this stage since", FactType.MOMENT),
        _fact("language", "Language", FactType.CHOICE),
        _fact("themes", "Themes", FactType.SET, vocabulary=THEMES),
        _fact("tags", "Tags", FactType.SET),
        _fact("joined_on", "Joined", FactType.DATE),
        _fact("last_post_at", "Last post", FactType.MOMENT),
        _fact("is_virtual", "Virtual creator", FactType.BOOLEAN),
        _fact(
            "audience_country",
            "Audience countries",
            FactType.DISTRIBUTION,
            choices={"DK": "Denmark", "SE": "Sweden", "25-34": "25 to 34"},
        ),
    ],
    records=[POSTS],
    segments=SEGMENTS,
)
