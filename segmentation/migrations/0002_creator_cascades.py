"""Foreign keys to creators that cascade in the database.

Undoing an import deletes creators with one statement of SQL in crm, which knows nothing of these
tables; the database removes what hangs on the creators.
"""

from django.db import migrations

TABLES = ("segmentation_creatorfacts", "segmentation_membership", "segmentation_change")


def constraint(table):
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_creator FOREIGN KEY (creator_id) "
        "REFERENCES crm_creator (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_creator",
    )


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0001_initial"), ("crm", "0003_stage_counts")]
    operations = [constraint(table) for table in TABLES]
