"""How the brand stands with creators at the end, and where most people follow them."""

from __future__ import annotations

from segmentation.metrics.stretches.names import SPANS

# Or the newest of everybody's accounts would be looked up before it is asked whose they are.
_OF_SPANS = f"WHERE creator_id IN (SELECT creator_id FROM {SPANS}) OFFSET 0"  # noqa: S608 - ours


def queries(*, of_all: bool) -> str:
    """Queries of a WITH: `stage` and `platform`, each with a row for a creator at most.

    `of_all` says that most creators are looked at: then it is not asked of whom else an account is.
    The primary account is the one with the most followers as of then; of equals, the oldest.
    """
    return f"""stage AS (
  SELECT r.creator_id, c.stage FROM crm_relationship r
  JOIN crm_stagechange c ON c.relationship_id = r.id
  WHERE r.brand_id = %(brand)s
    AND c.entered_at < %(until)s AND (c.left_at IS NULL OR c.left_at >= %(until)s)
),
platform AS (
  SELECT DISTINCT ON (p.creator_id) p.creator_id, p.platform_id, known.followers, known.source
  FROM (SELECT id, creator_id, platform_id FROM crm_profile {"" if of_all else _OF_SPANS}) p
  LEFT JOIN LATERAL (
    SELECT s.followers, s.source FROM crm_metricsnapshot s
    WHERE s.profile_id = p.id AND s.captured_at < %(until)s AND s.followers IS NOT NULL
    ORDER BY s.captured_at DESC, s.id DESC LIMIT 1
  ) known ON true
  ORDER BY p.creator_id, known.followers DESC NULLS LAST, p.id
)"""  # noqa: S608 - names of ours
