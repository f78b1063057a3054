"""Keep the stays of a deleted creator as numbers without a person, ended with the cause "erased".

The sizes of segments in the past, flows and scorecards stay as they were; what the rules read of
the person (facts, evidence of changes) goes, and with it everything that says who it was.
"""

from django.db import migrations

BODY = """
CREATE OR REPLACE FUNCTION segmentation_forget_creators() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(20261, b.brand_id::integer) FROM (
    SELECT DISTINCT f.brand_id FROM segmentation_creatorfacts f JOIN gone g ON g.id = f.creator_id
    ORDER BY f.brand_id
  ) b;
  DELETE FROM segmentation_creatorfacts f USING gone g WHERE f.creator_id = g.id;
  DELETE FROM segmentation_change c USING gone g WHERE c.creator_id = g.id;
  WITH stays AS (
    {stays}
  )
  UPDATE segmentation_segment s SET members_count = s.members_count - e.members
  FROM (
    SELECT segment_id, count(*) AS members FROM stays WHERE was_open GROUP BY segment_id
  ) e
  WHERE s.id = e.segment_id;
  RETURN NULL;
END $$;
"""
ENDED = """UPDATE segmentation_membership m
    SET left_cause = 'erased',
      left_at = greatest(now(), m.entered_at + interval '1 microsecond')
    FROM gone g WHERE m.creator_id = g.id AND m.left_at IS NULL
    RETURNING m.segment_id, true AS was_open"""
DELETED = """DELETE FROM segmentation_membership m USING gone g WHERE m.creator_id = g.id
    RETURNING m.segment_id, m.left_at IS NULL AS was_open"""


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0008_run_slots")]

    operations = [migrations.RunSQL(BODY.format(stays=ENDED), BODY.format(stays=DELETED))]
