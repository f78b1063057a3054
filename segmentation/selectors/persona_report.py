"""Personas side by side: how many they are, who has several, and who is asked instead of pitched.

Of the brand's dimensions with precedence (F163 to F167). A constant number of statements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from campaigns.models.campaigns import OPEN_CAMPAIGNS
from campaigns.models.engagements import OPEN_STAGES
from crm.choices import Stage
from crm.models import Brand
from segmentation.choices import SegmentStatus
from segmentation.models import Dimension, Playbook, Segment

# Of people who adopt something new, as the adoption curve has it (Wrench quotes 2.5 %, 13.5 %
# and twice 34 %; the rest are last). Influencer is a role beside the curve.
CURVE: Mapping[str, float] = {
    "persona-innovator": 0.025,
    "persona-early-adopter": 0.135,
    "persona-majority": 0.68,
    "persona-late-adopter": 0.16,
}
# As many creators as a page lists; the numbers beside them count all.
LISTED = 100
USED = (SegmentStatus.ACTIVE, SegmentStatus.BROKEN)

# Each tag of each creator, with its place among their tags of the dimension: 1 is the one that
# counts. Who objects to profiling is in no segment, and is left out should a run be late.
_TAGS = """
WITH tags AS (
  SELECT r.id AS relationship_id, r.creator_id, r.stage, s.id AS segment_id, m.entered_at,
    row_number() OVER (PARTITION BY r.id ORDER BY s.position, s.key) AS place
  FROM segmentation_segment s
  JOIN segmentation_membership m ON m.segment_id = s.id AND m.left_at IS NULL
  JOIN crm_relationship r ON r.brand_id = s.brand_id AND r.creator_id = m.creator_id
  WHERE s.dimension_id = %(dimension)s AND s.status = ANY(%(used)s) AND r.unprofiled_at IS NULL
)"""
_COUNTS = f"""{_TAGS}
SELECT segment_id, count(*), count(*) FILTER (WHERE place = 1),
  count(*) FILTER (WHERE place = 1 AND stage = ANY(%(close)s)),
  count(*) FILTER (WHERE place = 1 AND stage = %(first)s)
FROM tags GROUP BY segment_id"""  # noqa: S608 - names of ours
_KNOWN = """SELECT count(*) FROM crm_relationship
WHERE brand_id = %(brand)s AND unprofiled_at IS NULL AND erased_at IS NULL"""
_PAIRS = f"""{_TAGS}
SELECT a.segment_id, b.segment_id, count(*)
FROM tags a JOIN tags b ON b.relationship_id = a.relationship_id AND b.place > 1
WHERE a.place = 1 GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"""  # noqa: S608 - names of ours
_SEVERAL = f"""{_TAGS}
SELECT c.uid, c.name, x.segments, count(*) OVER ()
FROM (
  SELECT creator_id, array_agg(segment_id ORDER BY place) AS segments
  FROM tags GROUP BY creator_id HAVING count(*) > 1
) x JOIN crm_creator c ON c.id = x.creator_id
ORDER BY cardinality(x.segments) DESC, c.name, c.id LIMIT %(most)s"""  # noqa: S608 - names of ours
_PANEL = f"""{_TAGS}
SELECT c.uid, c.name, t.segment_id, t.entered_at, ARRAY(
    SELECT g.key FROM campaigns_engagement e JOIN campaigns_campaign g ON g.id = e.campaign_id
    WHERE e.relationship_id = t.relationship_id AND e.stage = ANY(%(open_stages)s)
      AND g.status = ANY(%(open_campaigns)s) ORDER BY g.key),
  count(*) OVER ()
FROM tags t JOIN segmentation_playbook p ON p.segment_id = t.segment_id AND p.do_not_pitch
JOIN crm_creator c ON c.id = t.creator_id
WHERE t.place = 1 ORDER BY c.name, c.id LIMIT %(most)s"""  # noqa: S608 - names of ours


@dataclass(frozen=True)
class PersonaRow:
    """A persona with its numbers and what is recommended to its creators."""

    segment: Segment
    playbook: Playbook | None
    # With the tag; for whom it is the one that counts.
    tagged: int
    effective: int
    # Of those for whom it counts: core partners and advocates; first collaborations.
    close: int
    first: int
    known: int

    @property
    def share(self) -> float | None:
        """Of the creators whom the brand knows; None: it knows nobody."""
        return self.effective / self.known if self.known else None

    @property
    def curve(self) -> float | None:
        """What the adoption curve has; None: the persona is none of it."""
        return CURVE.get(self.segment.key)

    @property
    def affinity(self) -> float | None:
        """How many of them are core partners or advocates: what adopting the brand means."""
        return self.close / self.effective if self.effective else None

    @property
    def rule(self) -> str:
        """Who belongs to it, as text; empty where no version is in use."""
        version = self.segment.active_version
        return version.rule_text if version else ""


@dataclass(frozen=True)
class Pair:
    """How many creators have two tags of which the first counts."""

    counts: Segment
    suppressed: Segment
    creators: int


@dataclass(frozen=True)
class Several:
    """A creator with several tags, in order of precedence."""

    uid: UUID
    name: str
    tags: Sequence[Segment]

    @property
    def reason(self) -> str:
        """Why the others do not count."""
        return f"{self.tags[0].name} comes first in the order of the dimension"


@dataclass(frozen=True)
class Panelist:
    """Somebody who is asked for feedback and not pitched; `campaigns` are open ones they are in."""

    uid: UUID
    name: str
    persona: Segment
    since: Any
    campaigns: Sequence[str]


@dataclass(frozen=True)
class Report:
    """All of it, for one dimension."""

    dimension: Dimension
    rows: Sequence[PersonaRow]
    known: int
    pairs: Sequence[Pair]
    several: Sequence[Several]
    several_count: int
    panel: Sequence[Panelist]
    panel_count: int

    @property
    def untagged(self) -> int:
        """Known creators for whom no persona counts: their rules said no, or nobody knows."""
        return max(self.known - sum(row.effective for row in self.rows), 0)

    @property
    def chart(self) -> dict[str, Any]:
        """Shares of known creators, beside those of the adoption curve."""
        return {
            "type": "bar",
            "unit": "fraction",
            "x": [row.segment.name for row in self.rows],
            "series": [
                {"name": "Of your creators", "data": [row.share for row in self.rows]},
                {"name": "Adoption curve", "data": [row.curve for row in self.rows]},
            ],
        }


def dimensions_of(brand: Brand) -> list[Dimension]:
    """Those in which the first tag counts."""
    rows = Dimension.objects.filter(brand=brand, has_precedence=True)
    return list(rows.order_by("position", "key"))


def report_of(dimension: Dimension) -> Report:
    """The personas of a dimension: seven statements."""
    segments = list(
        Segment.objects.filter(dimension=dimension, status__in=USED)
        .select_related("active_version")
        .order_by("position", "key")
    )
    by_pk = {segment.pk: segment for segment in segments}
    playbooks = Playbook.objects.in_bulk(by_pk)
    asked: dict[str, Any] = {
        "brand": dimension.brand_id,
        "dimension": dimension.pk,
        "used": [status.value for status in USED],
        "close": [Stage.CORE.value, Stage.ADVOCATE.value],
        "first": Stage.FIRST_TIME.value,
        "open_stages": [stage.value for stage in OPEN_STAGES],
        "open_campaigns": [status.value for status in OPEN_CAMPAIGNS],
        "most": LISTED,
    }

    def rows_of(statement: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, asked)
            return list(cursor.fetchall())

    counts = {row[0]: row[1:] for row in rows_of(_COUNTS)}
    ((known,),) = rows_of(_KNOWN)
    several, panel = rows_of(_SEVERAL), rows_of(_PANEL)
    return Report(
        dimension=dimension,
        rows=[
            _row(segment, playbooks.get(segment.pk), counts.get(segment.pk, (0, 0, 0, 0)), known)
            for segment in segments
        ],
        known=known,
        pairs=[Pair(by_pk[one], by_pk[other], n) for one, other, n in rows_of(_PAIRS)],
        several=[Several(uid, name, [by_pk[pk] for pk in tags]) for uid, name, tags, _ in several],
        several_count=several[0][-1] if several else 0,
        panel=[
            Panelist(uid, name, by_pk[pk], since, campaigns)
            for uid, name, pk, since, campaigns, _ in panel
        ],
        panel_count=panel[0][-1] if panel else 0,
    )


def _row(
    segment: Segment, playbook: Playbook | None, counts: Sequence[int], known: int
) -> PersonaRow:
    tagged, effective, close, first = counts
    return PersonaRow(segment, playbook, tagged, effective, close, first, known)
