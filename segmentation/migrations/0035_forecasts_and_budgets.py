"""What past posts say, what creators and campaigns are expected to bring, and budget plans."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0020_keywords_and_topics"),
        ("crm", "0033_comment_themes"),
        ("segmentation", "0034_suggested_values"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="ForecastModel",
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
                        ("level", models.FloatField(default=0.8)),
                        ("as_of", models.DateTimeField(blank=True, null=True)),
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
                    ],
                    options={
                        "ordering": ["brand", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "number"), name="segmentation_forecast_model_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("status", "queued")),
                                fields=("brand",),
                                name="segmentation_forecast_one_queued",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("level__gte", 0.5),
                                    ("level__lte", 0.99),
                                    ("status__in", ["queued", "done", "failed"]),
                                ),
                                name="segmentation_forecast_model_status",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "done"), _negated=True),
                                    ("as_of__isnull", False),
                                    _connector="OR",
                                ),
                                name="segmentation_forecast_model_learned",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CreatorForecast",
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
                        ("platform", models.CharField(blank=True, default="", max_length=30)),
                        (
                            "measure",
                            models.CharField(
                                choices=[
                                    ("views", "Views"),
                                    ("reach", "Reach"),
                                    ("engagements", "Engagements"),
                                    ("orders", "Orders"),
                                    ("price", "Price"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("low", models.FloatField()),
                        ("middle", models.FloatField()),
                        ("high", models.FloatField()),
                        ("spread", models.FloatField()),
                        ("own", models.PositiveIntegerField()),
                        ("parts", models.JSONField(default=list)),
                        (
                            "relationship",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.relationship",
                            ),
                        ),
                        (
                            "model",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="segmentation.forecastmodel",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["relationship", "measure", "platform"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("relationship", "measure", "platform"),
                                name="segmentation_creator_forecast_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("high__gte", models.F("middle")),
                                    ("low__gte", 0),
                                    (
                                        "measure__in",
                                        ["views", "reach", "engagements", "orders", "price"],
                                    ),
                                    ("middle__gte", models.F("low")),
                                    ("spread__gte", 0),
                                ),
                                name="segmentation_creator_forecast_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CampaignForecast",
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
                        ("kept_at", models.DateTimeField()),
                        ("model_number", models.PositiveIntegerField()),
                        ("level", models.FloatField()),
                        ("result", models.JSONField(default=dict)),
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
                            "kept_by",
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
                        "ordering": ["campaign", "-kept_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("campaign", "kept_at"),
                                name="segmentation_campaign_forecast_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("level__gte", 0.5), ("level__lte", 0.99)),
                                name="segmentation_campaign_forecast_level",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CampaignForecastLine",
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
                        ("platform", models.CharField(blank=True, default="", max_length=30)),
                        (
                            "measure",
                            models.CharField(
                                choices=[
                                    ("views", "Views"),
                                    ("reach", "Reach"),
                                    ("engagements", "Engagements"),
                                    ("orders", "Orders"),
                                    ("price", "Price"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("pieces", models.PositiveSmallIntegerField()),
                        ("low", models.FloatField()),
                        ("middle", models.FloatField()),
                        ("high", models.FloatField()),
                        ("own", models.PositiveIntegerField()),
                        (
                            "engagement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="campaigns.engagement",
                            ),
                        ),
                        (
                            "forecast",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="segmentation.campaignforecast",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["forecast", "engagement", "measure", "platform"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("forecast", "engagement", "measure", "platform"),
                                name="segmentation_forecast_line_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("high__gte", models.F("middle")),
                                    ("low__gte", 0),
                                    (
                                        "measure__in",
                                        ["views", "reach", "engagements", "orders", "price"],
                                    ),
                                    ("middle__gte", models.F("low")),
                                    ("pieces__gte", 1),
                                ),
                                name="segmentation_forecast_line_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BudgetPlan",
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
                        ("name", models.CharField(max_length=80)),
                        ("asks", models.JSONField(default=dict)),
                        ("result", models.JSONField(default=dict)),
                        ("computed_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        ("taken_at", models.DateTimeField(blank=True, null=True)),
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
                            "requested_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "taken_by",
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
                        "ordering": ["campaign", "-created_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("campaign", "name"), name="segmentation_budget_plan_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("name", ""), _negated=True),
                                    ("status__in", ["queued", "done", "failed"]),
                                ),
                                name="segmentation_budget_plan_status",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("taken_at", None),
                                    ("computed_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="segmentation_budget_plan_taken",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BudgetPick",
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
                            "wish",
                            models.CharField(
                                blank=True,
                                choices=[("must", "Must be in"), ("never", "Must not be in")],
                                default="",
                                max_length=6,
                            ),
                        ),
                        ("pieces", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("platform", models.CharField(blank=True, default="", max_length=30)),
                        (
                            "price",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=12, null=True
                            ),
                        ),
                        (
                            "price_source",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("agreed", "Agreed before"),
                                    ("planned", "Planned in this campaign"),
                                    ("estimated", "Estimated from accepted offers"),
                                    ("assumed", "Assumed for the tier"),
                                ],
                                default="",
                                max_length=10,
                            ),
                        ),
                        ("brings", models.FloatField(blank=True, null=True)),
                        ("reason", models.JSONField(default=dict)),
                        ("position", models.PositiveIntegerField(default=0)),
                        (
                            "relationship",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.relationship",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="picks",
                                to="segmentation.budgetplan",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["plan", "position", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["plan", "position", "id"],
                                name="segmentation_budget_pick_order",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("plan", "relationship"),
                                name="segmentation_budget_pick_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "price_source__in",
                                        ["", "agreed", "planned", "estimated", "assumed"],
                                    ),
                                    ("wish__in", ["", "must", "never"]),
                                    models.Q(("price", None), ("price__gte", 0), _connector="OR"),
                                ),
                                name="segmentation_budget_pick_choices",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
