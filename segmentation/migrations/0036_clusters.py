"""Clusters of creators who hang together, and the map of them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0034_audience_samples"),
        ("segmentation", "0035_forecasts_and_budgets"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Cluster",
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
                        ("name", models.CharField(blank=True, default="", max_length=80)),
                        (
                            "terms",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60), default=list, size=None
                            ),
                        ),
                        ("size", models.PositiveIntegerField()),
                        ("stability", models.FloatField()),
                        ("x", models.FloatField()),
                        ("y", models.FloatField()),
                        ("radius", models.FloatField()),
                        ("found_at", models.DateTimeField()),
                        ("gone_at", models.DateTimeField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
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
                            "named_by",
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
                        "ordering": ["brand", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "number"), name="segmentation_cluster_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("radius__gt", 0),
                                    ("size__gte", 1),
                                    ("stability__range", (0, 1)),
                                ),
                                name="segmentation_cluster_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClusterBuild",
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
                        ("built_at", models.DateTimeField()),
                        ("creators", models.PositiveIntegerField()),
                        ("tied", models.PositiveIntegerField()),
                        ("clustered", models.PositiveIntegerField()),
                        ("clusters", models.PositiveIntegerField()),
                        ("moved", models.PositiveIntegerField(null=True)),
                        ("modularity", models.FloatField(null=True)),
                        ("agreement", models.FloatField(null=True)),
                        ("inputs", models.JSONField()),
                        ("method", models.JSONField()),
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
                        "ordering": ["brand", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "number"), name="segmentation_build_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("clustered__lte", models.F("tied")),
                                    ("tied__lte", models.F("creators")),
                                ),
                                name="segmentation_build_parts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClusterMap",
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
                        ("build", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "brand",
                            models.OneToOneField(
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
                    ],
                    options={
                        "ordering": ["brand"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["queued", "done", "failed"])),
                                name="segmentation_map_status",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClusterStay",
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
                        ("entered_at", models.DateTimeField()),
                        ("left_at", models.DateTimeField(blank=True, null=True)),
                        ("stability", models.FloatField()),
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
                            "cluster",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="stays",
                                to="segmentation.cluster",
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
                        "ordering": ["brand", "creator", "-entered_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("left_at", None)),
                                fields=("brand", "creator"),
                                name="segmentation_one_cluster",
                            ),
                            models.UniqueConstraint(
                                fields=("brand", "creator", "entered_at"),
                                name="segmentation_cluster_stay_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("stability__range", (0, 1)),
                                    models.Q(
                                        ("left_at", None),
                                        ("left_at__gt", models.F("entered_at")),
                                        _connector="OR",
                                    ),
                                ),
                                name="segmentation_cluster_stay_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CreatorPlace",
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
                        ("x", models.FloatField()),
                        ("y", models.FloatField()),
                        ("ties", models.PositiveIntegerField()),
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.creator",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brand", "-ties", "creator"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "creator"), name="segmentation_place_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CreatorTie",
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
                        ("people", models.PositiveIntegerField(null=True)),
                        ("hashtags", models.PositiveIntegerField(null=True)),
                        ("mentions", models.PositiveIntegerField(null=True)),
                        ("weight", models.FloatField()),
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
                            "one",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.creator",
                            ),
                        ),
                        (
                            "other",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.creator",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brand", "-weight", "pk"],
                        "indexes": [
                            models.Index(fields=["brand", "-weight"], name="segmentation_ties")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("one", "other", "brand"), name="segmentation_tie_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("one", models.F("other")), _negated=True),
                                    ("weight__gt", 0),
                                    models.Q(
                                        ("people__gte", 1),
                                        ("hashtags__gte", 1),
                                        ("mentions__gte", 1),
                                        _connector="OR",
                                    ),
                                ),
                                name="segmentation_tie_valid",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
