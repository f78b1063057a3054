"""The floor of an import: rows that are clean already, copied and inserted with plain SQL."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from crm.models import Brand

CHUNK = 1 << 20

STAGE = """
CREATE UNLOGGED TABLE bench_clean (
  handle text, name text, followers bigint, rate double precision, email text, niche text,
  niche_key text, country text,
  creator_id bigint DEFAULT nextval(pg_get_serial_sequence('crm_creator', 'id')),
  profile_id bigint DEFAULT nextval(pg_get_serial_sequence('crm_profile', 'id')),
  relationship_id bigint DEFAULT nextval(pg_get_serial_sequence('crm_relationship', 'id'))
)"""
COPY = (
    "COPY bench_clean (handle, name, followers, rate, email, niche, niche_key, country) FROM STDIN"
)

INSERTS = (
    """
INSERT INTO crm_creator (id, uid, name, creator_type, country, language, profession, created_at,
  updated_at)
SELECT creator_id, gen_random_uuid(), name, 'external', country, '', '', now(), now()
FROM bench_clean""",
    """
INSERT INTO crm_profile (id, creator_id, platform_id, handle, display_name, url, external_id, bio,
  followers, engagement_rate, metrics_at, metrics_source, created_at)
SELECT profile_id, creator_id, 'instagram', handle, '', '', '', '', followers, rate, %(at)s,
  'vendor', now()
FROM bench_clean
ON CONFLICT (platform_id, handle) DO UPDATE SET followers = excluded.followers,
  engagement_rate = excluded.engagement_rate, metrics_at = excluded.metrics_at""",
    """
INSERT INTO crm_metricsnapshot (profile_id, captured_at, source, followers, engagement_rate)
SELECT profile_id, %(at)s, 'vendor', followers, rate FROM bench_clean
ON CONFLICT (profile_id, captured_at, source) DO NOTHING""",
    """
INSERT INTO crm_contactpoint (brand_id, creator_id, kind, value, created_at)
SELECT %(brand)s, creator_id, 'email', email, now() FROM bench_clean
ON CONFLICT (brand_id, kind, value) DO NOTHING""",
    """
INSERT INTO crm_niche (key, label) SELECT DISTINCT niche_key, niche FROM bench_clean
ON CONFLICT (key) DO NOTHING""",
    """
INSERT INTO crm_creatorniche (creator_id, niche_id, source)
SELECT c.creator_id, n.id, 'vendor' FROM bench_clean c JOIN crm_niche n ON n.key = c.niche_key
ON CONFLICT (creator_id, niche_id) DO NOTHING""",
    """
INSERT INTO crm_relationship (id, brand_id, creator_id, stage, stage_since, since, next_step,
  version, created_at)
SELECT relationship_id, %(brand)s, creator_id, 'prospect', %(at)s, %(at)s, '', 1, now()
FROM bench_clean ON CONFLICT (brand_id, creator_id) DO NOTHING""",
    """
INSERT INTO crm_stagechange (relationship_id, from_stage, stage, entered_at, reason)
SELECT relationship_id, '', 'prospect', %(at)s, '' FROM bench_clean""",
    """
INSERT INTO crm_creatormetrics (creator_id, as_of, followers, followers_at, followers_total,
  primary_platform_id, primary_handle, platforms_count, platforms, engagement_rate,
  engagement_posts, engagement_source, platform_rates)
SELECT creator_id, %(at)s, followers, %(at)s, followers, 'instagram', handle, 1, '{1}', rate, 0,
  'vendor', jsonb_build_object('instagram', rate)
FROM bench_clean
ON CONFLICT (creator_id) DO UPDATE SET followers = excluded.followers,
  engagement_rate = excluded.engagement_rate""",
)


def load(clean: Path, *, brand: Brand, at: datetime) -> None:
    """Copy the clean rows into a staging table and insert them, in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STAGE)
        with clean.open("rb") as file, cursor.copy(COPY) as copy:
            while chunk := file.read(CHUNK):
                copy.write(chunk)
        cursor.execute("ANALYZE bench_clean")
        for statement in INSERTS:
            cursor.execute(statement, {"brand": brand.pk, "at": at})
        cursor.execute("DROP TABLE bench_clean")
