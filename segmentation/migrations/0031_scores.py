"""Score models in versions, the spreads that percentiles compare with, and creators' scores."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0029_connectors"),
        ("segmentation", "0030_stretches"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="ScoreModel",
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
                        ("key", models.SlugField(max_length=40)),
                        ("name", models.CharField(max_length=80)),
                        ("purpose", models.TextField(max_length=1000)),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        ("counted_at", models.DateTimeField(blank=True, null=True)),
                        ("scored", models.PositiveBigIntegerField(blank=True, null=True)),
                        ("unscored", models.PositiveBigIntegerField(blank=True, null=True)),
                        ("stability", models.JSONField(default=dict)),
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
                        "ordering": ["brand", "name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "key"), name="segmentation_score_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("name", ""), _negated=True),
                                    models.Q(("purpose", ""), _negated=True),
                                ),
                                name="segmentation_score_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["queued", "done", "failed"])),
                                name="segmentation_score_status",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScoreVersion",
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
                        ("definition", models.JSONField()),
                        ("reason", models.CharField(max_length=300)),
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
                            "model",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="segmentation.scoremodel",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["model", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("model", "number"), name="segmentation_score_version_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="segmentation_score_version_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScoreNorm",
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
                        ("component", models.CharField(max_length=40)),
                        (
                            "peers",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=120), size=None
                            ),
                        ),
                        (
                            "points",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.FloatField(), size=None
                            ),
                        ),
                        (
                            "mirrored",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.FloatField(), size=None
                            ),
                        ),
                        ("creators", models.BigIntegerField()),
                        ("as_of", models.DateTimeField()),
                        (
                            "version",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="norms",
                                to="segmentation.scoreversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["version", "component", "peers"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("version", "component", "peers"),
                                name="segmentation_score_norm_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CreatorScore",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "model_id",
                                "creator_id",
                                "counted_at",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("counted_at", models.DateTimeField()),
                        ("replaced_at", models.DateTimeField(blank=True, null=True)),
                        ("score", models.FloatField()),
                        ("known", models.FloatField()),
                        (
                            "points",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.FloatField(null=True), size=None
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
                            "model",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="segmentation.scoremodel",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="segmentation.scoreversion",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("replaced_at", None)),
                                fields=["model", "-score", "-creator"],
                                name="segmentation_score_rank",
                            ),
                            models.Index(fields=["creator"], name="segmentation_score_of"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("replaced_at", None)),
                                fields=("model", "creator"),
                                name="segmentation_one_score",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("replaced_at", None),
                                    ("replaced_at__gt", models.F("counted_at")),
                                    _connector="OR",
                                ),
                                name="segmentation_score_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("known__gte", 0),
                                    ("known__lte", 1.000001),
                                    ("score__gte", 0),
                                    ("score__lte", 100),
                                ),
                                name="segmentation_score_range",
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.AddField(
            model_name="scoremodel",
            name="active_version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="segmentation.scoreversion",
            ),
        ),
        migrations.AddField(
            model_name="scoremodel",
            name="counted_version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="segmentation.scoreversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoremodel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("counted_at", None),
                        ("counted_version", None),
                        ("scored", None),
                        ("unscored", None),
                    ),
                    models.Q(
                        ("counted_at__isnull", False),
                        ("counted_version__isnull", False),
                        ("scored__isnull", False),
                        ("unscored__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="segmentation_score_counted",
            ),
        ),
    ]
