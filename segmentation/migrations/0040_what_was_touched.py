"""What was counted of a sheet is kept, and marks say whether somebody's standing may have changed."""

from django.db import migrations, models

# What is written of posts and accounts changes neither stays nor stages. The triggers of the other
# tables leave the column at its default.
SOURCES = {
    "crm_post": "SELECT r.creator_id FROM {rows} r",
    "crm_metricsnapshot": (
        "SELECT p.creator_id FROM {rows} r JOIN crm_profile p ON p.id = r.profile_id"
    ),
    "crm_profile": "SELECT r.creator_id FROM {rows} r",
}
NOW = "pg_current_xact_id()::text::bigint"


def touches(table, creators, *, column="", value=""):
    """The function behind the triggers of a table, as in 0030; with one more column and value."""
    came, gone = creators.format(rows="came"), creators.format(rows="gone")
    into = f"INSERT INTO segmentation_touched (creator_id, xact{column})"
    return f"""
CREATE OR REPLACE FUNCTION {table}_touches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_LEVEL = 'ROW' THEN
    {into}
    VALUES ((to_jsonb(OLD) ->> 'creator_id')::bigint, {NOW}{value}),
      ((to_jsonb(NEW) ->> 'creator_id')::bigint, {NOW}{value});
  ELSIF TG_OP = 'INSERT' THEN
    {into}
    SELECT DISTINCT creator_id, {NOW}{value} FROM ({came}) touched;
  ELSIF TG_OP = 'DELETE' THEN
    {into}
    SELECT DISTINCT creator_id, {NOW}{value} FROM ({gone}) touched;
  ELSE
    {into}
    SELECT creator_id, {NOW}{value} FROM ({came} UNION {gone}) touched;
  END IF;
  RETURN NULL;
END $$;"""  # noqa: S608 - names of ours


SAY = "".join(
    touches(table, creators, column=", standing", value=", false")
    for table, creators in SOURCES.items()
)
SAY_NOT = "".join(touches(table, creators) for table, creators in SOURCES.items())


class Migration(migrations.Migration):
    dependencies = [
        ("segmentation", "0039_expected_views"),
    ]

    operations = [
        migrations.AddField(
            model_name="quartersheet",
            name="counted",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="touched",
            name="standing",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.RunSQL(SAY, SAY_NOT),
    ]
