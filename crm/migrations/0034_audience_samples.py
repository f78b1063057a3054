"""Samples of who follows an account."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0033_comment_themes"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="SampleBatch",
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
                        ("file_name", models.CharField(max_length=255)),
                        ("samples", models.PositiveIntegerField()),
                        ("people", models.PositiveIntegerField()),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
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
                    ],
                    options={
                        "verbose_name_plural": "sample batches",
                        "ordering": ["brand", "-created_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-created_at", "-id"], name="crm_sample_files"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AudienceSample",
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
                        ("taken_on", models.DateField()),
                        ("audience_size", models.PositiveBigIntegerField()),
                        ("people", models.PositiveIntegerField()),
                        (
                            "members",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), size=None
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("measured", "Measured"),
                                    ("creator", "Creator-connected"),
                                    ("vendor", "Vendor"),
                                    ("manual", "Entered by hand"),
                                    ("estimated", "Estimated"),
                                ],
                                default="vendor",
                                max_length=20,
                            ),
                        ),
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
                            "profile",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.profile",
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.samplebatch",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brand", "profile", "-taken_on", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "profile", "taken_on"), name="crm_sample_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("audience_size__gte", models.F("people")),
                                    ("people__gte", 1),
                                    (
                                        "source__in",
                                        ["measured", "creator", "vendor", "manual", "estimated"],
                                    ),
                                ),
                                name="crm_sample_valid",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
