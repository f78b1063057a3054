"""Daily series of a brand, notes on days, and lifts of campaigns."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0014_conversions"),
        ("crm", "0025_reserve_links"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="DailySeries",
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
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("brand_search", "Searches for the brand"),
                                    ("direct_traffic", "Direct traffic"),
                                    ("followers", "Followers of its own accounts"),
                                    ("engagement_rate", "Engagement rate of its own accounts"),
                                    ("other", "Something else"),
                                ],
                                default="other",
                                max_length=20,
                            ),
                        ),
                        ("source", models.CharField(blank=True, default="", max_length=200)),
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
                        "verbose_name_plural": "daily series",
                        "ordering": ["brand", "name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "key"), name="campaigns_series_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "brand_search",
                                            "direct_traffic",
                                            "followers",
                                            "engagement_rate",
                                            "other",
                                        ],
                                    ),
                                    models.Q(("name", ""), _negated=True),
                                    models.Q(("key", ""), _negated=True),
                                ),
                                name="campaigns_series_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DayNote",
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
                        ("day", models.DateField()),
                        ("title", models.CharField(max_length=160)),
                        ("url", models.CharField(blank=True, default="", max_length=500)),
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
                            "platform",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.platform",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brand", "-day", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-day", "-id"], name="campaigns_day_notes"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("title", ""), _negated=True),
                                    models.Q(
                                        ("url", ""),
                                        ("url__regex", "^https?://[^\\s/]"),
                                        _connector="OR",
                                    ),
                                ),
                                name="campaigns_day_note_valid",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SeriesBatch",
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
                        ("values_new", models.PositiveIntegerField(default=0)),
                        ("replaced", models.JSONField(default=list)),
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
                        "ordering": ["brand", "-created_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-created_at", "-id"],
                                name="campaigns_series_files",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DailyValue",
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
                        ("day", models.DateField()),
                        ("value", models.FloatField()),
                        (
                            "series",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="values_by_day",
                                to="campaigns.dailyseries",
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.seriesbatch",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["series", "day"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("series", "day"), name="campaigns_value_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("value__gte", 0)), name="campaigns_value_known"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SeriesLift",
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
                        ("before_first", models.DateField()),
                        ("before_last", models.DateField()),
                        ("after_first", models.DateField()),
                        ("after_last", models.DateField()),
                        (
                            "control_days_back",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lifts",
                                to="campaigns.campaign",
                            ),
                        ),
                        (
                            "control",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="campaigns.dailyseries",
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
                            "series",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="campaigns.dailyseries",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["campaign", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("before_last__gt", models.F("before_first")),
                                    ("after_first__gt", models.F("before_last")),
                                    ("after_last__gt", models.F("after_first")),
                                ),
                                name="campaigns_lift_days",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("control__isnull", False),
                                        ("control_days_back", None),
                                        models.Q(("control", models.F("series")), _negated=True),
                                    ),
                                    models.Q(("control", None), ("control_days_back__gte", 7)),
                                    _connector="OR",
                                ),
                                name="campaigns_lift_control",
                            ),
                        ],
                    },
                ),
            ]
        ),
    ]
