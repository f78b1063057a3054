"""Keep crm_stagecount in step with relationships, once per statement: the board never counts."""

from django.db import migrations

# Rows are touched in one order (brand, stage), so that two moves in opposite directions wait for
# each other instead of dead-locking. Decreases only update: a row for a brand that is being deleted
# must not come back.
FORWARD = """
CREATE FUNCTION crm_count_stages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP IN ('UPDATE', 'DELETE') THEN
    WITH gone AS (
      SELECT o.brand_id, o.stage, count(*) AS n FROM old_rows o GROUP BY 1, 2
    ), locked AS (
      SELECT c.id, g.n FROM crm_stagecount c JOIN gone g USING (brand_id, stage)
      ORDER BY c.brand_id, c.stage FOR UPDATE OF c
    )
    UPDATE crm_stagecount c SET creators = c.creators - l.n FROM locked l WHERE c.id = l.id;
  END IF;
  IF TG_OP IN ('UPDATE', 'INSERT') THEN
    INSERT INTO crm_stagecount (brand_id, stage, creators)
    SELECT n.brand_id, n.stage, count(*) FROM new_rows n GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (brand_id, stage) DO UPDATE
      SET creators = crm_stagecount.creators + excluded.creators;
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
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0002_reference_data")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
