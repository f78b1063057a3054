"""Visits of the brand's site by link, code and day."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0018_watching"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="VisitBatch",
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
                        ("file_name", models.CharField(max_length=255)),
                        ("days_new", models.PositiveIntegerField(default=0)),
                        ("days_known", models.PositiveIntegerField(default=0)),
                        ("replaced", models.JSONField(default=list)),
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
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["brand", "-created_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-created_at", "-id"], name="campaigns_visit_files"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VisitDay",
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
                            "link",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="campaigns.trackinglink",
                            ),
                        ),
                        (
                            "code",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="campaigns.promocode",
                            ),
                        ),
                        ("day", models.DateField()),
                        ("sessions", models.PositiveIntegerField()),
                        ("engaged", models.PositiveIntegerField(blank=True, null=True)),
                        ("bounces", models.PositiveIntegerField(blank=True, null=True)),
                        ("pages", models.PositiveBigIntegerField(blank=True, null=True)),
                        ("seconds", models.PositiveBigIntegerField(blank=True, null=True)),
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
                                default="measured",
                                max_length=20,
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.visitbatch",
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["brand", "-day", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-day", "-id"], name="campaigns_visit_days"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("code", None)),
                                fields=("link", "day"),
                                name="campaigns_visit_link_day",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("link", None)),
                                fields=("code", "day"),
                                name="campaigns_visit_code_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("code", None), ("link__isnull", False)),
                                    models.Q(("code__isnull", False), ("link", None)),
                                    _connector="OR",
                                ),
                                name="campaigns_visit_of_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "source__in",
                                        ["measured", "creator", "vendor", "manual", "estimated"],
                                    ),
                                    models.Q(
                                        ("engaged", None),
                                        ("engaged__lte", models.F("sessions")),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("bounces", None),
                                        ("bounces__lte", models.F("sessions")),
                                        _connector="OR",
                                    ),
                                ),
                                name="campaigns_visit_parts",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
