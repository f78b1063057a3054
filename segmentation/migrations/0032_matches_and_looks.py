"""Creators ranked for a campaign with weights in versions, and what creators are like."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0019_visits"),
        ("crm", "0032_promised_tasks"),
        ("segmentation", "0031_scores"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="MatchLesson",
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
                        (
                            "requested_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("requested_at", models.DateTimeField()),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                        ("learned_at", models.DateTimeField(blank=True, null=True)),
                        ("campaigns", models.PositiveIntegerField(blank=True, null=True)),
                        ("engagements", models.PositiveIntegerField(blank=True, null=True)),
                        ("findings", models.JSONField(default=dict)),
                        ("suggested", models.JSONField(blank=True, null=True)),
                        ("is_accepted", models.BooleanField(blank=True, null=True)),
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
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["brand", "-requested_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["queued", "done", "failed"])),
                                name="segmentation_lesson_status",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at", None), ("is_accepted", None)),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("is_accepted__isnull", False),
                                        ("suggested__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="segmentation_lesson_decided",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("learned_at", None), ("suggested", None)),
                                    models.Q(
                                        ("campaigns__isnull", False),
                                        ("engagements__isnull", False),
                                        ("learned_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="segmentation_lesson_learned",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="MatchWeights",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="campaigns.campaign",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("weights", models.JSONField()),
                        (
                            "origin",
                            models.CharField(
                                choices=[
                                    ("usual", "The product's usual ones"),
                                    ("person", "Set by a person"),
                                    ("learned", "Learned from campaigns, accepted by a person"),
                                ],
                                max_length=7,
                            ),
                        ),
                        (
                            "lesson",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="segmentation.matchlesson",
                            ),
                        ),
                        ("reason", models.CharField(max_length=300)),
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
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["brand", "campaign", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "campaign", "number"),
                                name="segmentation_weights_once",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("reason", ""), _negated=True),
                                    ("number__gt", 0),
                                    ("origin__in", ["usual", "person", "learned"]),
                                ),
                                name="segmentation_weights_said",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Match",
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
                        (
                            "requested_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("requested_at", models.DateTimeField()),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        (
                            "campaign",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="campaigns.campaign",
                            ),
                        ),
                        (
                            "weights",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="segmentation.matchweights",
                            ),
                        ),
                        (
                            "segment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="segmentation.segmentversion",
                            ),
                        ),
                        (
                            "score",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="segmentation.scoreversion",
                            ),
                        ),
                        (
                            "price_limit",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=12, null=True
                            ),
                        ),
                        ("as_of", models.DateTimeField(blank=True, null=True)),
                        ("formula", models.CharField(blank=True, default="", max_length=20)),
                        ("known", models.PositiveIntegerField(blank=True, null=True)),
                        ("candidates", models.PositiveIntegerField(blank=True, null=True)),
                        ("left_out", models.JSONField(default=dict)),
                        ("inputs", models.JSONField(default=dict)),
                    ],
                    options={
                        "ordering": ["campaign", "-requested_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["campaign", "-requested_at", "-id"],
                                name="segmentation_match_list",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["queued", "done", "failed"])),
                                name="segmentation_match_status",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("as_of", None), ("candidates", None), ("known", None)
                                    ),
                                    models.Q(
                                        ("as_of__isnull", False),
                                        ("candidates__lte", models.F("known")),
                                        ("known__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="segmentation_match_computed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("price_limit", None), ("price_limit__gt", 0), _connector="OR"
                                ),
                                name="segmentation_match_price",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MatchRow",
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
                            "match",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="segmentation.match",
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
                        ("rank", models.PositiveIntegerField(blank=True, null=True)),
                        ("score", models.FloatField(blank=True, null=True)),
                        ("known", models.FloatField()),
                        ("parts", models.JSONField()),
                    ],
                    options={
                        "ordering": [
                            "match",
                            models.OrderBy(models.F("rank"), nulls_last=True),
                            "pk",
                        ],
                        "indexes": [
                            models.Index(
                                fields=["match", "rank", "id"], name="segmentation_match_rank"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("match", "relationship"), name="segmentation_match_row_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("rank", None), ("rank__gt", 0), _connector="OR"),
                                    models.Q(
                                        ("score", None), ("score__range", (0, 100)), _connector="OR"
                                    ),
                                    ("known__range", (0, 1.000001)),
                                ),
                                name="segmentation_match_row_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LookIndex",
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
                        (
                            "requested_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("requested_at", models.DateTimeField()),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        (
                            "brand",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                        ("method", models.CharField(blank=True, default="", max_length=20)),
                        ("version", models.PositiveIntegerField(default=0)),
                        ("built_at", models.DateTimeField(blank=True, null=True)),
                        ("creators", models.PositiveIntegerField(blank=True, null=True)),
                        ("terms", models.PositiveIntegerField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["queued", "done", "failed"])),
                                name="segmentation_look_status",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("built_at", None), ("creators", None), ("terms", None)
                                    ),
                                    models.Q(
                                        ("built_at__isnull", False),
                                        ("creators__isnull", False),
                                        ("terms__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="segmentation_look_built",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="LookTerm",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "index_id",
                                "number",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "index",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="words",
                                to="segmentation.lookindex",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("word", models.CharField(max_length=100)),
                        ("creators", models.PositiveIntegerField()),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="CreatorLook",
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
                            "terms",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.IntegerField(), size=None
                            ),
                        ),
                        (
                            "weights",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.FloatField(), size=None
                            ),
                        ),
                        (
                            "numbers",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.FloatField(null=True), size=None
                            ),
                        ),
                        ("posts", models.PositiveIntegerField()),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["terms"], name="segmentation_look_terms"
                            ),
                            models.Index(fields=["creator"], name="segmentation_look_of"),
                        ],
                        "constraints": [],
                    },
                ),
            ]
        )
    ]
