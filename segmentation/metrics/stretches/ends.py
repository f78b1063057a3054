"""How the brand stands with creators at the end, and where most people follow them."""

from __future__ import annotations

from segmentation.metrics.stretches.names import ENDS, SPANS

# The primary account is the one with the most followers as of then; of equals, the oldest.
STATEMENT = f"""
CREATE TEMP TABLE {ENDS} ON COMMIT DROP AS
WITH there AS MATERIALIZED (
  SELECT DISTINCT creator_id FROM {SPANS} WHERE until IS NULL
),
stage AS (
  SELECT r.creator_id, c.stage FROM crm_relationship r
  JOIN crm_stagechange c ON c.relationship_id = r.id
  WHERE r.brand_id = %(brand)s AND r.creator_id IN (SELECT creator_id FROM there)
    AND c.entered_at < %(until)s AND (c.left_at IS NULL OR c.left_at >= %(until)s)
),
platform AS (
  SELECT DISTINCT ON (p.creator_id) p.creator_id, p.platform_id, known.followers, known.source
  FROM crm_profile p
  LEFT JOIN LATERAL (
    SELECT s.followers, s.source FROM crm_metricsnapshot s
    WHERE s.profile_id = p.id AND s.captured_at < %(until)s AND s.followers IS NOT NULL
    ORDER BY s.captured_at DESC, s.id DESC LIMIT 1
  ) known ON true
  WHERE p.creator_id IN (SELECT creator_id FROM there)
  ORDER BY p.creator_id, known.followers DESC NULLS LAST, p.id
)
SELECT creator_id, stage.stage, platform.platform_id, platform.followers, platform.source
FROM stage FULL JOIN platform USING (creator_id)
"""  # noqa: S608 - names of ours
