"""A brand with many creators, made by SQL: accounts, numbers, posts, niches, stages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction

from crm.models import Brand, Creator, Niche, Post, Profile, Relationship

NICHES = ("beauty", "fashion", "food", "travel", "fitness", "gaming", "music", "tech")
STAGES = (
    "ARRAY['prospect','prospect','prospect','first_time','core','advocate','lapsed','declined']"
)
PLATFORMS = "ARRAY['instagram','tiktok','youtube']"

# Made-up numbers without a random seed to keep: a hash of the creator and of what is asked for.
CHANCE = """
CREATE OR REPLACE FUNCTION bench_chance(n bigint, what integer) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT (hashint8extended(n, what) & 1048575)::double precision / 1048576 $$"""

STATEMENTS = (
    """
INSERT INTO crm_creator (id, uid, name, creator_type, country, language, profession, created_at,
  updated_at)
SELECT n, gen_random_uuid(), 'Creator ' || lpad(n::text, 7, '0'), 'external',
  (ARRAY['DK','SE','NO','DE','FR','GB','US',''])[1 + floor(bench_chance(n, 1) * 8)::int],
  '', '', %(at)s, %(at)s
FROM generate_series(1, %(rows)s) n""",
    f"""
INSERT INTO crm_profile (id, creator_id, platform_id, handle, display_name, url, external_id, bio,
  followers, engagement_rate, is_verified, metrics_at, metrics_source, created_at)
SELECT n, n, ({PLATFORMS})[1 + floor(bench_chance(n, 2) * 3)::int], 'creator.' || n, '', '', '', '',
  floor(exp(6 + 8 * bench_chance(n, 3))), NULL, bench_chance(n, 4) < 0.05, %(known)s, 'vendor',
  %(at)s
FROM generate_series(1, %(rows)s) n""",
    """
INSERT INTO crm_metricsnapshot (profile_id, captured_at, source, followers)
SELECT id, %(known)s, 'vendor', followers FROM crm_profile""",
    """
INSERT INTO crm_post (profile_id, creator_id, external_id, posted_at, kind, title, caption, url,
  language, is_paid_partnership, followers_at_post, likes, comments, views, metrics_at,
  metrics_source, created_at)
SELECT p.id, p.creator_id, p.id || '-' || k,
  %(at)s - make_interval(secs => 86400.0 * 200 * bench_chance(p.id * 16 + k, 5)),
  (ARRAY['image','carousel','short_video','video'])
    [1 + floor(bench_chance(p.id * 16 + k, 6) * 4)::int],
  '', '', '', '', bench_chance(p.id * 16 + k, 7) < 0.1, p.followers,
  p.followers * 0.1 * bench_chance(p.id * 16 + k, 8), p.followers * 0.01, p.followers * 0.5,
  %(at)s, 'vendor', %(at)s
FROM crm_profile p CROSS JOIN generate_series(1, %(posts)s) k
WHERE bench_chance(p.id, 9) < 0.8""",
    """
INSERT INTO crm_creatorniche (creator_id, niche_id, source)
SELECT n, (SELECT min(id) FROM crm_niche) + floor(bench_chance(n, 10) * %(niches)s)::bigint,
  'vendor'
FROM generate_series(1, %(rows)s) n WHERE bench_chance(n, 11) < 0.9""",
    f"""
INSERT INTO crm_relationship (id, brand_id, creator_id, stage, stage_since, since, next_step,
  version, created_at)
SELECT n, %(brand)s, n, ({STAGES})[1 + floor(bench_chance(n, 12) * 8)::int],
  %(known)s - make_interval(days => floor(300 * bench_chance(n, 13))::int),
  %(known)s - make_interval(days => 300), '', 1, %(at)s
FROM generate_series(1, %(rows)s) n""",
    """
INSERT INTO crm_stagechange (relationship_id, from_stage, stage, entered_at, reason)
SELECT id, '', stage, stage_since, '' FROM crm_relationship""",
    """
INSERT INTO crm_contactpoint (brand_id, creator_id, kind, value, created_at)
SELECT %(brand)s, n, 'email', 'creator.' || n || '@mail.example', %(at)s
FROM generate_series(1, %(rows)s) n WHERE bench_chance(n, 14) < 0.6""",
)


def populate(*, brand: Brand, rows: int, posts: int, at: datetime, known: datetime) -> None:
    """`rows` creators with one account, known to `brand` since before `known`.

    Four in five have `posts` posts each, of the others none was ever given. Foreign keys are not
    checked while the rows go in: they are right by construction.
    """
    Niche.objects.bulk_create([Niche(key=key, label=key.capitalize()) for key in NICHES])
    values: dict[str, Any] = {
        "rows": rows,
        "posts": posts,
        "at": at,
        "known": known,
        "brand": brand.pk,
        "niches": len(NICHES),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CHANCE)
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in STATEMENTS:
            cursor.execute(statement, values)
        # Triggers were off: what they keep is put right here.
        cursor.execute(
            "INSERT INTO crm_stagecount (brand_id, stage, creators) "
            "SELECT brand_id, stage, count(*) FROM crm_relationship GROUP BY 1, 2"
        )
        models = [Creator, Profile, Post, Relationship]
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
    vacuum()


def vacuum() -> None:
    """What autovacuum would have done by the time people work with so many rows."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")
