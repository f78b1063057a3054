"""Cards in numbers, for tests of the board: made by one statement."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from crm.choices import Stage
from crm.models import Brand

FILL = """
WITH made AS (
  INSERT INTO crm_creator (uid, name, creator_type, country, language, profession, created_at,
    updated_at)
  SELECT gen_random_uuid(), 'Creator ' || lpad(n::text, 4, '0'), 'external', '', '', '', now(),
    now()
  FROM generate_series(0, %(cards)s - 1) n RETURNING id, right(name, 4)::integer AS n
), known AS (
  INSERT INTO crm_profile (creator_id, platform_id, handle, display_name, url, external_id, bio,
    metrics_source, created_at)
  SELECT id, 'tiktok', 'creator' || id, '', '', '', '', 'vendor', now() FROM made
), related AS (
  INSERT INTO crm_relationship (brand_id, creator_id, stage, stage_since, since, next_step,
    version, created_at)
  SELECT %(brand)s, id, (%(stages)s::text[])[n %% cardinality(%(stages)s::text[]) + 1],
    now() - interval '1 day' - n * interval '1 minute', now() - interval '900 days', '', 1, now()
  FROM made RETURNING id, stage, stage_since
)
INSERT INTO crm_stagechange (relationship_id, from_stage, stage, entered_at, reason)
SELECT id, '', stage, stage_since, '' FROM related
"""


def fill(brand: Brand, cards: int, stages: Sequence[Stage]) -> None:
    """So many cards, one in each stage by turns; the lowest numbers stand highest."""
    with connection.cursor() as cursor:
        values = {"brand": brand.pk, "cards": cards, "stages": [stage.value for stage in stages]}
        cursor.execute(FILL, values)
        # As autovacuum does in time: without statistics the planner takes the tables for empty.
        cursor.execute("ANALYZE crm_creator, crm_profile, crm_relationship, crm_stagechange")
