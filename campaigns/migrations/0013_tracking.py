"""Tracking links, clicks, daily counts, codes and unusual days."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels

# A click is what it was found to be: nobody improves it afterwards.
KEEP = """
CREATE TRIGGER campaigns_click_kept BEFORE UPDATE ON campaigns_click
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_row();
"""
LET_GO = "DROP TRIGGER campaigns_click_kept ON campaigns_click;"


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0012_submissions"),
        ("crm", "0025_reserve_links"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="PromoCode",
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
                        ("code", models.CharField(max_length=40)),
                        ("valid_from", models.DateField(blank=True, null=True)),
                        ("valid_until", models.DateField(blank=True, null=True)),
                        ("terms", models.CharField(blank=True, default="", max_length=300)),
                        ("limit_total", models.PositiveIntegerField(blank=True, null=True)),
                        ("limit_per_day", models.PositiveIntegerField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
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
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
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
                            "engagement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.engagement",
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
                        (
                            "replaces",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="replaced_by",
                                to="campaigns.promocode",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-created_at", "-id"], name="campaigns_code_list"
                            ),
                            models.Index(
                                fields=["campaign", "-created_at", "-id"],
                                name="campaigns_code_campaign",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "code"), name="campaigns_code_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("code__regex", "^[A-Z0-9][A-Z0-9._-]*$")),
                                name="campaigns_code_form",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_from", None),
                                    ("valid_until", None),
                                    ("valid_until__gte", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="campaigns_code_days",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("limit_total", None),
                                        ("limit_total__gte", 1),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("limit_per_day", None),
                                        ("limit_per_day__gte", 1),
                                        _connector="OR",
                                    ),
                                ),
                                name="campaigns_code_limits",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("engagement", None),
                                    ("campaign__isnull", False),
                                    _connector="OR",
                                ),
                                name="campaigns_code_place",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TrackingLink",
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
                        ("code", models.CharField(max_length=16, unique=True)),
                        ("label", models.CharField(blank=True, default="", max_length=120)),
                        ("variant", models.CharField(blank=True, default="", max_length=60)),
                        ("target", models.CharField(max_length=2000)),
                        ("utm_source", models.CharField(blank=True, default="", max_length=100)),
                        ("utm_medium", models.CharField(blank=True, default="", max_length=100)),
                        ("utm_campaign", models.CharField(blank=True, default="", max_length=100)),
                        ("utm_content", models.CharField(blank=True, default="", max_length=100)),
                        ("utm_term", models.CharField(blank=True, default="", max_length=100)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
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
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
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
                            "engagement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.engagement",
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
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-created_at", "-id"], name="campaigns_link_list"
                            ),
                            models.Index(
                                fields=["campaign", "-created_at", "-id"],
                                name="campaigns_link_campaign",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("code__regex", "^[23456789abcdefghjkmnpqrstuvwxyz]{4,16}$")
                                ),
                                name="campaigns_link_code_form",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("target__regex", "^https?://[^\\s/]"),
                                    ("archived_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="campaigns_link_target_http",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("engagement", None),
                                    ("campaign__isnull", False),
                                    _connector="OR",
                                ),
                                name="campaigns_link_place",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TrackingSettings",
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
                        ("domain", models.CharField(blank=True, default="", max_length=120)),
                        (
                            "shop_hosts",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=120),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "click_param",
                            models.CharField(blank=True, default="rapport_click", max_length=30),
                        ),
                        (
                            "visitor_period",
                            models.CharField(
                                choices=[
                                    ("day", "A day"),
                                    ("week", "A week"),
                                    ("month", "A month"),
                                ],
                                default="day",
                                max_length=5,
                            ),
                        ),
                        (
                            "repeat_seconds",
                            models.PositiveSmallIntegerField(
                                default=10,
                                validators=[django.core.validators.MaxValueValidator(3600)],
                            ),
                        ),
                        (
                            "keep_months",
                            models.PositiveSmallIntegerField(
                                default=13,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(60),
                                ],
                            ),
                        ),
                        (
                            "code_pattern",
                            models.CharField(default="{HANDLE}{PERCENT}", max_length=40),
                        ),
                        (
                            "spike_deviations",
                            models.DecimalField(
                                decimal_places=1,
                                default=6,
                                max_digits=4,
                                validators=[django.core.validators.MinValueValidator(1)],
                            ),
                        ),
                        (
                            "spike_minimum",
                            models.PositiveIntegerField(
                                default=20, validators=[django.core.validators.MinValueValidator(1)]
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "brand",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "tracking settings",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("visitor_period__in", ["day", "week", "month"])
                                ),
                                name="campaigns_tracking_period_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("keep_months__range", (1, 60)),
                                    ("repeat_seconds__lte", 3600),
                                    ("spike_deviations__gte", 1),
                                    ("spike_minimum__gte", 1),
                                ),
                                name="campaigns_tracking_bounds",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("click_param", ""),
                                    ("click_param__regex", "^[a-z][a-z0-9_]*$"),
                                    _connector="OR",
                                ),
                                name="campaigns_tracking_param",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Spike",
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
                        (
                            "rule",
                            models.CharField(
                                choices=[
                                    ("history", "Far above its own history"),
                                    ("per_day", "Above what was expected of a day"),
                                    ("total", "Above how often it may be used"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("count", models.PositiveIntegerField()),
                        ("threshold", models.DecimalField(decimal_places=2, max_digits=12)),
                        (
                            "median",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=12, null=True
                            ),
                        ),
                        (
                            "deviation",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=12, null=True
                            ),
                        ),
                        ("days", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("found_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "To be looked at"),
                                    ("dismissed", "Nothing wrong"),
                                    ("replaced", "Code replaced"),
                                ],
                                default="open",
                                max_length=9,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, default="", max_length=300)),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
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
                            "code",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="spikes",
                                to="campaigns.promocode",
                            ),
                        ),
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
                        (
                            "link",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="spikes",
                                to="campaigns.trackinglink",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-day", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "state", "-day", "-id"],
                                name="campaigns_spike_list",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("code__isnull", False), ("link", None)),
                                    models.Q(("code", None), ("link__isnull", False)),
                                    _connector="OR",
                                ),
                                name="campaigns_spike_of_one",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("code__isnull", False)),
                                fields=("code", "day"),
                                name="campaigns_spike_code_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("link__isnull", False)),
                                fields=("link", "day"),
                                name="campaigns_spike_link_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at", None), ("state", "open")),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("state__in", ["dismissed", "replaced"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_spike_state_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "dismissed"), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="campaigns_spike_reasoned",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("rule__in", ["history", "per_day", "total"])),
                                name="campaigns_spike_rule_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClickDay",
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
                        ("people", models.PositiveIntegerField(db_default=0, default=0)),
                        ("visitors", models.PositiveIntegerField(db_default=0, default=0)),
                        ("unknown", models.PositiveIntegerField(db_default=0, default=0)),
                        ("repeats", models.PositiveIntegerField(db_default=0, default=0)),
                        ("bots", models.PositiveIntegerField(db_default=0, default=0)),
                        ("lost", models.PositiveIntegerField(db_default=0, default=0)),
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
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="days",
                                to="campaigns.trackinglink",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["link", "-day"],
                        "indexes": [
                            models.Index(fields=["brand", "day"], name="campaigns_clickday_brand")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("link", "day"), name="campaigns_clickday_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Click",
                    fields=[
                        ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("day", models.DateField()),
                        ("visitor", models.BigIntegerField(blank=True, null=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("person", "A person"),
                                    ("repeat", "The same visitor again, at once"),
                                    ("bot", "A program that says so"),
                                    ("preview", "A preview of the link in an app"),
                                ],
                                db_default="person",
                                default="person",
                                max_length=7,
                            ),
                        ),
                        (
                            "referrer_host",
                            models.CharField(blank=True, db_default="", default="", max_length=120),
                        ),
                        ("country", models.CharField(blank=True, max_length=2, null=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "link",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="clicks",
                                to="campaigns.trackinglink",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "indexes": [
                            models.Index(fields=["link", "at"], name="campaigns_click_link"),
                            models.Index(fields=["brand", "at"], name="campaigns_click_brand"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["person", "repeat", "bot", "preview"])
                                ),
                                name="campaigns_click_kind_valid",
                            )
                        ],
                    },
                ),
            ]
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
