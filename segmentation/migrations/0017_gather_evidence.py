"""Keep what the rules read once for each creator who moves, instead of with each of their changes.

Until now a run counted missing facts and near misses before it was through.
"""

from django.db import migrations

GATHER = """
UPDATE segmentation_run SET counted_at = finished_at WHERE finished_at IS NOT NULL;
UPDATE segmentation_run r SET readings = k.names FROM (
  SELECT c.run_id, array_agg(DISTINCT n.name ORDER BY n.name) AS names
  FROM segmentation_change c, jsonb_object_keys(c.evidence) n (name) GROUP BY 1
) k WHERE k.run_id = r.id;
UPDATE segmentation_runsegment s SET readings = k.names FROM (
  SELECT c.run_id, c.segment_id, array_agg(DISTINCT n.name ORDER BY n.name) AS names
  FROM segmentation_change c, jsonb_object_keys(c.evidence) n (name) GROUP BY 1, 2
) k WHERE k.run_id = s.run_id AND k.segment_id = s.segment_id;
INSERT INTO segmentation_runevidence (run_id, creator_id, "values")
SELECT m.run_id, m.creator_id, (
  SELECT jsonb_agg(m.read -> n.name ORDER BY n.place)
  FROM unnest(r.readings) WITH ORDINALITY n (name, place)
)
FROM (
  SELECT c.run_id, c.creator_id, jsonb_object_agg(e.key, e.value) AS read
  FROM segmentation_change c, jsonb_each(c.evidence) e GROUP BY 1, 2
) m JOIN segmentation_run r ON r.id = m.run_id;
"""
SPREAD = """
UPDATE segmentation_change c SET evidence = coalesce((
  SELECT jsonb_object_agg(n.name, v."values" -> (array_position(r.readings, n.name) - 1))
  FROM unnest(s.readings) n (name)
), '{}')
FROM segmentation_runevidence v, segmentation_run r, segmentation_runsegment s
WHERE v.run_id = c.run_id AND v.creator_id = c.creator_id AND r.id = c.run_id
  AND s.run_id = c.run_id AND s.segment_id = c.segment_id;
"""


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0016_run_evidence")]

    operations = [migrations.RunSQL(GATHER, SPREAD)]
