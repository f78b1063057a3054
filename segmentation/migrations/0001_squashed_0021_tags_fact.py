"""The whole schema of segmentation in one step, for an empty database (see that of crm)."""

from importlib import import_module

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels

deletion = import_module("segmentation.migrations.0004_creator_deletion")
forget = import_module("segmentation.migrations.0018_change_without_evidence")


class Migration(migrations.Migration):
    replaces = [
        ("segmentation", "0001_initial"),
        ("segmentation", "0002_creator_cascades"),
        ("segmentation", "0003_peer_norms"),
        ("segmentation", "0004_creator_deletion"),
        ("segmentation", "0005_living_segments"),
        ("segmentation", "0006_drift_packs_tiers"),
        ("segmentation", "0007_version_origins"),
        ("segmentation", "0008_run_slots"),
        ("segmentation", "0009_erased_stays"),
        ("segmentation", "0010_version_unknown_policy"),
        ("segmentation", "0011_version_policy_of_segment"),
        ("segmentation", "0012_run_rolled_back_index"),
        ("segmentation", "0013_facts_moment"),
        ("segmentation", "0014_one_open_override"),
        ("segmentation", "0015_errands"),
        ("segmentation", "0016_run_evidence"),
        ("segmentation", "0017_gather_evidence"),
        ("segmentation", "0018_change_without_evidence"),
        ("segmentation", "0019_norm_index"),
        ("segmentation", "0020_strength_when_read"),
        ("segmentation", "0021_tags_fact"),
    ]

    initial = True

    dependencies = [("crm", "0012_former_handles")]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="CreatorFacts",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "brand_id",
                                "creator_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("as_of", models.DateTimeField()),
                        (
                            "member_bits",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), default=list, size=None
                            ),
                        ),
                        (
                            "unknown_bits",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), default=list, size=None
                            ),
                        ),
                        ("followers", models.BigIntegerField(null=True)),
                        ("followers_at", models.DateTimeField(null=True)),
                        ("followers_total", models.BigIntegerField(null=True)),
                        ("follower_growth_90d", models.FloatField(null=True)),
                        ("is_celebrity", models.BooleanField(null=True)),
                        ("is_verified", models.BooleanField(null=True)),
                        (
                            "platforms",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.IntegerField(), null=True, size=None
                            ),
                        ),
                        ("platforms_count", models.IntegerField(null=True)),
                        ("primary_platform", models.CharField(max_length=30, null=True)),
                        ("strongest_platform", models.CharField(max_length=30, null=True)),
                        ("engagement_rate", models.FloatField(null=True)),
                        ("engagement_posts", models.IntegerField(null=True)),
                        ("view_rate", models.FloatField(null=True)),
                        ("avg_views", models.FloatField(null=True)),
                        ("avg_likes", models.FloatField(null=True)),
                        ("avg_comments", models.FloatField(null=True)),
                        ("posts_30d", models.IntegerField(null=True)),
                        ("posts_90d", models.IntegerField(null=True)),
                        ("posts_365d", models.IntegerField(null=True)),
                        ("last_post_at", models.DateTimeField(null=True)),
                        ("video_share", models.FloatField(null=True)),
                        ("paid_share", models.FloatField(null=True)),
                        (
                            "niches",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.IntegerField(), null=True, size=None
                            ),
                        ),
                        ("country", models.CharField(max_length=2, null=True)),
                        ("language", models.CharField(max_length=20, null=True)),
                        ("creator_type", models.CharField(max_length=20, null=True)),
                        ("profession", models.CharField(max_length=200, null=True)),
                        ("audience_country", models.JSONField(null=True)),
                        ("audience_age", models.JSONField(null=True)),
                        ("audience_gender", models.JSONField(null=True)),
                        ("audience_quality", models.FloatField(null=True)),
                        ("stage", models.CharField(max_length=20, null=True)),
                        ("stage_since", models.DateTimeField(null=True)),
                        ("known_since", models.DateTimeField(null=True)),
                        ("has_owner", models.BooleanField(null=True)),
                        ("next_step_on", models.DateField(null=True)),
                        ("has_email", models.BooleanField(null=True)),
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
                            "custom",
                            models.JSONField(db_default=models.Value({}, models.JSONField())),
                        ),
                        ("platform_rates", models.JSONField(null=True)),
                        (
                            "tags",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.IntegerField(), null=True, size=None
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "creator facts",
                    },
                ),
                migrations.CreateModel(
                    name="Dimension",
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
                        ("key", models.SlugField(max_length=60)),
                        ("name", models.CharField(max_length=120)),
                        ("description", models.TextField(blank=True, default="")),
                        ("is_exclusive", models.BooleanField(default=False)),
                        ("has_precedence", models.BooleanField(default=False)),
                        ("position", models.PositiveSmallIntegerField(default=100)),
                        ("origin", models.CharField(blank=True, default="", max_length=80)),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "cadence",
                            models.CharField(
                                choices=[
                                    ("quarterly", "Each fiscal quarter"),
                                    ("monthly", "Each month"),
                                    ("cron", "By a cron expression"),
                                    ("by_hand", "Only on demand"),
                                ],
                                default="quarterly",
                                max_length=10,
                            ),
                        ),
                        ("cron", models.CharField(blank=True, default="", max_length=100)),
                        ("drift_alert_percent", models.PositiveSmallIntegerField(default=20)),
                    ],
                    options={
                        "ordering": ["brand", "position", "key"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "key"), name="segmentation_dimension_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("cadence__in", ["quarterly", "monthly", "cron", "by_hand"])
                                ),
                                name="segmentation_dimension_cadence",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("cadence", "cron"), models.Q(("cron", ""), _negated=True)
                                    ),
                                    models.Q(
                                        models.Q(("cadence", "cron"), _negated=True), ("cron", "")
                                    ),
                                    _connector="OR",
                                ),
                                name="segmentation_cron_with_cadence",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("drift_alert_percent__lte", 100)),
                                name="segmentation_drift_percent",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DriftReport",
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
                        ("since_on", models.DateField()),
                        ("until_on", models.DateField()),
                        ("since", models.DateTimeField()),
                        ("until", models.DateTimeField()),
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
                        ("computed_at", models.DateTimeField(blank=True, null=True)),
                        ("creators", models.JSONField(default=dict)),
                        ("dimensions", models.JSONField(default=list)),
                        ("facts", models.JSONField(default=list)),
                        ("freshness", models.JSONField(default=list)),
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
                            "requested_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ["brand", "-until_on", "-since_on"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "until_on", "since_on"),
                                name="segmentation_drift_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until__gt", models.F("since")),
                                    ("until_on__gt", models.F("since_on")),
                                ),
                                name="segmentation_drift_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["queued", "done", "failed"])),
                                name="segmentation_drift_status",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FactsMoment",
                    fields=[
                        (
                            "brand",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to="crm.brand",
                            ),
                        ),
                        ("as_of", models.DateTimeField()),
                        ("definition", models.CharField(max_length=64)),
                        ("checked_at", models.DateTimeField(null=True)),
                        ("differences", models.BigIntegerField(null=True)),
                    ],
                    options={
                        "ordering": ["brand"],
                    },
                ),
                migrations.CreateModel(
                    name="PeerNorm",
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
                        ("as_of", models.DateTimeField()),
                        ("median_rate", models.FloatField()),
                        ("creators", models.BigIntegerField()),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "platform",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.platform",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brand", "platform"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "platform"), name="segmentation_peer_norm_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TierScorecards",
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
                        ("period", models.CharField(max_length=6)),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
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
                        ("as_of", models.DateTimeField(blank=True, null=True)),
                        ("computed_at", models.DateTimeField(blank=True, null=True)),
                        ("tiers", models.JSONField(default=list)),
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
                            "requested_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "scheme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.tierscheme",
                            ),
                        ),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ["brand", "scheme", "-period"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "scheme", "period"),
                                name="segmentation_tier_scorecards_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["queued", "done", "failed"])),
                                name="segmentation_tier_scorecards_status",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Run",
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
                        ("as_of", models.DateTimeField()),
                        (
                            "trigger",
                            models.CharField(
                                choices=[
                                    ("quarterly", "Quarterly"),
                                    ("schedule", "By schedule"),
                                    ("manual", "By hand"),
                                    ("facts", "Changed facts"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "Queued"),
                                    ("running", "Running"),
                                    ("waiting", "Waiting for approval"),
                                    ("applied", "Applied"),
                                    ("rejected", "Rejected"),
                                    ("dry", "Dry run"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                    ("rolled_back", "Rolled back"),
                                ],
                                default="queued",
                                max_length=12,
                            ),
                        ),
                        ("quarter", models.CharField(blank=True, default="", max_length=6)),
                        ("is_dry", models.BooleanField(default=False)),
                        ("apply_now", models.BooleanField(default=False)),
                        ("population", models.BigIntegerField(blank=True, null=True)),
                        (
                            "moved",
                            models.BigIntegerField(
                                blank=True, help_text="Creators with any change.", null=True
                            ),
                        ),
                        ("error", models.TextField(blank=True, default="")),
                        ("created_at", models.DateTimeField()),
                        ("started_at", models.DateTimeField(blank=True, null=True)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        ("applied_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "decision_reason",
                            models.CharField(blank=True, default="", max_length=300),
                        ),
                        ("duration_ms", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "decided_by",
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
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="segmentation.dimension",
                            ),
                        ),
                        (
                            "requested_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("cancel_requested", models.BooleanField(default=False)),
                        (
                            "rollback_reason",
                            models.CharField(blank=True, default="", max_length=300),
                        ),
                        ("rolled_back_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "rolled_back_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("slot", models.DateTimeField(blank=True, null=True)),
                        (
                            "readings",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.TextField(), blank=True, default=list, size=None
                            ),
                        ),
                        ("counted_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-created_at"], name="segmentation_run_by_time"
                            ),
                            models.Index(
                                condition=models.Q(("status", "applied")),
                                fields=["brand", "-as_of", "-id"],
                                name="segmentation_run_applied",
                            ),
                            models.Index(
                                condition=models.Q(("applied_at__isnull", False)),
                                fields=["brand", "-applied_at"],
                                name="segmentation_run_in_order",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("status__in", ["queued", "running", "waiting"])
                                ),
                                fields=["brand", "status"],
                                name="segmentation_run_unfinished",
                            ),
                            models.Index(
                                condition=models.Q(("rolled_back_at__isnull", False)),
                                fields=["brand", "-rolled_back_at"],
                                name="segmentation_run_rolled_back",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("trigger", "quarterly")),
                                fields=("brand", "quarter"),
                                name="segmentation_one_run_a_quarter",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "queued",
                                            "running",
                                            "waiting",
                                            "applied",
                                            "rejected",
                                            "dry",
                                            "failed",
                                            "cancelled",
                                            "rolled_back",
                                        ],
                                    )
                                ),
                                name="segmentation_run_status",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("trigger__in", ["quarterly", "schedule", "manual", "facts"])
                                ),
                                name="segmentation_run_trigger",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("trigger", "schedule")),
                                fields=("dimension", "slot"),
                                name="segmentation_one_run_a_slot",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DriftAlert",
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
                        ("moved", models.BigIntegerField()),
                        ("known", models.BigIntegerField()),
                        ("threshold_percent", models.PositiveSmallIntegerField()),
                        ("created_at", models.DateTimeField()),
                        (
                            "dimension",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="segmentation.dimension",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="alerts",
                                to="segmentation.run",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("run", "dimension"), name="segmentation_drift_alert_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("known__gt", 0), ("moved__lte", models.F("known"))
                                ),
                                name="segmentation_drift_alert_share",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RunEvidence",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "run_id",
                                "creator_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("values", models.JSONField()),
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
                            "run",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="evidence",
                                to="segmentation.run",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "run evidence",
                    },
                ),
                migrations.CreateModel(
                    name="RunNorm",
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
                        ("fact", models.CharField(max_length=100)),
                        ("percentile", models.PositiveSmallIntegerField()),
                        (
                            "by",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=100), size=None
                            ),
                        ),
                        ("peers", models.JSONField()),
                        ("value", models.FloatField()),
                        ("creators", models.BigIntegerField()),
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
                            "run",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="norms",
                                to="segmentation.run",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["run", "fact", "percentile", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "fact", "percentile", "-run"],
                                name="segmentation_norm_last",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("run", "fact", "percentile", "by", "peers"),
                                name="segmentation_norm_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RunOrder",
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
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("apply", "Being applied"),
                                    ("roll_back", "Being rolled back"),
                                ],
                                max_length=9,
                            ),
                        ),
                        ("hold", models.JSONField(default=list)),
                        ("reason", models.CharField(blank=True, default="", max_length=300)),
                        (
                            "requested_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="orders",
                                to="segmentation.run",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["run", "pk"],
                        "indexes": [
                            models.Index(fields=["run", "-id"], name="segmentation_order_newest")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status", "queued")),
                                fields=("run",),
                                name="segmentation_one_open_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["apply", "roll_back"])),
                                name="segmentation_order_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["queued", "done", "failed"])),
                                name="segmentation_order_status",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Segment",
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
                        ("key", models.SlugField(max_length=60)),
                        ("name", models.CharField(max_length=120)),
                        ("purpose", models.TextField(blank=True, default="")),
                        ("primary_kpi", models.CharField(blank=True, default="", max_length=60)),
                        (
                            "kpis",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=100)),
                        ("bit", models.PositiveIntegerField()),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("active", "Active"),
                                    ("broken", "Broken"),
                                    ("archived", "Archived"),
                                ],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("broken_reason", models.CharField(blank=True, default="", max_length=300)),
                        (
                            "unknown_policy",
                            models.CharField(
                                choices=[
                                    ("leave_out", "Leave out"),
                                    ("keep", "Keep if already in"),
                                    ("review", "Send to review"),
                                ],
                                default="leave_out",
                                max_length=10,
                            ),
                        ),
                        ("members_count", models.BigIntegerField(default=0)),
                        ("origin", models.CharField(blank=True, default="", max_length=80)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "dimension",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="segments",
                                to="segmentation.dimension",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("definition", models.TextField(blank=True, default="")),
                    ],
                    options={
                        "ordering": ["dimension", "position", "key"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "key"), name="segmentation_segment_once"
                            ),
                            models.UniqueConstraint(
                                fields=("brand", "bit"), name="segmentation_segment_bit_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["draft", "active", "broken", "archived"])
                                ),
                                name="segmentation_segment_status",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("unknown_policy__in", ["leave_out", "keep", "review"])
                                ),
                                name="segmentation_segment_unknown",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AudienceSegment",
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
                        ("key", models.SlugField(max_length=60)),
                        ("name", models.CharField(max_length=120)),
                        ("description", models.TextField(blank=True, default="")),
                        (
                            "countries",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "platforms",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=30),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("wanted_creators", models.PositiveIntegerField(default=3)),
                        ("position", models.PositiveSmallIntegerField(default=100)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
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
                            "segments",
                            models.ManyToManyField(
                                blank=True, related_name="audiences", to="segmentation.segment"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brand", "position", "name"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "key"), name="segmentation_audience_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("wanted_creators__gt", 0)),
                                name="segmentation_audience_wanted",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Override",
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
                            "kind",
                            models.CharField(
                                choices=[("in", "Always in"), ("out", "Never in")], max_length=3
                            ),
                        ),
                        ("reason", models.CharField(max_length=300)),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "author",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "creator",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.creator",
                            ),
                        ),
                        (
                            "segment",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="overrides",
                                to="segmentation.segment",
                            ),
                        ),
                        (
                            "withdrawn_by",
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
                        "ordering": ["-starts_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["segment", "creator"], name="segmentation_override_by_who"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["in", "out"])),
                                name="segmentation_override_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="segmentation_override_reasoned",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_at", None),
                                    ("ends_at__gt", models.F("starts_at")),
                                    _connector="OR",
                                ),
                                name="segmentation_override_order",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("ends_at", None)),
                                fields=("segment", "creator"),
                                name="segmentation_one_open_override",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Playbook",
                    fields=[
                        (
                            "segment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="playbook",
                                serialize=False,
                                to="segmentation.segment",
                            ),
                        ),
                        (
                            "outreach",
                            models.TextField(
                                blank=True, default="", verbose_name="outreach approach"
                            ),
                        ),
                        (
                            "briefing",
                            models.TextField(blank=True, default="", verbose_name="briefing style"),
                        ),
                        ("formats", models.TextField(blank=True, default="")),
                        (
                            "usage_rights",
                            models.TextField(
                                blank=True, default="", verbose_name="usage-rights expectation"
                            ),
                        ),
                        ("success_metrics", models.TextField(blank=True, default="")),
                        ("dos", models.TextField(blank=True, default="", verbose_name="do")),
                        ("donts", models.TextField(blank=True, default="", verbose_name="don't")),
                        ("claims_policy", models.TextField(blank=True, default="")),
                        (
                            "maximum_share",
                            models.FloatField(blank=True, null=True, verbose_name="maximum share"),
                        ),
                        ("campaign_type", models.CharField(blank=True, default="", max_length=200)),
                        ("do_not_pitch", models.BooleanField(default=False)),
                        (
                            "mistake_cost",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("low", "Low: room for error"),
                                    ("medium", "Medium"),
                                    ("high", "High"),
                                ],
                                default="",
                                max_length=10,
                            ),
                        ),
                        ("updated_at", models.DateTimeField()),
                        (
                            "updated_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("maximum_share", None),
                                    models.Q(("maximum_share__gt", 0), ("maximum_share__lte", 1)),
                                    _connector="OR",
                                ),
                                name="segmentation_playbook_share",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("mistake_cost__in", ["", "low", "medium", "high"])
                                ),
                                name="segmentation_playbook_cost",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Scorecard",
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
                        ("period", models.CharField(max_length=6)),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("as_of", models.DateTimeField()),
                        ("computed_at", models.DateTimeField()),
                        ("size", models.BigIntegerField()),
                        ("metrics", models.JSONField()),
                        (
                            "segment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="scorecards",
                                to="segmentation.segment",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["segment", "-period"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("segment", "period"), name="segmentation_scorecard_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="segmentation_scorecard_span",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SegmentExample",
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
                        ("belongs", models.BooleanField()),
                        ("note", models.CharField(blank=True, default="", max_length=300)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "added_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "creator",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.creator",
                            ),
                        ),
                        (
                            "segment",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="examples",
                                to="segmentation.segment",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["segment", "-belongs", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("segment", "creator"), name="segmentation_example_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SegmentVersion",
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
                        ("number", models.PositiveIntegerField()),
                        ("rule", models.JSONField(help_text="The rule language, JSON version 1.")),
                        (
                            "rule_text",
                            models.TextField(help_text="The same rule in text notation."),
                        ),
                        ("reason", models.CharField(blank=True, default="", max_length=300)),
                        ("created_at", models.DateTimeField()),
                        ("activated_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "author",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="segmentation.segment",
                            ),
                        ),
                        ("minimum_stay_days", models.PositiveIntegerField(default=0)),
                        ("near_percent", models.PositiveSmallIntegerField(default=10)),
                        ("stay_rule", models.JSONField(blank=True, null=True)),
                        ("stay_rule_text", models.TextField(blank=True, default="")),
                        ("origin", models.CharField(blank=True, default="", max_length=80)),
                        (
                            "unknown_policy",
                            models.CharField(
                                choices=[
                                    ("leave_out", "Leave out"),
                                    ("keep", "Keep if already in"),
                                    ("review", "Send to review"),
                                ],
                                default="leave_out",
                                max_length=10,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["segment", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("segment", "number"), name="segmentation_version_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("unknown_policy__in", ["leave_out", "keep", "review"])
                                ),
                                name="segmentation_version_unknown",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Change",
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
                            "kind",
                            models.CharField(
                                choices=[("joined", "Joined"), ("left", "Left")], max_length=6
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
                            "run",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="changes",
                                to="segmentation.run",
                            ),
                        ),
                        (
                            "segment",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="segmentation.segment",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="segmentation.segmentversion",
                            ),
                        ),
                        (
                            "cause",
                            models.CharField(
                                choices=[
                                    ("rule", "Rule"),
                                    ("override", "Decided by a person"),
                                    ("precedence", "Another segment comes first"),
                                    ("rollback", "Run rolled back"),
                                    ("archived", "Segment archived"),
                                    ("erased", "Creator erased"),
                                ],
                                db_default="rule",
                                max_length=10,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["run", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["run", "segment", "kind", "id"],
                                name="segmentation_change_list",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["joined", "left"])),
                                name="segmentation_change_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "cause__in",
                                        [
                                            "rule",
                                            "override",
                                            "precedence",
                                            "rollback",
                                            "archived",
                                            "erased",
                                        ],
                                    )
                                ),
                                name="segmentation_change_cause",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Membership",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "segment_id",
                                "creator_id",
                                "entered_at",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("entered_at", models.DateTimeField()),
                        ("left_at", models.DateTimeField(blank=True, null=True)),
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
                            "entered_run",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="segmentation.run",
                            ),
                        ),
                        (
                            "left_run",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="segmentation.run",
                            ),
                        ),
                        (
                            "segment",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to="segmentation.segment",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="segmentation.segmentversion",
                            ),
                        ),
                        (
                            "entered_cause",
                            models.CharField(
                                choices=[
                                    ("rule", "Rule"),
                                    ("override", "Decided by a person"),
                                    ("precedence", "Another segment comes first"),
                                    ("rollback", "Run rolled back"),
                                    ("archived", "Segment archived"),
                                    ("erased", "Creator erased"),
                                ],
                                db_default="rule",
                                max_length=10,
                            ),
                        ),
                        (
                            "left_cause",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("rule", "Rule"),
                                    ("override", "Decided by a person"),
                                    ("precedence", "Another segment comes first"),
                                    ("rollback", "Run rolled back"),
                                    ("archived", "Segment archived"),
                                    ("erased", "Creator erased"),
                                ],
                                db_default="",
                                max_length=10,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("left_at", None)),
                                fields=("segment", "creator"),
                                name="segmentation_one_open_stay",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("left_at", None),
                                    ("left_at__gt", models.F("entered_at")),
                                    _connector="OR",
                                ),
                                name="segmentation_stay_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RunSegment",
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
                        ("members", models.BigIntegerField(default=0)),
                        ("joined", models.BigIntegerField(default=0)),
                        ("left", models.BigIntegerField(default=0)),
                        ("unknown", models.BigIntegerField(default=0)),
                        ("missing", models.JSONField(default=dict)),
                        ("error", models.CharField(blank=True, default="", max_length=300)),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="segments",
                                to="segmentation.run",
                            ),
                        ),
                        (
                            "segment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="segmentation.segment",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="segmentation.segmentversion",
                            ),
                        ),
                        ("is_held", models.BooleanField(default=False)),
                        ("near", models.JSONField(default=dict)),
                        (
                            "readings",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.TextField(), blank=True, default=list, size=None
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["run", "segment"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("run", "segment"), name="segmentation_run_segment_once"
                            )
                        ],
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="segment",
            name="active_version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="segmentation.segmentversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="segment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "active"), _negated=True),
                    ("active_version__isnull", False),
                    _connector="OR",
                ),
                name="segmentation_active_has_version",
            ),
        ),
        # Runs rewrite the masks of many rows: free space lets them stay on their page (HOT).
        migrations.RunSQL(
            "ALTER TABLE segmentation_creatorfacts SET (fillfactor = 80)",
            "ALTER TABLE segmentation_creatorfacts RESET (fillfactor)",
        ),
        migrations.RunSQL(deletion.FORWARD, deletion.BACKWARD),
        migrations.RunSQL(forget.FORGET.format(evidence=forget.EVIDENCE), migrations.RunSQL.noop),
    ]
