"""Changes are narrow; the evidence of a deleted creator goes with its own table."""

from django.db import migrations

# As in 0009, with the evidence in a table of its own.
FORGET = """
CREATE OR REPLACE FUNCTION segmentation_forget_creators() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(20261, b.brand_id::integer) FROM (
    SELECT DISTINCT f.brand_id FROM segmentation_creatorfacts f JOIN gone g ON g.id = f.creator_id
    ORDER BY f.brand_id
  ) b;
  DELETE FROM segmentation_creatorfacts f USING gone g WHERE f.creator_id = g.id;
  DELETE FROM segmentation_change c USING gone g WHERE c.creator_id = g.id;
  {evidence}
  WITH stays AS (
    UPDATE segmentation_membership m
    SET left_cause = 'erased',
      left_at = greatest(now(), m.entered_at + interval '1 microsecond')
    FROM gone g WHERE m.creator_id = g.id AND m.left_at IS NULL
    RETURNING m.segment_id
  )
  UPDATE segmentation_segment s SET members_count = s.members_count - e.members
  FROM (SELECT segment_id, count(*) AS members FROM stays GROUP BY segment_id) e
  WHERE s.id = e.segment_id;
  RETURN NULL;
END $$;
"""
EVIDENCE = "DELETE FROM segmentation_runevidence e USING gone g WHERE e.creator_id = g.id;"


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0017_gather_evidence")]

    operations = [
        migrations.RemoveField(model_name="change", name="evidence"),
        migrations.RunSQL(FORGET.format(evidence=EVIDENCE), FORGET.format(evidence="")),
    ]
