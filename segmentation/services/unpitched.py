"""Whom a playbook says to leave in peace, as SQL for statements over many creators (F166).

It says the same as `segmentation.outreach.do_not_pitch`, which gives reasons for a few; a test
holds one against the other.
"""

from __future__ import annotations

from segmentation.choices import SegmentStatus

# Where a dimension has precedence (personas), only the first segment of a creator counts. Who
# objects to profiling is in none from then on, though the ledger says so after the next run only.
# `%(brand)s` is a parameter; the only column is creator_id.
UNPITCHED = f"""SELECT DISTINCT creator_id FROM (
  SELECT m.creator_id, d.has_precedence, coalesce(p.do_not_pitch, false) AS is_barred,
    row_number() OVER (PARTITION BY m.creator_id, d.id ORDER BY s.position, s.key) AS place
  FROM segmentation_dimension d JOIN segmentation_segment s ON s.dimension_id = d.id
  JOIN segmentation_membership m ON m.segment_id = s.id AND m.left_at IS NULL
  LEFT JOIN segmentation_playbook p ON p.segment_id = s.id
  WHERE s.brand_id = %(brand)s
    AND s.status IN ('{SegmentStatus.ACTIVE.value}', '{SegmentStatus.BROKEN.value}')
    AND EXISTS (
      SELECT FROM segmentation_segment o JOIN segmentation_playbook q ON q.segment_id = o.id
      WHERE o.dimension_id = d.id AND q.do_not_pitch)
    AND NOT EXISTS (
      SELECT FROM crm_relationship w WHERE w.brand_id = s.brand_id
        AND w.creator_id = m.creator_id AND w.unprofiled_at IS NOT NULL)) x
WHERE is_barred AND (NOT has_precedence OR place = 1)"""  # noqa: S608 - names of ours
