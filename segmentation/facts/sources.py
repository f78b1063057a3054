"""Where facts come from, and facts of one source."""

from __future__ import annotations

from dataclasses import dataclass

from segmentation.rules.facts import Fact, FactType

SNAPSHOTS = "Profile snapshots"
POSTS = "Posts"
RECORD = "Creator record"
AUDIENCE = "Audience snapshots"
RELATIONSHIP = "Relationship with the brand"
NORMS = "Posts and profile snapshots, against the brand's other creators"
ENGAGEMENT = "Posts, else profile snapshots"


@dataclass(frozen=True)
class From:
    """Facts of one source, to spare its name on every line."""

    source: str

    def fact(
        self,
        key: str,
        label: str,
        kind: FactType,
        description: str,
        *,
        sql: str = "",
        unit: str = "",
        minimum: float | None = None,
        maximum: float | None = None,
        choices: dict[str, str] | None = None,
        vocabulary: dict[str, int] | None = None,
    ) -> Fact:
        return Fact(
            key=key,
            label=label,
            type=kind,
            sql=sql or f"f.{key}",
            unit=unit,
            description=description,
            source=self.source,
            choices=choices,
            vocabulary=vocabulary,
            minimum=minimum,
            maximum=maximum,
        )

    def count(self, key: str, label: str, unit: str, description: str, *, sql: str = "") -> Fact:
        return self.fact(key, label, FactType.NUMBER, description, sql=sql, unit=unit, minimum=0)

    def share(self, key: str, label: str, description: str, maximum: float = 1.0) -> Fact:
        return self.fact(key, label, FactType.PERCENT, description, minimum=0, maximum=maximum)

    def days(self, key: str, label: str, since: str, description: str) -> Fact:
        sql = f"floor(extract(epoch FROM f.moment - f.{since}) / 86400)"
        return self.count(key, label, "days", description, sql=sql)
