"""Whether a rule in use asks for a fact: else nobody moves when it does."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from crm.models import Brand

_READ = """SELECT EXISTS (SELECT FROM segmentation_segmentversion v
    JOIN segmentation_segment s ON s.active_version_id = v.id
    CROSS JOIN unnest(%(keys)s::text[]) AS asked (word)
    WHERE s.brand_id = %(brand)s
      AND strpos(v.rule::text || coalesce(v.stay_rule::text, ''), asked.word) > 0)
  OR EXISTS (SELECT FROM segmentation_stageruleversion v
    JOIN segmentation_stagerule r ON r.id = v.stage_rule_id
    CROSS JOIN unnest(%(keys)s::text[]) AS asked (word)
    WHERE r.brand_id = %(brand)s AND v.used_until IS NULL
      AND strpos(v.rule::text, asked.word) > 0)"""


def is_read(brand: Brand, facts: Iterable[str]) -> bool:
    """Whether a segment or a rule about stages in use names one of these facts."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"brand": brand.pk, "keys": [f'"{fact}"' for fact in facts]})
        return bool(cursor.fetchone()[0])
