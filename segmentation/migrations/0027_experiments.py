"""Experiments: plans, arms, who got which, and what was read."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels

# A plan that has begun, an arm that was drawn and a result that was read stay as they were. Whose
# account it was is forgotten with it, and an assignment goes along when two creators become one.
KEEP = """
CREATE TRIGGER segmentation_experiment_kept BEFORE UPDATE ON segmentation_experiment
  FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION campaigns_keep_row(
    'status', 'ended_at', 'ended_by_id', 'decision', 'version', 'created_by_id', 'started_by_id');
CREATE FUNCTION segmentation_keep_arms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('rapport.erasing', true) = 'on' THEN RETURN NEW; END IF;
  IF EXISTS (SELECT FROM segmentation_experiment WHERE id = NEW.experiment_id AND status <> 'draft')
  THEN
    RAISE check_violation USING MESSAGE = 'arms of an experiment that has begun never change';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER segmentation_arms_kept BEFORE INSERT OR UPDATE ON segmentation_experimentarm
  FOR EACH ROW EXECUTE FUNCTION segmentation_keep_arms();
CREATE TRIGGER segmentation_assignment_kept BEFORE UPDATE ON segmentation_experimentassignment
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_row('relationship_id');
CREATE TRIGGER segmentation_look_kept BEFORE UPDATE ON segmentation_experimentlook
  FOR EACH ROW WHEN (OLD.computed_at IS NOT NULL)
  EXECUTE FUNCTION campaigns_keep_row('status', 'requested_by_id');
CREATE TRIGGER segmentation_outcome_kept BEFORE UPDATE ON segmentation_experimentoutcome
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_row('assignment_id');
"""
LET_GO = """
DROP TRIGGER segmentation_experiment_kept ON segmentation_experiment;
DROP TRIGGER segmentation_arms_kept ON segmentation_experimentarm;
DROP FUNCTION segmentation_keep_arms();
DROP TRIGGER segmentation_assignment_kept ON segmentation_experimentassignment;
DROP TRIGGER segmentation_look_kept ON segmentation_experimentlook;
DROP TRIGGER segmentation_outcome_kept ON segmentation_experimentoutcome;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0009_events"),
        ("crm", "0024_erasing"),
        ("segmentation", "0026_scorecard_product"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Experiment",
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
                        ("name", models.CharField(max_length=120)),
                        ("question", models.TextField(max_length=1000)),
                        (
                            "design",
                            models.CharField(
                                choices=[
                                    ("chance", "Chance decides who gets what"),
                                    ("segments", "Compare segments as they are"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "metric",
                            models.CharField(
                                choices=[
                                    ("orders_per_click", "Orders for each click"),
                                    ("orders", "Orders of each creator"),
                                    ("revenue", "Revenue of each creator"),
                                    ("clicks", "Clicks for each creator"),
                                    (
                                        "engagements",
                                        "Likes, comments, shares and saves for each view",
                                    ),
                                    ("saves", "Saves for each view"),
                                    ("uploaded", "Numbers from a file"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("level", models.FloatField(default=0.95)),
                        (
                            "reading",
                            models.CharField(
                                choices=[
                                    ("once", "Once, when all has come in"),
                                    ("planned", "At a planned number of moments"),
                                    ("anytime", "Whenever somebody likes"),
                                ],
                                default="once",
                                max_length=10,
                            ),
                        ),
                        ("looks_planned", models.PositiveSmallIntegerField(default=1)),
                        ("planned_lift", models.FloatField(default=0.2)),
                        ("days", models.PositiveSmallIntegerField(default=28)),
                        ("seed", models.CharField(max_length=64)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("running", "Running"),
                                    ("completed", "Completed"),
                                    ("stopped", "Stopped early"),
                                ],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("started_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("decision", models.CharField(blank=True, default="", max_length=500)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "brand",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "campaign",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="campaigns.campaign",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "dimension",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="segmentation.dimension",
                            ),
                        ),
                        (
                            "ended_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "segment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="segmentation.segment",
                            ),
                        ),
                        (
                            "started_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brand", "-created_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-created_at", "-id"],
                                name="segmentation_experiment_list",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("name", ""), _negated=True),
                                    models.Q(("question", ""), _negated=True),
                                ),
                                name="segmentation_experiment_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("design__in", ["chance", "segments"]),
                                    (
                                        "metric__in",
                                        [
                                            "orders_per_click",
                                            "orders",
                                            "revenue",
                                            "clicks",
                                            "engagements",
                                            "saves",
                                            "uploaded",
                                        ],
                                    ),
                                    ("reading__in", ["once", "planned", "anytime"]),
                                    ("status__in", ["draft", "running", "completed", "stopped"]),
                                ),
                                name="segmentation_experiment_choices",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("design", "segments"), ("segment", None)),
                                    models.Q(("campaign__isnull", False), ("design", "chance")),
                                    models.Q(("design", "chance"), ("segment__isnull", False)),
                                    _connector="OR",
                                ),
                                name="segmentation_experiment_people",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("reading", "planned"),
                                        ("looks_planned__gte", 2),
                                        ("looks_planned__lte", 52),
                                        ("looks_planned__lte", models.F("days")),
                                    ),
                                    models.Q(
                                        models.Q(("reading", "planned"), _negated=True),
                                        ("looks_planned", 1),
                                    ),
                                    _connector="OR",
                                ),
                                name="segmentation_experiment_looks",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("level__gte", 0.5),
                                    ("level__lt", 1),
                                    ("planned_lift__gt", 0),
                                    ("planned_lift__lte", 10),
                                    ("days__gte", 1),
                                    ("days__lte", 365),
                                ),
                                name="segmentation_experiment_numbers",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at", None),
                                        ("started_at", None),
                                        ("status", "draft"),
                                    ),
                                    models.Q(
                                        ("ended_at", None),
                                        ("started_at__isnull", False),
                                        ("status", "running"),
                                    ),
                                    models.Q(
                                        ("status__in", ["completed", "stopped"]),
                                        ("ended_at__gte", models.F("started_at")),
                                        models.Q(("decision", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="segmentation_experiment_dates",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExperimentArm",
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
                        ("key", models.SlugField(max_length=40)),
                        ("name", models.CharField(max_length=80)),
                        ("treatment", models.TextField(blank=True, default="", max_length=1000)),
                        ("share", models.PositiveSmallIntegerField(default=1)),
                        ("is_control", models.BooleanField(default=False)),
                        ("segment_version", models.PositiveIntegerField(blank=True, null=True)),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "experiment",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="arms",
                                to="segmentation.experiment",
                            ),
                        ),
                        (
                            "segment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="segmentation.segment",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["experiment", "position", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("experiment", "key"), name="segmentation_arm_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_control", True)),
                                fields=("experiment",),
                                name="segmentation_arm_one_control",
                            ),
                            models.UniqueConstraint(
                                fields=("experiment", "segment"),
                                name="segmentation_arm_segment_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("name", ""), _negated=True),
                                    models.Q(("key", ""), _negated=True),
                                ),
                                name="segmentation_arm_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("share__gte", 1), ("share__lte", 100)),
                                name="segmentation_arm_share",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExperimentAssignment",
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
                        ("stratum", models.CharField(blank=True, default="", max_length=60)),
                        ("number", models.PositiveIntegerField()),
                        ("assigned_at", models.DateTimeField()),
                        ("is_late", models.BooleanField(default=False)),
                        (
                            "arm",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="assignments",
                                to="segmentation.experimentarm",
                            ),
                        ),
                        (
                            "experiment",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="assignments",
                                to="segmentation.experiment",
                            ),
                        ),
                        (
                            "relationship",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.relationship",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["experiment", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("experiment", "relationship"),
                                name="segmentation_assigned_once",
                            ),
                            models.UniqueConstraint(
                                fields=("experiment", "number"),
                                name="segmentation_assigned_in_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExperimentLook",
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
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "Under way"),
                                    ("done", "Done"),
                                    ("failed", "Failed"),
                                ],
                                default="queued",
                                max_length=10,
                            ),
                        ),
                        ("error", models.CharField(blank=True, default="", max_length=300)),
                        ("requested_at", models.DateTimeField()),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("number", models.PositiveSmallIntegerField()),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("measured", "What the product has measured"),
                                    ("file", "A file"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("computed_at", models.DateTimeField(blank=True, null=True)),
                        ("result", models.JSONField(default=dict)),
                        ("digest", models.CharField(blank=True, default="", max_length=64)),
                        (
                            "experiment",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="looks",
                                to="segmentation.experiment",
                            ),
                        ),
                        (
                            "requested_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["experiment", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("experiment", "number"), name="segmentation_look_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("source__in", ["measured", "file"]),
                                    ("status__in", ["queued", "done", "failed"]),
                                ),
                                name="segmentation_look_choices",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("computed_at", None), ("digest", "")),
                                    models.Q(
                                        ("computed_at__isnull", False),
                                        ("digest__regex", "^[0-9a-f]{64}$"),
                                    ),
                                    _connector="OR",
                                ),
                                name="segmentation_look_kept",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExperimentOutcome",
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
                        ("events", models.FloatField(blank=True, null=True)),
                        ("weight", models.FloatField(default=1.0)),
                        (
                            "assignment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="segmentation.experimentassignment",
                            ),
                        ),
                        (
                            "look",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="outcomes",
                                to="segmentation.experimentlook",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["look", "assignment"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("look", "assignment"), name="segmentation_outcome_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("weight__gte", 0),
                                    models.Q(("events", None), ("events__gte", 0), _connector="OR"),
                                ),
                                name="segmentation_outcome_numbers",
                            ),
                        ],
                    },
                ),
            ]
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
