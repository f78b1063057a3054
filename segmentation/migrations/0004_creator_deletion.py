"""Remove what hangs on deleted creators by one trigger instead of a foreign key per row.

Undoing an import deletes thousands of creators with one statement of SQL in crm, which knows
nothing of these tables. A cascading foreign key would read each table once per creator (no index
begins with the creator), and be checked again for every row a run writes: with the other foreign
keys that was two thirds of a run's time. The trigger reads each table once per statement, and
first waits for a run of the brands concerned, so that none writes rows of a creator who is going.
"""

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("segmentation_creatorfacts", "segmentation_membership", "segmentation_change")
# 20261 is the class of the lock that runs hold (segmentation/services/ledger.py).
FORWARD = """
CREATE FUNCTION segmentation_forget_creators() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(20261, b.brand_id::integer) FROM (
    SELECT DISTINCT f.brand_id FROM segmentation_creatorfacts f JOIN gone g ON g.id = f.creator_id
    ORDER BY f.brand_id
  ) b;
  DELETE FROM segmentation_creatorfacts f USING gone g WHERE f.creator_id = g.id;
  DELETE FROM segmentation_change c USING gone g WHERE c.creator_id = g.id;
  WITH stays AS (
    DELETE FROM segmentation_membership m USING gone g WHERE m.creator_id = g.id
    RETURNING m.segment_id, m.left_at
  )
  UPDATE segmentation_segment s SET members_count = s.members_count - e.members
  FROM (
    SELECT segment_id, count(*) AS members FROM stays WHERE left_at IS NULL GROUP BY segment_id
  ) e
  WHERE s.id = e.segment_id;
  RETURN NULL;
END $$;
CREATE TRIGGER segmentation_creators_deleted AFTER DELETE ON crm_creator
  REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION segmentation_forget_creators();
"""
BACKWARD = """
DROP TRIGGER segmentation_creators_deleted ON crm_creator;
DROP FUNCTION segmentation_forget_creators();
"""


def without_foreign_key(table):
    return migrations.RunSQL(
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_creator",
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_creator FOREIGN KEY (creator_id) "
        "REFERENCES crm_creator (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0003_stage_counts"),
        ("segmentation", "0003_peer_norms"),
    ]

    operations = [
        *[without_foreign_key(table) for table in TABLES],
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AlterField(
            model_name="change",
            name="creator",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="crm.creator",
            ),
        ),
        migrations.AlterField(
            model_name="change",
            name="run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="changes",
                to="segmentation.run",
            ),
        ),
        migrations.AlterField(
            model_name="change",
            name="segment",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="segmentation.segment",
            ),
        ),
        migrations.AlterField(
            model_name="change",
            name="version",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="segmentation.segmentversion",
            ),
        ),
        migrations.AlterField(
            model_name="creatorfacts",
            name="creator",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="crm.creator",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="creator",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="crm.creator",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="entered_run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="segmentation.run",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="left_run",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="segmentation.run",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="segment",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="memberships",
                to="segmentation.segment",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="version",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="segmentation.segmentversion",
            ),
        ),
    ]
