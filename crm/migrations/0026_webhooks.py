"""Webhooks: who is told of acts, what they were told, and each attempt to do so."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0025_reserve_links"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Webhook",
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
                        ("name", models.CharField(max_length=80)),
                        ("url", models.CharField(max_length=500)),
                        (
                            "events",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60), size=None
                            ),
                        ),
                        ("secret", models.TextField(editable=False)),
                        ("former_secret", models.TextField(blank=True, default="", editable=False)),
                        ("former_until", models.DateTimeField(blank=True, null=True)),
                        ("is_paused", models.BooleanField(default=False)),
                        ("pause_reason", models.CharField(blank=True, default="", max_length=300)),
                        ("told_up_to", models.BigIntegerField(default=0)),
                        ("failing_since", models.DateTimeField(blank=True, null=True)),
                        ("failures", models.PositiveIntegerField(default=0)),
                        ("rests_until", models.DateTimeField(blank=True, null=True)),
                        ("delivered_at", models.DateTimeField(blank=True, null=True)),
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
                                name="crm_webhook_name_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("url__regex", "^https?://[^/@\\s]+")),
                                name="crm_webhook_url_form",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("events__len__gt", 0)),
                                name="crm_webhook_of_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("former_secret", ""), ("former_until", None)),
                                    models.Q(
                                        models.Q(("former_secret", ""), _negated=True),
                                        ("former_until__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_webhook_former_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("failing_since", None), ("failures", 0)),
                                    models.Q(("failing_since__isnull", False), ("failures__gt", 0)),
                                    _connector="OR",
                                ),
                                name="crm_webhook_failing_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookDelivery",
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
                                    ("waiting", "Waiting"),
                                    ("delivered", "Delivered"),
                                    ("failed", "Given up"),
                                ],
                                db_default="waiting",
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("tries", models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ("attempts", models.PositiveIntegerField(db_default=0, default=0)),
                        ("next_try_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "entry",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.auditentry",
                            ),
                        ),
                        (
                            "webhook",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="deliveries",
                                to="crm.webhook",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "webhook deliveries",
                        "ordering": ["-created_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["webhook", "-created_at", "-id"], name="crm_delivery_log"
                            ),
                            models.Index(
                                condition=models.Q(("status", "waiting")),
                                fields=["webhook", "next_try_at"],
                                name="crm_delivery_due",
                            ),
                            models.Index(
                                condition=models.Q(("ended_at__isnull", False)),
                                fields=["ended_at"],
                                name="crm_delivery_ended",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("webhook", "entry"), name="crm_delivery_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["waiting", "delivered", "failed"])
                                ),
                                name="crm_delivery_status_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at", None),
                                        ("next_try_at__isnull", False),
                                        ("status", "waiting"),
                                    ),
                                    models.Q(
                                        models.Q(("status", "waiting"), _negated=True),
                                        ("ended_at__isnull", False),
                                        ("next_try_at", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_delivery_waits_or_ended",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookAttempt",
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
                        ("at", models.DateTimeField()),
                        ("duration_ms", models.PositiveIntegerField()),
                        ("status_code", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("answer", models.CharField(blank=True, default="", max_length=500)),
                        ("error", models.CharField(blank=True, default="", max_length=300)),
                        (
                            "delivery",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="log",
                                to="crm.webhookdelivery",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["delivery", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("delivery", "number"), name="crm_attempt_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status_code__isnull", False),
                                    models.Q(
                                        ("answer", ""),
                                        ("status_code", None),
                                        models.Q(("error", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_attempt_answered_or_not",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
