"""Who takes part in an experiment now: set-based, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Case, Value, When

from campaigns.models.engagements import LEFT
from segmentation.models import Experiment, ExperimentArm
from segmentation.services.unpitched import UNPITCHED

# A creator of the brand is in the campaign, in the segment that takes part, in the segments of
# arms, and in a stratum: the first of the dimension's segments, in order. Whom a playbook says not
# to pitch gets no offer by chance. Who objects to profiling is in no segment here, so they take
# part by chance alone, and in no stratum (docs/adr/0015).
_PEOPLE = f"""
SELECT r.id, c.uid, c.name,
  coalesce((
    SELECT s.key FROM segmentation_membership m JOIN segmentation_segment s ON s.id = m.segment_id
    WHERE m.creator_id = r.creator_id AND m.left_at IS NULL AND s.dimension_id = %(dimension)s
      AND r.unprofiled_at IS NULL
    ORDER BY s.position, s.key LIMIT 1
  ), '') AS stratum,
  ARRAY(
    SELECT m.segment_id FROM segmentation_membership m
    WHERE m.creator_id = r.creator_id AND m.left_at IS NULL AND m.segment_id = ANY(%(arms)s)
  ) AS arms
FROM crm_relationship r JOIN crm_creator c ON c.id = r.creator_id
WHERE r.brand_id = %(brand)s
  AND (%(campaign)s::bigint IS NULL OR EXISTS (
    SELECT FROM campaigns_engagement e WHERE e.relationship_id = r.id
      AND e.campaign_id = %(campaign)s AND e.stage <> ALL(%(gone)s)))
  AND (%(segment)s::bigint IS NULL OR r.unprofiled_at IS NULL AND EXISTS (
    SELECT FROM segmentation_membership m WHERE m.creator_id = r.creator_id
      AND m.segment_id = %(segment)s AND m.left_at IS NULL))
  AND (cardinality(%(arms)s::bigint[]) = 0 OR r.unprofiled_at IS NULL AND EXISTS (
    SELECT FROM segmentation_membership m WHERE m.creator_id = r.creator_id
      AND m.segment_id = ANY(%(arms)s) AND m.left_at IS NULL))
  AND (%(is_asked)s OR r.creator_id NOT IN ({UNPITCHED}))
ORDER BY r.id
LIMIT %(most)s
"""  # noqa: S608 - names of ours
PEOPLE_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Person:
    """A creator who could take part. `arms` are those whose segments they are in."""

    relationship_id: int
    uid: str
    name: str
    stratum: str
    arms: tuple[int, ...]

    @property
    def is_in_several(self) -> bool:
        """Whether nobody can say which arm they stand for."""
        return len(self.arms) > 1


def people(experiment: Experiment, arms: Sequence[ExperimentArm]) -> list[Person]:
    """Everybody who would take part if it began now; one more than PEOPLE_MAX at most."""
    by_segment = {arm.segment_id: arm.pk for arm in arms if arm.segment_id is not None}
    with connection.cursor() as cursor:
        cursor.execute(
            _PEOPLE,
            {
                "brand": experiment.brand_id,
                "campaign": experiment.campaign_id,
                "segment": experiment.segment_id,
                "dimension": experiment.dimension_id,
                "arms": list(by_segment),
                "gone": [stage.value for stage in LEFT],
                # Of a campaign they were asked before; arms that are segments only look.
                "is_asked": experiment.campaign_id is not None or not experiment.is_by_chance,
                "most": PEOPLE_MAX + 1,
            },
        )
        return [
            Person(pk, str(uid), name, stratum, tuple(sorted(by_segment[one] for one in segments)))
            for pk, uid, name, stratum, segments in cursor.fetchall()
        ]


def counted(experiment: Experiment) -> list[tuple[int, int, str, str]]:
    """Whose outcomes a look counts: number of the assignment, relationship, arm's name, stratum.

    Who objects to profiling after the start is counted by chance alone, as in the draw: in no
    stratum, and not at all where a segment brought them in.
    """
    rows = experiment.assignments.order_by("number").annotate(
        kept_stratum=Case(When(relationship__unprofiled_at=None, then="stratum"), default=Value(""))
    )
    if experiment.segment_id is not None or not experiment.is_by_chance:
        rows = rows.filter(relationship__unprofiled_at=None)
    return list(rows.values_list("pk", "relationship_id", "arm__name", "kept_stratum"))


def without(found: Sequence[Person], known: Collection[int]) -> list[Person]:
    """Those who have no arm yet."""
    return [person for person in found if person.relationship_id not in known]
