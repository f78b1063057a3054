"""How two scores differ, what came true of one, and tests of variants of content."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0019_visits"),
        ("crm", "0032_promised_tasks"),
        ("segmentation", "0032_matches_and_looks"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="ContentTest",
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
                            "element",
                            models.CharField(
                                choices=[
                                    ("hook", "Hook"),
                                    ("call_to_action", "Call to action"),
                                    ("time", "Time of publication"),
                                    ("audience", "Audience it speaks to"),
                                    ("other", "Something else"),
                                ],
                                max_length=14,
                            ),
                        ),
                        (
                            "metric",
                            models.CharField(
                                choices=[
                                    ("orders_per_click", "Orders for each click"),
                                    ("clicks", "Clicks for each creator"),
                                    (
                                        "engagements",
                                        "Likes, comments, shares and saves for each view",
                                    ),
                                    ("saves", "Saves for each view"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("level", models.FloatField(default=0.95)),
                        ("planned_lift", models.FloatField(default=0.2)),
                        ("floor", models.PositiveSmallIntegerField(default=10)),
                        ("target", models.CharField(blank=True, default="", max_length=2000)),
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
                        ("created_at", models.DateTimeField()),
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
                                name="segmentation_content_list",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("name", ""), _negated=True),
                                    models.Q(("question", ""), _negated=True),
                                ),
                                name="segmentation_content_test_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "element__in",
                                        ["hook", "call_to_action", "time", "audience", "other"],
                                    ),
                                    (
                                        "metric__in",
                                        ["orders_per_click", "clicks", "engagements", "saves"],
                                    ),
                                    ("status__in", ["draft", "running", "completed"]),
                                ),
                                name="segmentation_content_test_choices",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("level__gte", 0.5),
                                    ("level__lt", 1),
                                    ("planned_lift__gt", 0),
                                    ("planned_lift__lte", 10),
                                    ("floor__gte", 1),
                                    ("floor__lte", 16),
                                ),
                                name="segmentation_content_test_numbers",
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
                                        ("ended_at__gte", models.F("started_at")),
                                        ("status", "completed"),
                                        models.Q(("decision", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="segmentation_content_test_dates",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContentReading",
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
                        ("number", models.PositiveIntegerField()),
                        ("computed_at", models.DateTimeField(blank=True, null=True)),
                        ("result", models.JSONField(default=dict)),
                        ("suggested", models.JSONField(default=dict)),
                        ("digest", models.CharField(blank=True, default="", max_length=64)),
                        ("applied", models.JSONField(default=dict)),
                        ("applied_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "applied_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                            "test",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="readings",
                                to="segmentation.contenttest",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["test", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("test", "number"), name="segmentation_reading_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["queued", "done", "failed"])),
                                name="segmentation_reading_status",
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
                                name="segmentation_reading_kept",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("applied", {}), ("applied_at", None)),
                                    models.Q(
                                        ("applied_at__isnull", False),
                                        models.Q(("applied", {}), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="segmentation_reading_applied",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContentVariant",
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
                        ("text", models.TextField(max_length=2000)),
                        ("is_control", models.BooleanField(default=False)),
                        ("share", models.PositiveSmallIntegerField()),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "audience",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="segmentation.audiencesegment",
                            ),
                        ),
                        (
                            "test",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="variants",
                                to="segmentation.contenttest",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["test", "position", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("test", "key"), name="segmentation_variant_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_control", True)),
                                fields=("test",),
                                name="segmentation_variant_one_control",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("name", ""), _negated=True),
                                    models.Q(("key", ""), _negated=True),
                                    models.Q(("text", ""), _negated=True),
                                ),
                                name="segmentation_variant_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("share__gte", 1), ("share__lte", 99)),
                                name="segmentation_variant_share",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContentPiece",
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
                        ("assigned_at", models.DateTimeField()),
                        (
                            "deliverable",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="campaigns.deliverable",
                            ),
                        ),
                        (
                            "link",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.trackinglink",
                            ),
                        ),
                        (
                            "test",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="pieces",
                                to="segmentation.contenttest",
                            ),
                        ),
                        (
                            "variant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="pieces",
                                to="segmentation.contentvariant",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["test", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("test", "deliverable"), name="segmentation_piece_once"
                            ),
                            models.UniqueConstraint(
                                fields=("test", "number"), name="segmentation_piece_in_order"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScoreBacktest",
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
                        ("day", models.DateField()),
                        ("days", models.PositiveSmallIntegerField()),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("engagement", "Engagement for each view"),
                                    ("views", "Views against their own norm"),
                                    ("orders", "Orders by their codes and links"),
                                    ("on_time", "Pieces delivered on time"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("computed_at", models.DateTimeField(blank=True, null=True)),
                        ("result", models.JSONField(default=dict)),
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
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="segmentation.scoreversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brand", "-requested_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "version", "day", "days", "outcome"),
                                name="segmentation_backtest_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("outcome__in", ["engagement", "views", "orders", "on_time"]),
                                    ("status__in", ["queued", "done", "failed"]),
                                ),
                                name="segmentation_backtest_choices",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("days__gte", 7), ("days__lte", 365)),
                                name="segmentation_backtest_days",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScoreComparison",
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
                        ("computed_at", models.DateTimeField(blank=True, null=True)),
                        ("result", models.JSONField(default=dict)),
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
                            "first",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="segmentation.scoreversion",
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
                            "second",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="segmentation.scoreversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brand", "-requested_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "first", "second"),
                                name="segmentation_comparison_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("first", models.F("second")), _negated=True),
                                name="segmentation_comparison_of_two",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["queued", "done", "failed"])),
                                name="segmentation_comparison_status",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScoreMove",
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
                        ("first_rank", models.PositiveBigIntegerField()),
                        ("second_rank", models.PositiveBigIntegerField()),
                        ("first_score", models.FloatField()),
                        ("second_score", models.FloatField()),
                        (
                            "first_points",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.FloatField(null=True), size=None
                            ),
                        ),
                        (
                            "second_points",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.FloatField(null=True), size=None
                            ),
                        ),
                        (
                            "comparison",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="moves",
                                to="segmentation.scorecomparison",
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
                    ],
                    options={
                        "ordering": ["comparison", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("comparison", "creator"), name="segmentation_move_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("first_rank__gte", 1), ("second_rank__gte", 1)),
                                name="segmentation_move_ranks",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("first_score__gte", 0),
                                    ("first_score__lte", 100),
                                    ("second_score__gte", 0),
                                    ("second_score__lte", 100),
                                ),
                                name="segmentation_move_scores",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
