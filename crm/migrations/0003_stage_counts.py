"""Keep crm_stagecount in step with relationships, once per statement: the board never counts."""

from django.db import migrations

# Only net differences are written, so that a change of owner touches no count. Rows are touched in
# one order (brand, stage), so that two moves in opposite directions wait for each other instead of
# dead-locking. Decreases only update: a row of a brand that is being deleted must not come back.
FORWARD = """
CREATE FUNCTION crm_add_stage_counts(brands bigint[], stages text[], deltas bigint[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO crm_stagecount (brand_id, stage, creators)
  SELECT d.brand_id, d.stage, 0 FROM unnest(brands, stages, deltas) AS d (brand_id, stage, delta)
  WHERE d.delta > 0 ORDER BY 1, 2 ON CONFLICT (brand_id, stage) DO NOTHING;
  WITH locked AS (
    SELECT c.id, d.delta FROM crm_stagecount c
    JOIN unnest(brands, stages, deltas) AS d (brand_id, stage, delta)
      ON c.brand_id = d.brand_id AND c.stage = d.stage
    WHERE d.delta <> 0 ORDER BY c.brand_id, c.stage FOR UPDATE OF c
  )
  UPDATE crm_stagecount c SET creators = c.creators + l.delta FROM locked l WHERE c.id = l.id;
END $$;
CREATE FUNCTION crm_count_stages() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  brands bigint[];
  stages text[];
  deltas bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(brand_id), array_agg(stage), array_agg(n) INTO brands, stages, deltas
    FROM (SELECT brand_id, stage, count(*) AS n FROM new_rows GROUP BY 1, 2) AS t;
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(brand_id), array_agg(stage), array_agg(-n) INTO brands, stages, deltas
    FROM (SELECT brand_id, stage, count(*) AS n FROM old_rows GROUP BY 1, 2) AS t;
  ELSE
    SELECT array_agg(brand_id), array_agg(stage), array_agg(n) INTO brands, stages, deltas
    FROM (
      SELECT brand_id, stage, sum(n)::bigint AS n FROM (
        SELECT brand_id, stage, 1 AS n FROM new_rows
        UNION ALL SELECT brand_id, stage, -1 FROM old_rows
      ) AS both_sides GROUP BY 1, 2 HAVING sum(n) <> 0
    ) AS t;
  END IF;
  IF brands IS NOT NULL THEN
    PERFORM crm_add_stage_counts(brands, stages, deltas);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER crm_stages_inserted AFTER INSERT ON crm_relationship
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION crm_count_stages();
CREATE TRIGGER crm_stages_updated AFTER UPDATE ON crm_relationship
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION crm_count_stages();
CREATE TRIGGER crm_stages_deleted AFTER DELETE ON crm_relationship
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION crm_count_stages();
"""
BACKWARD = """
DROP TRIGGER crm_stages_inserted ON crm_relationship;
DROP TRIGGER crm_stages_updated ON crm_relationship;
DROP TRIGGER crm_stages_deleted ON crm_relationship;
DROP FUNCTION crm_count_stages();
DROP FUNCTION crm_add_stage_counts(bigint[], text[], bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0002_reference_data")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
