"""Connectors: what a brand pulls from platforms and tools, what came of it, and what kind of numbers an import holds."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [("crm", "0028_counts_of_other_forms")]
    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="numbers_source",
            field=models.CharField(
                choices=[
                    ("measured", "Measured"),
                    ("creator", "Creator-connected"),
                    ("vendor", "Vendor"),
                    ("manual", "Entered by hand"),
                    ("estimated", "Estimated"),
                ],
                db_default="vendor",
                default="vendor",
                max_length=20,
            ),
        ),
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Connector",
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
                        ("kind", models.CharField(max_length=40)),
                        ("name", models.CharField(max_length=80)),
                        ("credentials", models.TextField(editable=False)),
                        ("chosen", models.CharField(blank=True, default="", max_length=120)),
                        ("posts_each", models.PositiveSmallIntegerField(default=25)),
                        ("every_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("next_pull_at", models.DateTimeField(blank=True, null=True)),
                        ("is_paused", models.BooleanField(default=False)),
                        ("pause_reason", models.CharField(blank=True, default="", max_length=300)),
                        ("rests_until", models.DateTimeField(blank=True, null=True)),
                        ("rest_reason", models.CharField(blank=True, default="", max_length=300)),
                        ("failures", models.PositiveIntegerField(default=0)),
                        ("failing_since", models.DateTimeField(blank=True, null=True)),
                        ("pulled_at", models.DateTimeField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
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
                            "owner",
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
                        "ordering": ["brand", "name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("brand"),
                                django.db.models.functions.text.Lower("name"),
                                name="crm_connector_name_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("posts_each__lte", 200)),
                                name="crm_connector_posts_bounded",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("every_hours", None),
                                    models.Q(("every_hours__gte", 1), ("every_hours__lte", 2208)),
                                    _connector="OR",
                                ),
                                name="crm_connector_hours_sensible",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("failing_since", None), ("failures", 0)),
                                    models.Q(("failing_since__isnull", False), ("failures__gt", 0)),
                                    _connector="OR",
                                ),
                                name="crm_connector_failing_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ConnectorSpend",
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
                        ("units", models.PositiveIntegerField(default=0)),
                        ("calls", models.PositiveIntegerField(default=0)),
                        (
                            "connector",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="spends",
                                to="crm.connector",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["connector", "-day"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("connector", "day"), name="crm_spend_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Pull",
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
                                    ("running", "Running"),
                                    ("done", "Done"),
                                    ("stopped", "Stopped"),
                                ],
                                default="running",
                                max_length=10,
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("cursor", models.JSONField(default=dict)),
                        ("answers_count", models.PositiveIntegerField(default=0)),
                        ("units", models.PositiveIntegerField(default=0)),
                        ("profiles_total", models.PositiveIntegerField(default=0)),
                        ("profiles_done", models.PositiveIntegerField(default=0)),
                        ("counts", models.JSONField(default=dict)),
                        ("rejected", models.JSONField(default=dict)),
                        ("reason", models.CharField(blank=True, default="", max_length=300)),
                        (
                            "connector",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="pulls",
                                to="crm.connector",
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
                        "ordering": ["-started_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["connector", "-started_at", "-id"], name="crm_pull_log"
                            ),
                            models.Index(
                                condition=models.Q(("ended_at__isnull", False)),
                                fields=["ended_at"],
                                name="crm_pull_ended",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["running", "done", "stopped"])),
                                name="crm_pull_status_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at", None), ("status", "running")),
                                    models.Q(
                                        models.Q(("status", "running"), _negated=True),
                                        ("ended_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_pull_runs_or_ended",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("status", "running")),
                                fields=("connector",),
                                name="crm_pull_one_at_a_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PullAnswer",
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
                        ("step", models.CharField(max_length=40)),
                        ("fetched_at", models.DateTimeField()),
                        ("took_ms", models.PositiveIntegerField()),
                        ("status_code", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("units", models.PositiveIntegerField(default=0)),
                        ("digest", models.CharField(blank=True, default="", max_length=64)),
                        ("error", models.CharField(blank=True, default="", max_length=300)),
                        ("rows", models.JSONField(blank=True, null=True)),
                        ("rows_count", models.PositiveIntegerField(default=0)),
                        ("rejected", models.JSONField(default=list)),
                        (
                            "creators_import",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.importbatch",
                            ),
                        ),
                        (
                            "posts_import",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.importbatch",
                            ),
                        ),
                        (
                            "pull",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="answers",
                                to="crm.pull",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pull", "number"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("rows__isnull", False)),
                                fields=["pull"],
                                name="crm_pull_answer_waiting",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("pull", "number"), name="crm_pull_answer_once"
                            )
                        ],
                    },
                ),
            ]
        ),
    ]
