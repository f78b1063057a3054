"""Where a segment is used: in the rules of others and of stages, and by audiences."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db import connection

from crm.models import Brand
from segmentation.choices import SegmentStatus
from segmentation.models import AudienceSegment, Segment, SegmentVersion, StageRule


@dataclass(frozen=True)
class Uses:
    """Who asks for a segment.

    Other segments by their rule in use or by a draft, rules of stages in use, and audiences.
    """

    rules: list[Segment]
    drafts: list[SegmentVersion]
    stages: list[StageRule]
    audiences: list[AudienceSegment]

    @property
    def is_any(self) -> bool:
        """Whether anything would miss the segment."""
        return bool(self.rules or self.drafts or self.stages or self.audiences)


# Every reference in a rule is an object with a member "segment", however deep it lies.
_REFERENCES = """
SELECT v.id, v.segment_id, s.active_version_id = v.id, named #>> '{{}}'
FROM segmentation_segmentversion v
JOIN segmentation_segment s ON s.id = v.segment_id
CROSS JOIN LATERAL (
  SELECT jsonb_path_query(v.rule, 'strict $.**.segment') AS named
  UNION SELECT jsonb_path_query(coalesce(v.stay_rule, 'null'), 'strict $.**.segment')
) leaves
WHERE s.brand_id = %(brand)s AND s.status <> %(archived)s
  AND (s.active_version_id = v.id OR v.activated_at IS NULL){only}
ORDER BY v.segment_id, v.number
"""


_OF_STAGES = """
SELECT DISTINCT r.id, named #>> '{{}}'
FROM segmentation_stageruleversion v
JOIN segmentation_stagerule r ON r.id = v.stage_rule_id
CROSS JOIN LATERAL jsonb_path_query(v.rule, 'strict $.**.segment') AS named
WHERE r.brand_id = %(brand)s AND v.used_until IS NULL{only}
"""
_ONLY = " AND named = to_jsonb(%(key)s::text)"


def _references(brand: Brand, key: str | None = None) -> list[tuple[int, int, bool, str]]:
    """(version, its segment, whether it is in use, the key of the segment it asks for)."""
    only = "" if key is None else _ONLY
    with connection.cursor() as cursor:
        cursor.execute(
            _REFERENCES.format(only=only),
            {"brand": brand.pk, "archived": SegmentStatus.ARCHIVED.value, "key": key},
        )
        return [(one[0], one[1], bool(one[2]), one[3]) for one in cursor.fetchall()]


def _of_stages(brand: Brand, key: str | None = None) -> list[tuple[int, str]]:
    """(rule of a stage in use, the key of the segment it asks for)."""
    with connection.cursor() as cursor:
        cursor.execute(
            _OF_STAGES.format(only="" if key is None else _ONLY), {"brand": brand.pk, "key": key}
        )
        return [(one[0], one[1]) for one in cursor.fetchall()]


def uses_of(segment: Segment) -> Uses:
    """Return what would miss the segment."""
    found = _references(segment.brand, segment.key)
    active = {owner for _, owner, is_used, _ in found if is_used and owner != segment.pk}
    drafts = {
        version for version, owner, is_used, _ in found if not is_used and owner != segment.pk
    }
    return Uses(
        rules=list(Segment.objects.filter(pk__in=active).order_by("name", "pk")),
        drafts=list(
            SegmentVersion.objects.filter(pk__in=drafts)
            .select_related("segment")
            .order_by("segment__name", "number")
        ),
        stages=list(
            StageRule.objects.filter(
                pk__in=[pk for pk, _ in _of_stages(segment.brand, segment.key)]
            )
        ),
        audiences=list(segment.audiences.order_by("position", "name", "pk")),
    )


def keys_asked_for(brand: Brand) -> set[str]:
    """Return the keys of the segments that a rule in use asks for, of a segment or a stage."""
    by_rules = {key for _, _, is_used, key in _references(brand) if is_used}
    return by_rules | {key for _, key in _of_stages(brand)}


def audiences_by_segment(brand: Brand) -> dict[int, list[str]]:
    """Return the names of the audiences of each segment that has any."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    linked = AudienceSegment.objects.filter(brand=brand, segments__isnull=False)
    for segment_id, name in linked.order_by("position", "pk").values_list("segments", "name"):
        found[segment_id].append(name)
    return dict(found)
