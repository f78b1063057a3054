"""Marks say whether somebody's accounts may have changed."""

from django.db import migrations, models

NOW = "pg_current_xact_id()::text::bigint"


def touches(column="", value=""):
    """The function behind the triggers of posts, as in 0040; with one more column and value."""
    return f"""
CREATE OR REPLACE FUNCTION crm_post_touches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO segmentation_touched (creator_id, xact, standing{column})
    SELECT DISTINCT creator_id, {NOW}, false{value} FROM came;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO segmentation_touched (creator_id, xact, standing{column})
    SELECT DISTINCT creator_id, {NOW}, false{value} FROM gone;
  ELSE
    INSERT INTO segmentation_touched (creator_id, xact, standing{column})
    SELECT creator_id, {NOW}, false{value}
    FROM (SELECT creator_id FROM came UNION SELECT creator_id FROM gone) touched;
  END IF;
  RETURN NULL;
END $$;"""  # noqa: S608 - names of ours


class Migration(migrations.Migration):
    dependencies = [
        ("segmentation", "0040_what_was_touched"),
    ]

    operations = [
        migrations.AddField(
            model_name="touched",
            name="accounts",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.RunSQL(touches(column=", accounts", value=", false"), touches()),
    ]
