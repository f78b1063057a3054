"""A small catalogue with at least one fact of each type, and the column each one would have."""

from __future__ import annotations

from datetime import UTC, datetime

from segmentation.rules.calendar import Calendar
from segmentation.rules.facts import Catalogue, Fact, FactType

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
    ]
)
