"""The stretches that scorecards are added up from, and triggers that tell who was touched."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from crm.operations import CreateModels

TABLES = ("segmentation_quartersheet", "segmentation_stretch", "segmentation_touched")
# Derived, and filled anew after a crash: nothing of it has to be written twice.
UNLOGGED = "".join(f"ALTER TABLE {table} SET UNLOGGED;" for table in reversed(TABLES))
LOGGED = "".join(f"ALTER TABLE {table} SET LOGGED;" for table in TABLES)

# What stretches are made of, and how a row leads to its creator.
SOURCES = {
    "crm_post": "SELECT r.creator_id FROM {rows} r",
    "segmentation_membership": "SELECT r.creator_id FROM {rows} r",
    "crm_metricsnapshot": (
        "SELECT p.creator_id FROM {rows} r JOIN crm_profile p ON p.id = r.profile_id"
    ),
    "crm_stagechange": (
        "SELECT o.creator_id FROM {rows} r JOIN crm_relationship o ON o.id = r.relationship_id"
    ),
    "crm_profile": "SELECT r.creator_id FROM {rows} r",
    "crm_relationship": "SELECT r.creator_id FROM {rows} r",
}
# Of these most updates change nothing that counts.
OFTEN_UPDATED = {
    "crm_profile": ("creator_id", "platform_id"),
    "crm_relationship": ("brand_id", "creator_id", "since"),
}
NOW = "pg_current_xact_id()::text::bigint"


def touched_by(table, creators):
    """Triggers that leave the creators of the rows that a statement wrote."""
    came, gone = creators.format(rows="came"), creators.format(rows="gone")
    yield f"""
CREATE FUNCTION {table}_touches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_LEVEL = 'ROW' THEN
    INSERT INTO segmentation_touched (creator_id, xact)
    VALUES ((to_jsonb(OLD) ->> 'creator_id')::bigint, {NOW}),
      ((to_jsonb(NEW) ->> 'creator_id')::bigint, {NOW});
  ELSIF TG_OP = 'INSERT' THEN
    INSERT INTO segmentation_touched (creator_id, xact)
    SELECT DISTINCT creator_id, {NOW} FROM ({came}) touched;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO segmentation_touched (creator_id, xact)
    SELECT DISTINCT creator_id, {NOW} FROM ({gone}) touched;
  ELSE
    INSERT INTO segmentation_touched (creator_id, xact)
    SELECT creator_id, {NOW} FROM ({came} UNION {gone}) touched;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER segmentation_touch_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS came
  FOR EACH STATEMENT EXECUTE FUNCTION {table}_touches();
CREATE TRIGGER segmentation_touch_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION {table}_touches();"""  # noqa: S608 - names of ours
    if table in OFTEN_UPDATED:
        columns = OFTEN_UPDATED[table]
        before, after = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
        yield f"""
CREATE TRIGGER segmentation_touch_update AFTER UPDATE ON {table} FOR EACH ROW
  WHEN (({before}) IS DISTINCT FROM ({after})) EXECUTE FUNCTION {table}_touches();"""
    else:
        yield f"""
CREATE TRIGGER segmentation_touch_update AFTER UPDATE ON {table}
  REFERENCING OLD TABLE AS gone NEW TABLE AS came
  FOR EACH STATEMENT EXECUTE FUNCTION {table}_touches();"""


def untouched_by(table):
    """Without these triggers."""
    for event in ("insert", "delete", "update"):
        yield f"DROP TRIGGER segmentation_touch_{event} ON {table};"
    yield f"DROP FUNCTION {table}_touches();"


TOUCH = "".join(sql for table, creators in SOURCES.items() for sql in touched_by(table, creators))
TOUCH_NOT = "".join(sql for table in SOURCES for sql in untouched_by(table))


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0027_doors"),
        ("segmentation", "0029_strongest_when_read"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="QuarterSheet",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("until", models.DateTimeField()),
                        ("xact", models.BigIntegerField()),
                        ("definition", models.CharField(max_length=100)),
                        (
                            "segments",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), size=None
                            ),
                        ),
                        (
                            "brand",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "starts_at", "ends_at"),
                                name="segmentation_quarter_sheet_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Stretch",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "sheet_id",
                                "creator_id",
                                "number",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("number", models.IntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("unit", "A unit, with what it adds up to"),
                                    ("more", "A further time of the unit"),
                                    ("part", "What one source told of the unit"),
                                ],
                                max_length=4,
                            ),
                        ),
                        ("unit", models.BigIntegerField()),
                        (
                            "segments",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), size=None
                            ),
                        ),
                        ("since", models.DateTimeField()),
                        ("until", models.DateTimeField(null=True)),
                        ("days", models.FloatField(null=True)),
                        ("open_since", models.DateTimeField(null=True)),
                        ("tracked", models.BooleanField(null=True)),
                        (
                            "source",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("measured", "Measured"),
                                    ("creator", "Creator-connected"),
                                    ("vendor", "Vendor"),
                                    ("manual", "Entered by hand"),
                                    ("estimated", "Estimated"),
                                ],
                                default="",
                                max_length=20,
                            ),
                        ),
                        ("posts", models.FloatField(null=True)),
                        ("with_engagement", models.FloatField(null=True)),
                        ("with_kept", models.FloatField(null=True)),
                        ("with_reach", models.FloatField(null=True)),
                        ("reach", models.FloatField(null=True)),
                        ("with_impressions", models.FloatField(null=True)),
                        ("impressions", models.FloatField(null=True)),
                        ("with_views", models.FloatField(null=True)),
                        ("views", models.FloatField(null=True)),
                        ("r0_y", models.FloatField(null=True)),
                        ("r0_w", models.FloatField(null=True)),
                        ("r1_y", models.FloatField(null=True)),
                        ("r1_w", models.FloatField(null=True)),
                        ("r2_y", models.FloatField(null=True)),
                        ("r2_w", models.FloatField(null=True)),
                        ("r3_y", models.FloatField(null=True)),
                        ("r3_w", models.FloatField(null=True)),
                        ("r4_y", models.FloatField(null=True)),
                        ("r4_w", models.FloatField(null=True)),
                        ("r5_y", models.FloatField(null=True)),
                        ("r5_w", models.FloatField(null=True)),
                        ("r6_y", models.FloatField(null=True)),
                        ("r6_w", models.FloatField(null=True)),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("prospect", "Prospect"),
                                    ("first_time", "First-time partner"),
                                    ("core", "Core partner"),
                                    ("advocate", "Advocate"),
                                    ("lapsed", "Lapsed"),
                                    ("declined", "Declined"),
                                ],
                                max_length=20,
                                null=True,
                            ),
                        ),
                        ("followers", models.BigIntegerField(null=True)),
                        (
                            "followers_source",
                            models.CharField(
                                choices=[
                                    ("measured", "Measured"),
                                    ("creator", "Creator-connected"),
                                    ("vendor", "Vendor"),
                                    ("manual", "Entered by hand"),
                                    ("estimated", "Estimated"),
                                ],
                                max_length=20,
                                null=True,
                            ),
                        ),
                        (
                            "creator",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="crm.creator",
                            ),
                        ),
                        (
                            "platform",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="crm.platform",
                            ),
                        ),
                        (
                            "sheet",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="segmentation.quartersheet",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "stretches",
                    },
                ),
                migrations.CreateModel(
                    name="Touched",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("xact", models.BigIntegerField()),
                        (
                            "creator",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="crm.creator",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "touched",
                    },
                ),
            ]
        ),
        migrations.RunSQL(UNLOGGED, LOGGED),
        migrations.RunSQL(TOUCH, TOUCH_NOT),
    ]
