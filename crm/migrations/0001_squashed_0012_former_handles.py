"""The whole schema of crm in one step, for an empty database: a fifth of the time of the twelve.

A database that has some of the twelve goes on with the rest of them. What is not a model is taken
from them, so that it is written once.
"""

import datetime as dt
import uuid
from importlib import import_module

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

from crm.operations import CreateModels

platforms_and_tiers = import_module("crm.migrations.0002_reference_data")
stage_counts = import_module("crm.migrations.0003_stage_counts")
fold = import_module("crm.migrations.0004_search_and_pages")
vendor_tiers = import_module("crm.migrations.0008_vendor_tiers")
former_handles = import_module("crm.migrations.0012_former_handles")


class Migration(migrations.Migration):
    replaces = [
        ("crm", "0001_initial"),
        ("crm", "0002_reference_data"),
        ("crm", "0003_stage_counts"),
        ("crm", "0004_search_and_pages"),
        ("crm", "0005_lean_keys"),
        ("crm", "0006_custom_fields"),
        ("crm", "0007_tier_markets"),
        ("crm", "0008_vendor_tiers"),
        ("crm", "0009_choices_in_order"),
        ("crm", "0010_standard_fields"),
        ("crm", "0011_managers_day"),
        ("crm", "0012_former_handles"),
    ]

    initial = True

    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        TrigramExtension(),
        migrations.RunSQL(fold.FORWARD, fold.BACKWARD),
        CreateModels(
            [
                migrations.CreateModel(
                    name="Niche",
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
                        ("key", models.SlugField(max_length=60, unique=True)),
                        ("label", models.CharField(max_length=80)),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="crm.niche",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["label", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Platform",
                    fields=[
                        ("key", models.SlugField(max_length=30, primary_key=True, serialize=False)),
                        ("name", models.CharField(max_length=60)),
                        ("url_template", models.CharField(blank=True, max_length=200)),
                        (
                            "handle_pattern",
                            models.CharField(default="^\\S{1,200}$", max_length=200),
                        ),
                        (
                            "hosts",
                            models.CharField(
                                blank=True, help_text="Host names, comma separated.", max_length=300
                            ),
                        ),
                        ("audience_word", models.CharField(default="followers", max_length=30)),
                        (
                            "mark",
                            models.CharField(
                                help_text="Up to three letters shown on cards.", max_length=3
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField(unique=True)),
                        ("position", models.PositiveSmallIntegerField(default=100)),
                        ("is_custom", models.BooleanField(default=False)),
                    ],
                    options={
                        "ordering": ["position", "key"],
                    },
                ),
                migrations.CreateModel(
                    name="User",
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
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        (
                            "first_name",
                            models.CharField(blank=True, max_length=150, verbose_name="first name"),
                        ),
                        (
                            "last_name",
                            models.CharField(blank=True, max_length=150, verbose_name="last name"),
                        ),
                        (
                            "is_staff",
                            models.BooleanField(
                                default=False,
                                help_text="Designates whether the user can log into this admin site.",
                                verbose_name="staff status",
                            ),
                        ),
                        (
                            "is_active",
                            models.BooleanField(
                                default=True,
                                help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                                verbose_name="active",
                            ),
                        ),
                        (
                            "date_joined",
                            models.DateTimeField(
                                default=django.utils.timezone.now, verbose_name="date joined"
                            ),
                        ),
                        (
                            "email",
                            models.EmailField(max_length=254, unique=True, verbose_name="e-mail"),
                        ),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("email"),
                                name="crm_user_email_ci",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CalendarFeed",
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
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        ("created_at", models.DateTimeField()),
                        ("last_read_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("revoked_at", None)),
                                fields=("user",),
                                name="crm_calendar_feed_one_in_use",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Preferences",
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
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="preferences",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("timezone", models.CharField(blank=True, default="", max_length=64)),
                        (
                            "hour",
                            models.PositiveSmallIntegerField(
                                default=8, validators=[django.core.validators.MaxValueValidator(23)]
                            ),
                        ),
                        (
                            "mail",
                            models.CharField(
                                choices=[
                                    ("none", "Not by mail"),
                                    ("at_once", "At once"),
                                    ("daily", "Once a day, together"),
                                ],
                                default="daily",
                                max_length=10,
                            ),
                        ),
                        ("digest_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("mail__in", ["none", "at_once", "daily"])),
                                name="crm_preferences_mail_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("hour__range", (0, 23))),
                                name="crm_preferences_hour_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TierScheme",
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
                        ("key", models.SlugField(max_length=40, unique=True)),
                        ("name", models.CharField(max_length=120)),
                        ("source", models.CharField(max_length=300)),
                        ("year", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("market", models.CharField(blank=True, default="", max_length=120)),
                        (
                            "platform",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.platform",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Brand",
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
                        ("slug", models.SlugField(max_length=60, unique=True)),
                        ("name", models.CharField(max_length=120)),
                        ("timezone", models.CharField(default="UTC", max_length=64)),
                        ("currency", models.CharField(default="USD", max_length=3)),
                        (
                            "fiscal_year_start_month",
                            models.PositiveSmallIntegerField(
                                default=1,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(12),
                                ],
                            ),
                        ),
                        (
                            "approval_threshold_percent",
                            models.PositiveSmallIntegerField(
                                default=20,
                                validators=[django.core.validators.MaxValueValidator(100)],
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "tier_scheme",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.tierscheme",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("fiscal_year_start_month__range", (1, 12))),
                                name="crm_brand_fiscal_month",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("approval_threshold_percent__range", (0, 100))),
                                name="crm_brand_threshold",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "slug__in",
                                        [
                                            "accounts",
                                            "admin",
                                            "api",
                                            "static",
                                            "healthz",
                                            "readyz",
                                            "unsubscribe",
                                        ],
                                    ),
                                    _negated=True,
                                ),
                                name="crm_brand_slug_not_reserved",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Tier",
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
                        ("key", models.SlugField(max_length=40)),
                        ("name", models.CharField(max_length=60)),
                        ("low", models.BigIntegerField(blank=True, null=True)),
                        ("high", models.BigIntegerField(blank=True, null=True)),
                        ("engagement_low", models.FloatField(blank=True, null=True)),
                        ("engagement_high", models.FloatField(blank=True, null=True)),
                        ("best_use", models.CharField(blank=True, default="", max_length=200)),
                        ("advantages", models.CharField(blank=True, default="", max_length=200)),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "scheme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tiers",
                                to="crm.tierscheme",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["scheme", "position", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("scheme", "key"), name="crm_tier_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("low", None),
                                    ("high", None),
                                    ("high__gt", models.F("low")),
                                    _connector="OR",
                                ),
                                name="crm_tier_bounds",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Agent",
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
                            "basis",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("consent", "Consent"),
                                    ("contract", "Contract, or steps before one"),
                                    ("legitimate_interest", "Legitimate interest"),
                                ],
                                db_default="",
                                default="",
                                max_length=20,
                            ),
                        ),
                        (
                            "found_in",
                            models.CharField(blank=True, db_default="", default="", max_length=120),
                        ),
                        (
                            "given_by",
                            models.CharField(blank=True, db_default="", default="", max_length=120),
                        ),
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
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("company", models.CharField(blank=True, default="", max_length=200)),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("manager", "Manager"),
                                    ("agency", "Agency"),
                                    ("assistant", "Assistant"),
                                    ("legal", "Lawyer"),
                                    ("other", "Something else"),
                                ],
                                default="manager",
                                max_length=20,
                            ),
                        ),
                        (
                            "emails",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=254),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("phone", models.CharField(blank=True, default="", max_length=60)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["emails"], name="crm_agent_emails"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("brand"),
                                django.db.models.functions.text.Lower("name"),
                                django.db.models.functions.text.Lower("company"),
                                name="crm_agent_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name", ""), _negated=True),
                                name="crm_agent_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "role__in",
                                        ["manager", "agency", "assistant", "legal", "other"],
                                    )
                                ),
                                name="crm_agent_role_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApiToken",
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
                        ("prefix", models.CharField(max_length=12)),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        (
                            "scopes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), size=None
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tokens",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tokens",
                                to="crm.brand",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="AuditEntry",
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
                        ("number", models.BigIntegerField()),
                        ("at", models.DateTimeField()),
                        ("actor_label", models.CharField(default="system", max_length=254)),
                        ("verb", models.CharField(max_length=60)),
                        ("target_type", models.CharField(max_length=40)),
                        ("target_id", models.BigIntegerField(blank=True, null=True)),
                        ("target_label", models.CharField(blank=True, default="", max_length=200)),
                        ("data", models.JSONField(default=dict)),
                        ("previous_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        (
                            "actor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brand", "-number"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "target_type", "target_id", "-number"],
                                name="crm_audit_by_target",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "number"), name="crm_audit_number_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CustomField",
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
                        ("label", models.CharField(max_length=120)),
                        ("description", models.TextField(blank=True, default="")),
                        (
                            "type",
                            models.CharField(
                                choices=[
                                    ("number", "Number"),
                                    ("money", "Amount of money"),
                                    ("percent", "Percentage"),
                                    ("text", "Text"),
                                    ("choice", "One of a list"),
                                    ("set", "Several of a list"),
                                    ("date", "Date"),
                                    ("boolean", "Yes or no"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("unit", models.CharField(blank=True, default="", max_length=30)),
                        ("choices", models.JSONField(blank=True, default=list)),
                        ("is_standard", models.BooleanField(default=False)),
                        ("position", models.PositiveSmallIntegerField(default=100)),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
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
                        "ordering": ["brand", "position", "label", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("brand", "key"), name="crm_field_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "type__in",
                                        [
                                            "number",
                                            "money",
                                            "percent",
                                            "text",
                                            "choice",
                                            "set",
                                            "date",
                                            "boolean",
                                        ],
                                    )
                                ),
                                name="crm_field_type_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("key__regex", "^[a-z][a-z0-9_]*$")),
                                name="crm_field_key_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportBatch",
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
                            "kind",
                            models.CharField(
                                choices=[("creators", "Creators"), ("posts", "Posts")],
                                default="creators",
                                max_length=10,
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                help_text="What the file comes from, e.g. modash.", max_length=60
                            ),
                        ),
                        ("file_name", models.CharField(max_length=255)),
                        ("file", models.FileField(blank=True, upload_to="imports/%Y/%m/")),
                        ("sha256", models.CharField(blank=True, default="", max_length=64)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("uploaded", "Uploaded"),
                                    ("checking", "Checking"),
                                    ("checked", "Checked"),
                                    ("applying", "Applying"),
                                    ("applied", "Applied"),
                                    ("undoing", "Undoing"),
                                    ("undone", "Undone"),
                                    ("failed", "Failed"),
                                ],
                                default="uploaded",
                                max_length=12,
                            ),
                        ),
                        ("reading", models.JSONField(default=dict)),
                        ("mapping", models.JSONField(default=dict)),
                        (
                            "captured_at",
                            models.DateTimeField(help_text="The day the numbers are from."),
                        ),
                        ("counts", models.JSONField(default=dict)),
                        ("rejected", models.JSONField(default=dict)),
                        ("phase", models.CharField(blank=True, default="", max_length=40)),
                        ("rows_done", models.BigIntegerField(default=0)),
                        ("rows_total", models.BigIntegerField(blank=True, null=True)),
                        ("error", models.TextField(blank=True, default="")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("applied_at", models.DateTimeField(blank=True, null=True)),
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="imports",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "indexes": [
                            models.Index(fields=["brand", "-created_at"], name="crm_import_by_time")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "uploaded",
                                            "checking",
                                            "checked",
                                            "applying",
                                            "applied",
                                            "undoing",
                                            "undone",
                                            "failed",
                                        ],
                                    )
                                ),
                                name="crm_import_status_valid",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Job",
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
                            "asked_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("kind", models.CharField(max_length=40)),
                        ("params", models.JSONField(default=dict)),
                        ("title", models.CharField(max_length=200)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("running", "Running"),
                                    ("done", "Done"),
                                    ("stopped", "Stopped"),
                                    ("failed", "Failed"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("done", models.BigIntegerField(default=0)),
                        ("total", models.BigIntegerField(blank=True, null=True)),
                        ("result", models.TextField(blank=True, default="")),
                        ("error", models.TextField(blank=True, default="")),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("is_stopping", models.BooleanField(default=False)),
                        ("undo_until", models.DateTimeField(blank=True, null=True)),
                        (
                            "undoes",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="undone_by",
                                to="crm.job",
                            ),
                        ),
                        ("file", models.FileField(blank=True, upload_to="jobs/%Y/%m/")),
                        ("file_name", models.CharField(blank=True, default="", max_length=120)),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("started_at", models.DateTimeField(blank=True, null=True)),
                        ("beat_at", models.DateTimeField(blank=True, null=True)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        ("seen_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["asked_by", "brand", "-created_at", "-id"],
                                name="crm_job_mine",
                            ),
                            models.Index(
                                condition=models.Q(("status__in", ["waiting", "running"])),
                                fields=["beat_at"],
                                name="crm_job_under_way",
                            ),
                            models.Index(
                                condition=models.Q(("expires_at__isnull", False)),
                                fields=["expires_at"],
                                name="crm_job_expiring",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        ["waiting", "running", "done", "stopped", "failed"],
                                    )
                                ),
                                name="crm_job_status_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("finished_at", None),
                                        ("status__in", ["waiting", "running"]),
                                    ),
                                    models.Q(
                                        ("finished_at__isnull", False),
                                        ("status__in", ["done", "stopped", "failed"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_job_end_noted",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("total", None),
                                    ("done__lte", models.F("total")),
                                    _connector="OR",
                                ),
                                name="crm_job_done_within_total",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Mailbox",
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
                                related_name="mailboxes",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("address", models.EmailField(max_length=254)),
                        (
                            "name",
                            models.CharField(
                                help_text="Shown to the recipient beside the address.",
                                max_length=120,
                            ),
                        ),
                        ("signature", models.TextField(blank=True, default="", max_length=2000)),
                        ("smtp_host", models.CharField(blank=True, default="", max_length=253)),
                        (
                            "smtp_port",
                            models.PositiveIntegerField(
                                default=465,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(65535),
                                ],
                            ),
                        ),
                        (
                            "smtp_security",
                            models.CharField(
                                choices=[
                                    ("tls", "TLS from the start"),
                                    ("starttls", "STARTTLS"),
                                    ("none", "None (only on this machine or a private network)"),
                                ],
                                default="tls",
                                max_length=10,
                            ),
                        ),
                        ("smtp_user", models.CharField(blank=True, default="", max_length=254)),
                        ("smtp_secret", models.TextField(blank=True, default="", editable=False)),
                        ("imap_host", models.CharField(blank=True, default="", max_length=253)),
                        (
                            "imap_port",
                            models.PositiveIntegerField(
                                default=993,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(65535),
                                ],
                            ),
                        ),
                        (
                            "imap_security",
                            models.CharField(
                                choices=[
                                    ("tls", "TLS from the start"),
                                    ("starttls", "STARTTLS"),
                                    ("none", "None (only on this machine or a private network)"),
                                ],
                                default="tls",
                                max_length=10,
                            ),
                        ),
                        ("imap_user", models.CharField(blank=True, default="", max_length=254)),
                        ("imap_secret", models.TextField(blank=True, default="", editable=False)),
                        ("imap_folder", models.CharField(default="INBOX", max_length=200)),
                        (
                            "imap_sent_folder",
                            models.CharField(blank=True, default="", max_length=200),
                        ),
                        (
                            "dropbox_address",
                            models.EmailField(blank=True, default="", max_length=254),
                        ),
                        ("keeps_unmatched", models.BooleanField(default=True)),
                        (
                            "daily_cap",
                            models.PositiveIntegerField(
                                default=200,
                                help_text="Mails a day, the brand's day.",
                                validators=[django.core.validators.MaxValueValidator(10000)],
                            ),
                        ),
                        (
                            "daily_new_cap",
                            models.PositiveIntegerField(
                                default=30,
                                help_text="First mails a day.",
                                validators=[django.core.validators.MaxValueValidator(10000)],
                            ),
                        ),
                        ("is_paused", models.BooleanField(default=False)),
                        ("smtp_problem", models.CharField(blank=True, default="", max_length=300)),
                        ("imap_problem", models.CharField(blank=True, default="", max_length=300)),
                        ("fetching_since", models.DateTimeField(blank=True, null=True)),
                        ("fetched_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "verbose_name_plural": "mailboxes",
                        "ordering": ["brand", "address", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "address"), name="crm_mailbox_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("address", django.db.models.functions.text.Lower("address")),
                                    models.Q(("address", ""), _negated=True),
                                ),
                                name="crm_mailbox_address_normal",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("smtp_security__in", ["tls", "starttls", "none"]),
                                    ("imap_security__in", ["tls", "starttls", "none"]),
                                ),
                                name="crm_mailbox_security_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MailTemplate",
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
                                related_name="mail_templates",
                                to="crm.brand",
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("description", models.CharField(blank=True, default="", max_length=300)),
                        (
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("first", "First mail"),
                                    ("follow_up", "Follow-up"),
                                    ("reply", "Reply"),
                                ],
                                default="first",
                                max_length=20,
                            ),
                        ),
                        (
                            "stage",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("prospect", "Prospect"),
                                    ("first_time", "First-time partner"),
                                    ("core", "Core partner"),
                                    ("advocate", "Advocate"),
                                    ("lapsed", "Lapsed"),
                                    ("declined", "Declined"),
                                ],
                                default="",
                                max_length=20,
                            ),
                        ),
                        ("audience", models.CharField(blank=True, default="", max_length=120)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("brand"),
                                django.db.models.functions.text.Lower("name"),
                                condition=models.Q(("archived_at", None)),
                                name="crm_mail_template_name_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name", ""), _negated=True),
                                name="crm_mail_template_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("purpose__in", ["first", "follow_up", "reply"])
                                ),
                                name="crm_mail_template_purpose_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "stage__in",
                                        [
                                            "",
                                            "prospect",
                                            "first_time",
                                            "core",
                                            "advocate",
                                            "lapsed",
                                            "declined",
                                        ],
                                    )
                                ),
                                name="crm_mail_template_stage_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Notification",
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
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notifications",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("mention", "Somebody mentioned you"),
                                    ("task", "A task for you"),
                                    ("reminder", "A reminder"),
                                    ("reply", "A creator answered"),
                                    ("outreach", "Outreach needs you"),
                                    ("offer", "An offer moved"),
                                    ("application", "Somebody applied"),
                                    ("review", "A review waits for you"),
                                    ("suggestion", "A suggestion"),
                                    ("run", "A run of segments"),
                                    ("job", "A job of yours ended"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("text", models.CharField(max_length=300)),
                        ("url", models.CharField(blank=True, default="", max_length=500)),
                        ("key", models.CharField(blank=True, default="", max_length=120)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("read_at", models.DateTimeField(blank=True, null=True)),
                        ("mailed_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["user", "brand", "-created_at", "-id"],
                                name="crm_notif_list",
                            ),
                            models.Index(
                                condition=models.Q(("read_at", None)),
                                fields=["user", "brand"],
                                name="crm_notif_unread",
                            ),
                            models.Index(
                                condition=models.Q(("mailed_at", None), ("read_at", None)),
                                fields=["created_at"],
                                name="crm_notif_to_mail",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "mention",
                                            "task",
                                            "reminder",
                                            "reply",
                                            "outreach",
                                            "offer",
                                            "application",
                                            "review",
                                            "suggestion",
                                            "run",
                                            "job",
                                        ],
                                    )
                                ),
                                name="crm_notification_kind_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("text", ""), _negated=True),
                                name="crm_notification_not_empty",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("key", ""), _negated=True),
                                fields=("user", "brand", "key"),
                                name="crm_notification_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OutreachPolicy",
                    fields=[
                        (
                            "brand",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="outreach_policy",
                                serialize=False,
                                to="crm.brand",
                            ),
                        ),
                        ("sender_name", models.CharField(blank=True, default="", max_length=120)),
                        (
                            "postal_address",
                            models.CharField(blank=True, default="", max_length=300),
                        ),
                        ("privacy_url", models.URLField(blank=True, default="", max_length=300)),
                        ("window_from", models.TimeField(default=dt.time(9, 0))),
                        ("window_until", models.TimeField(default=dt.time(18, 0))),
                        ("weekdays", models.CharField(default="12345", max_length=7)),
                        (
                            "days_off",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.DateField(), blank=True, default=list, size=None
                            ),
                        ),
                        (
                            "quiet_days",
                            models.PositiveSmallIntegerField(
                                default=30,
                                validators=[django.core.validators.MaxValueValidator(365)],
                            ),
                        ),
                        ("needs_consent_where_unknown", models.BooleanField(default=False)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("window_from__lt", models.F("window_until"))),
                                name="crm_policy_window_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("weekdays__regex", "^1?2?3?4?5?6?7?$"),
                                    models.Q(("weekdays", ""), _negated=True),
                                ),
                                name="crm_policy_weekdays",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("quiet_days__lte", 365)),
                                name="crm_policy_quiet_days",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SavedMapping",
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
                        ("source", models.CharField(max_length=60)),
                        ("mapping", models.JSONField()),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "source"), name="crm_saved_mapping_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SavedView",
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
                            "list",
                            models.CharField(
                                choices=[("creators", "Creators")],
                                default="creators",
                                max_length=20,
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        ("query", models.TextField(blank=True, default="", max_length=4000)),
                        (
                            "author",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "private_to",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                    ],
                    options={
                        "ordering": [django.db.models.functions.text.Lower("name"), "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("brand"),
                                models.F("list"),
                                django.db.models.functions.text.Lower("name"),
                                condition=models.Q(("private_to", None)),
                                name="crm_view_name_once",
                            ),
                            models.UniqueConstraint(
                                models.F("brand"),
                                models.F("list"),
                                models.F("private_to"),
                                django.db.models.functions.text.Lower("name"),
                                condition=models.Q(("private_to__isnull", False)),
                                name="crm_own_view_name_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("list__in", ["creators"])),
                                name="crm_view_list_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name", ""), _negated=True),
                                name="crm_view_named",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Sequence",
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
                                related_name="sequences",
                                to="crm.brand",
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("description", models.CharField(blank=True, default="", max_length=300)),
                        (
                            "stage",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("prospect", "Prospect"),
                                    ("first_time", "First-time partner"),
                                    ("core", "Core partner"),
                                    ("advocate", "Advocate"),
                                    ("lapsed", "Lapsed"),
                                    ("declined", "Declined"),
                                ],
                                default="",
                                max_length=20,
                            ),
                        ),
                        ("audience", models.CharField(blank=True, default="", max_length=120)),
                        ("stops_on_stage_change", models.BooleanField(default=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("brand"),
                                django.db.models.functions.text.Lower("name"),
                                condition=models.Q(("archived_at", None)),
                                name="crm_sequence_name_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name", ""), _negated=True),
                                name="crm_sequence_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "stage__in",
                                        [
                                            "",
                                            "prospect",
                                            "first_time",
                                            "core",
                                            "advocate",
                                            "lapsed",
                                            "declined",
                                        ],
                                    )
                                ),
                                name="crm_sequence_stage_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Snooze",
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
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                        ("source", models.CharField(max_length=40)),
                        ("row", models.BigIntegerField()),
                        ("until", models.DateField()),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "brand", "source", "row"), name="crm_snooze_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StageCount",
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
                            "stage",
                            models.CharField(
                                choices=[
                                    ("prospect", "Prospect"),
                                    ("first_time", "First-time partner"),
                                    ("core", "Core partner"),
                                    ("advocate", "Advocate"),
                                    ("lapsed", "Lapsed"),
                                    ("declined", "Declined"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("creators", models.BigIntegerField(default=0)),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "stage"), name="crm_stage_count_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StageLimit",
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
                            "stage",
                            models.CharField(
                                choices=[
                                    ("prospect", "Prospect"),
                                    ("first_time", "First-time partner"),
                                    ("core", "Core partner"),
                                    ("advocate", "Advocate"),
                                    ("lapsed", "Lapsed"),
                                    ("declined", "Declined"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("days", models.PositiveSmallIntegerField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "stage"), name="crm_stage_limit_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "stage__in",
                                        [
                                            "prospect",
                                            "first_time",
                                            "core",
                                            "advocate",
                                            "lapsed",
                                            "declined",
                                        ],
                                    )
                                ),
                                name="crm_stage_limit_stage_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("days", None), ("days__range", (1, 3650)), _connector="OR"
                                ),
                                name="crm_stage_limit_days_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Tag",
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
                        ("key", models.SlugField(max_length=60)),
                        ("name", models.CharField(max_length=60)),
                        (
                            "colour",
                            models.CharField(
                                choices=[
                                    ("secondary", "Grey"),
                                    ("blue", "Blue"),
                                    ("green", "Green"),
                                    ("yellow", "Yellow"),
                                    ("orange", "Orange"),
                                    ("red", "Red"),
                                    ("purple", "Purple"),
                                ],
                                db_default="secondary",
                                default="secondary",
                                max_length=10,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("brand", "key"), name="crm_tag_once"),
                            models.UniqueConstraint(
                                models.F("brand"),
                                django.db.models.functions.text.Lower("name"),
                                name="crm_tag_name_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name", ""), _negated=True),
                                name="crm_tag_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "colour__in",
                                        [
                                            "secondary",
                                            "blue",
                                            "green",
                                            "yellow",
                                            "orange",
                                            "red",
                                            "purple",
                                        ],
                                    )
                                ),
                                name="crm_tag_colour_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UserRole",
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
                            "role",
                            models.CharField(
                                choices=[
                                    ("strategist", "Strategist"),
                                    ("manager", "Creator manager"),
                                    ("analyst", "Analyst"),
                                    ("legal", "Legal"),
                                    ("admin", "Admin"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="user_roles",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="roles",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brand", "user", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "brand"), name="crm_one_role_per_brand"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "role__in",
                                        ["strategist", "manager", "analyst", "legal", "admin"],
                                    )
                                ),
                                name="crm_userrole_role_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Creator",
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
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("name", models.CharField(max_length=200)),
                        (
                            "creator_type",
                            models.CharField(
                                choices=[
                                    ("external", "External creator"),
                                    ("employee", "Employee"),
                                    ("customer", "Customer"),
                                    ("expert", "Subject-matter expert"),
                                    ("virtual", "Virtual creator"),
                                ],
                                default="external",
                                max_length=20,
                            ),
                        ),
                        ("country", models.CharField(blank=True, default="", max_length=2)),
                        ("language", models.CharField(blank=True, default="", max_length=20)),
                        ("profession", models.CharField(blank=True, default="", max_length=200)),
                        ("is_celebrity", models.BooleanField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "import_batch",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.importbatch",
                            ),
                        ),
                        (
                            "merged_into",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.creator",
                            ),
                        ),
                        (
                            "timezone",
                            models.CharField(blank=True, db_default="", default="", max_length=60),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                        "indexes": [
                            models.Index(
                                django.db.models.functions.text.Lower("name"),
                                models.F("id"),
                                name="crm_creator_by_name",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    models.Func("name", function="crm_fold"), name="gin_trgm_ops"
                                ),
                                name="crm_creator_name_trgm",
                            ),
                            django.contrib.postgres.indexes.BrinIndex(
                                fields=["import_batch"], name="crm_creator_import"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "creator_type__in",
                                        ["external", "employee", "customer", "expert", "virtual"],
                                    )
                                ),
                                name="crm_creator_type_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name", ""), _negated=True),
                                name="crm_creator_named",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportBeforeImage",
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
                        ("table_name", models.CharField(max_length=60)),
                        ("row_id", models.BigIntegerField()),
                        ("before", models.JSONField()),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="before_images",
                                to="crm.importbatch",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("batch", "table_name", "row_id"),
                                name="crm_before_image_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportReject",
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
                        ("line", models.BigIntegerField()),
                        ("column", models.CharField(blank=True, default="", max_length=200)),
                        ("value", models.CharField(blank=True, default="", max_length=300)),
                        ("reason", models.CharField(max_length=300)),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rejects",
                                to="crm.importbatch",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["batch", "line", "pk"],
                        "indexes": [
                            models.Index(fields=["batch", "line"], name="crm_reject_by_line")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MailFolder",
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
                            "mailbox",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="folders",
                                to="crm.mailbox",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("inbox", "Incoming mail"), ("sent", "Sent mail")],
                                max_length=10,
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("uidvalidity", models.BigIntegerField()),
                        ("last_uid", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("mailbox", "kind"), name="crm_mail_folder_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["inbox", "sent"])),
                                name="crm_mail_folder_kind_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MailTemplateVersion",
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
                            "template",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="crm.mailtemplate",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("subject", models.CharField(max_length=200)),
                        ("body", models.TextField(max_length=10000)),
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
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["template", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("template", "number"), name="crm_mail_template_version_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("subject", ""), _negated=True),
                                    models.Q(("body", ""), _negated=True),
                                ),
                                name="crm_mail_template_version_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SequenceVersion",
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
                            "sequence",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="crm.sequence",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
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
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["sequence", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("sequence", "number"), name="crm_sequence_version_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ViewPin",
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
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "view",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="pins",
                                to="crm.savedview",
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
                            "list",
                            models.CharField(choices=[("creators", "Creators")], max_length=20),
                        ),
                        ("is_default", models.BooleanField(default=False)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ["position", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "view"), name="crm_view_pin_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_default", True)),
                                fields=("user", "brand", "list"),
                                name="crm_one_default_view",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContactPoint",
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
                            "kind",
                            models.CharField(
                                choices=[("email", "E-mail"), ("phone", "Phone")], max_length=10
                            ),
                        ),
                        ("value", models.CharField(max_length=254)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
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
                                related_name="contact_points",
                                to="crm.creator",
                            ),
                        ),
                        (
                            "import_batch",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.importbatch",
                            ),
                        ),
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
                        ("barred_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "barred_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "barred_reason",
                            models.CharField(blank=True, db_default="", default="", max_length=300),
                        ),
                        (
                            "basis",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("consent", "Consent"),
                                    ("contract", "Contract, or steps before one"),
                                    ("legitimate_interest", "Legitimate interest"),
                                ],
                                db_default="",
                                default="",
                                max_length=20,
                            ),
                        ),
                        (
                            "found_in",
                            models.CharField(blank=True, db_default="", default="", max_length=120),
                        ),
                        (
                            "given_by",
                            models.CharField(blank=True, db_default="", default="", max_length=120),
                        ),
                        (
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("general", "Anything"),
                                    ("collaboration", "Collaborations"),
                                    ("contracts", "Contracts and payments"),
                                    ("shipping", "Parcels"),
                                ],
                                db_default="general",
                                default="general",
                                max_length=20,
                            ),
                        ),
                        ("valid_from", models.DateField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.BrinIndex(
                                fields=["import_batch"], name="crm_contactpoint_import"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "kind", "value"), name="crm_contact_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["email", "phone"])),
                                name="crm_contact_kind_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("value", django.db.models.functions.text.Lower("value")),
                                    models.Q(("value", ""), _negated=True),
                                ),
                                name="crm_contact_value_normal",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "purpose__in",
                                        ["general", "collaboration", "contracts", "shipping"],
                                    )
                                ),
                                name="crm_contact_purpose_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "basis__in",
                                        ["", "consent", "contract", "legitimate_interest"],
                                    )
                                ),
                                name="crm_contact_basis_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("barred_at", None), ("barred_reason", "")),
                                    models.Q(
                                        ("barred_at__isnull", False),
                                        models.Q(("barred_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_contact_barred_reasoned",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CreatorMetrics",
                    fields=[
                        (
                            "creator",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="metrics",
                                serialize=False,
                                to="crm.creator",
                            ),
                        ),
                        ("as_of", models.DateTimeField()),
                        ("followers", models.BigIntegerField(blank=True, null=True)),
                        ("followers_at", models.DateTimeField(blank=True, null=True)),
                        ("followers_total", models.BigIntegerField(blank=True, null=True)),
                        ("follower_growth_90d", models.FloatField(blank=True, null=True)),
                        (
                            "primary_handle",
                            models.CharField(blank=True, default="", max_length=200),
                        ),
                        ("platforms_count", models.PositiveSmallIntegerField(default=0)),
                        (
                            "platforms",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.IntegerField(), default=list, size=None
                            ),
                        ),
                        ("engagement_rate", models.FloatField(blank=True, null=True)),
                        ("engagement_posts", models.PositiveIntegerField(default=0)),
                        (
                            "engagement_source",
                            models.CharField(blank=True, default="", max_length=10),
                        ),
                        ("platform_rates", models.JSONField(blank=True, null=True)),
                        ("view_rate", models.FloatField(blank=True, null=True)),
                        ("avg_views", models.FloatField(blank=True, null=True)),
                        ("avg_likes", models.FloatField(blank=True, null=True)),
                        ("avg_comments", models.FloatField(blank=True, null=True)),
                        ("posts_30d", models.IntegerField(blank=True, null=True)),
                        ("posts_90d", models.IntegerField(blank=True, null=True)),
                        ("posts_365d", models.IntegerField(blank=True, null=True)),
                        ("last_post_at", models.DateTimeField(blank=True, null=True)),
                        ("video_share", models.FloatField(blank=True, null=True)),
                        ("paid_share", models.FloatField(blank=True, null=True)),
                        (
                            "primary_platform",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.platform",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                models.OrderBy(
                                    models.F("followers"), descending=True, nulls_last=True
                                ),
                                models.OrderBy(models.F("creator"), descending=True),
                                name="crm_metrics_followers",
                            ),
                            models.Index(
                                models.OrderBy(
                                    models.F("engagement_rate"), descending=True, nulls_last=True
                                ),
                                models.OrderBy(models.F("creator"), descending=True),
                                name="crm_metrics_er",
                            ),
                            models.Index(
                                models.OrderBy(
                                    models.F("last_post_at"), descending=True, nulls_last=True
                                ),
                                models.OrderBy(models.F("creator"), descending=True),
                                name="crm_metrics_last",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CreatorNiche",
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
                        (
                            "creator",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="creator_niches",
                                to="crm.creator",
                            ),
                        ),
                        (
                            "import_batch",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.importbatch",
                            ),
                        ),
                        (
                            "niche",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.niche",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.BrinIndex(
                                fields=["import_batch"], name="crm_creatorniche_import"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("creator", "niche"), name="crm_creator_niche_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CreatorTag",
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
                            "import_batch",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.importbatch",
                            ),
                        ),
                        (
                            "tag",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="creator_tags",
                                to="crm.tag",
                            ),
                        ),
                        (
                            "creator",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="creator_tags",
                                to="crm.creator",
                            ),
                        ),
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
                        "abstract": False,
                        "indexes": [
                            django.contrib.postgres.indexes.BrinIndex(
                                fields=["import_batch"], name="crm_creatortag_import"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("tag", "creator"), name="crm_creator_tag_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DuplicatePair",
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
                            "first",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.creator",
                            ),
                        ),
                        (
                            "second",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.creator",
                            ),
                        ),
                        ("score", models.PositiveSmallIntegerField()),
                        ("reasons", models.JSONField()),
                        ("found_at", models.DateTimeField()),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
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
                        ("why_different", models.CharField(blank=True, default="", max_length=300)),
                    ],
                    options={
                        "ordering": ["-score", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("decided_at", None)),
                                fields=["brand", "-score", "-id"],
                                name="crm_duplicate_queue",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "first", "second"), name="crm_duplicate_pair_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("first__lt", models.F("second"))),
                                name="crm_duplicate_pair_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("score__lte", 100)),
                                name="crm_duplicate_pair_score",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExternalId",
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
                        ("source", models.CharField(max_length=60)),
                        ("value", models.CharField(max_length=200)),
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
                                related_name="external_ids",
                                to="crm.creator",
                            ),
                        ),
                        (
                            "import_batch",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.importbatch",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.BrinIndex(
                                fields=["import_batch"], name="crm_externalid_import"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "source", "value"), name="crm_external_id_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FactChange",
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
                        ("cause", models.CharField(max_length=40)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "creator",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.creator",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("brand__isnull", False),
                                    ("creator__isnull", False),
                                    _connector="OR",
                                ),
                                name="crm_fact_change_of_something",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FieldValue",
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
                        ("since", models.DateTimeField()),
                        ("number", models.FloatField(blank=True, null=True)),
                        ("text", models.CharField(blank=True, max_length=500, null=True)),
                        ("flag", models.BooleanField(blank=True, null=True)),
                        ("day", models.DateField(blank=True, null=True)),
                        (
                            "tags",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=120),
                                blank=True,
                                null=True,
                                size=None,
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
                                default="manual",
                                max_length=20,
                            ),
                        ),
                        ("note", models.CharField(blank=True, default="", max_length=300)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
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
                            "creator",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="field_values",
                                to="crm.creator",
                            ),
                        ),
                        (
                            "field",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                to="crm.customfield",
                            ),
                        ),
                        (
                            "import_batch",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.importbatch",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["field", "creator", "-since", "-pk"],
                        "abstract": False,
                        "indexes": [
                            django.contrib.postgres.indexes.BrinIndex(
                                fields=["import_batch"], name="crm_fieldvalue_import"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("field", "creator", "since"), name="crm_field_value_once"
                            ),
                            models.CheckConstraint(
                                condition=django.db.models.lookups.LessThanOrEqual(
                                    models.Func(
                                        "number",
                                        "text",
                                        "flag",
                                        "day",
                                        "tags",
                                        function="num_nonnulls",
                                        output_field=models.IntegerField(),
                                    ),
                                    1,
                                ),
                                name="crm_field_value_single",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Merge",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "kept",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.creator",
                            ),
                        ),
                        (
                            "gone",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.creator",
                            ),
                        ),
                        (
                            "actor",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("reason", models.CharField(blank=True, default="", max_length=300)),
                        (
                            "brands",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), default=list, size=None
                            ),
                        ),
                        (
                            "former_relationships",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), default=list, size=None
                            ),
                        ),
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "undone_by",
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
                        "ordering": ["-at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("undone_at", None)),
                                fields=("gone",),
                                name="crm_merged_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kept", models.F("gone")), _negated=True),
                                name="crm_merge_of_two",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PostalAddress",
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
                            "basis",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("consent", "Consent"),
                                    ("contract", "Contract, or steps before one"),
                                    ("legitimate_interest", "Legitimate interest"),
                                ],
                                db_default="",
                                default="",
                                max_length=20,
                            ),
                        ),
                        (
                            "found_in",
                            models.CharField(blank=True, db_default="", default="", max_length=120),
                        ),
                        (
                            "given_by",
                            models.CharField(blank=True, db_default="", default="", max_length=120),
                        ),
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
                        ("recipient", models.CharField(max_length=200)),
                        ("street", models.CharField(max_length=300)),
                        ("postal_code", models.CharField(blank=True, default="", max_length=20)),
                        ("city", models.CharField(max_length=120)),
                        ("region", models.CharField(blank=True, default="", max_length=120)),
                        ("country", models.CharField(max_length=2)),
                        ("phone", models.CharField(blank=True, default="", max_length=60)),
                        ("confirmed_at", models.DateTimeField()),
                    ],
                    options={
                        "verbose_name_plural": "postal addresses",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "creator"), name="crm_address_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("recipient", ""), _negated=True),
                                    models.Q(("street", ""), _negated=True),
                                    models.Q(("city", ""), _negated=True),
                                ),
                                name="crm_address_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Profile",
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
                        ("handle", models.CharField(max_length=200)),
                        ("display_name", models.CharField(blank=True, default="", max_length=300)),
                        ("url", models.CharField(blank=True, default="", max_length=500)),
                        ("external_id", models.CharField(blank=True, default="", max_length=100)),
                        ("bio", models.TextField(blank=True, default="")),
                        ("is_verified", models.BooleanField(blank=True, null=True)),
                        ("followers", models.BigIntegerField(blank=True, null=True)),
                        ("following", models.BigIntegerField(blank=True, null=True)),
                        ("posts_count", models.BigIntegerField(blank=True, null=True)),
                        ("avg_views", models.FloatField(blank=True, null=True)),
                        ("avg_likes", models.FloatField(blank=True, null=True)),
                        ("avg_comments", models.FloatField(blank=True, null=True)),
                        ("avg_shares", models.FloatField(blank=True, null=True)),
                        (
                            "engagement_rate",
                            models.FloatField(
                                blank=True,
                                help_text="As the source states it: its formula is the source's.",
                                null=True,
                            ),
                        ),
                        ("metrics_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "metrics_source",
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
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "creator",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="profiles",
                                to="crm.creator",
                            ),
                        ),
                        (
                            "import_batch",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.importbatch",
                            ),
                        ),
                        (
                            "platform",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.platform",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["platform", "handle", "pk"],
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["handle"],
                                name="crm_profile_handle_trgm",
                                opclasses=["gin_trgm_ops"],
                            ),
                            django.contrib.postgres.indexes.BrinIndex(
                                fields=["import_batch"], name="crm_profile_import"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("platform", "handle"), name="crm_profile_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("platform", "external_id"),
                                name="crm_profile_external_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("handle", django.db.models.functions.text.Lower("handle")),
                                    models.Q(("handle", ""), _negated=True),
                                ),
                                name="crm_profile_handle_normal",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("followers__isnull", True),
                                        ("followers__gte", 0),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("following__isnull", True),
                                        ("following__gte", 0),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("posts_count__isnull", True),
                                        ("posts_count__gte", 0),
                                        _connector="OR",
                                    ),
                                ),
                                name="crm_profile_counts_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Relationship",
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
                            "stage",
                            models.CharField(
                                choices=[
                                    ("prospect", "Prospect"),
                                    ("first_time", "First-time partner"),
                                    ("core", "Core partner"),
                                    ("advocate", "Advocate"),
                                    ("lapsed", "Lapsed"),
                                    ("declined", "Declined"),
                                ],
                                default="prospect",
                                max_length=20,
                            ),
                        ),
                        ("stage_since", models.DateTimeField(default=django.utils.timezone.now)),
                        ("since", models.DateTimeField(default=django.utils.timezone.now)),
                        ("next_step", models.CharField(blank=True, default="", max_length=200)),
                        ("next_step_on", models.DateField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="relationships",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "creator",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="relationships",
                                to="crm.creator",
                            ),
                        ),
                        (
                            "import_batch",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.importbatch",
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
                        "ordering": ["-stage_since", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "stage", "-stage_since", "-id"],
                                name="crm_rel_board",
                            ),
                            models.Index(
                                fields=["brand", "-created_at", "-id"], name="crm_rel_added"
                            ),
                            django.contrib.postgres.indexes.BrinIndex(
                                fields=["import_batch"], name="crm_relationship_import"
                            ),
                            models.Index(
                                condition=models.Q(("next_step_on__isnull", False)),
                                fields=["brand", "owner", "next_step_on"],
                                name="crm_rel_next_steps",
                            ),
                            models.Index(
                                condition=models.Q(("owner__isnull", False)),
                                fields=["brand", "stage", "stage_since", "id"],
                                name="crm_rel_owned",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "creator"), name="crm_relationship_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "stage__in",
                                        [
                                            "prospect",
                                            "first_time",
                                            "core",
                                            "advocate",
                                            "lapsed",
                                            "declined",
                                        ],
                                    )
                                ),
                                name="crm_relationship_stage_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Representation",
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
                            "agent",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="representations",
                                to="crm.agent",
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
                        ("in_copy", models.BooleanField(default=False)),
                        ("since", models.DateField(blank=True, null=True)),
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
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "ordering": ["agent", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("agent", "creator"), name="crm_representation_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SequenceStep",
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
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="steps",
                                to="crm.sequenceversion",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "delay_days",
                            models.PositiveSmallIntegerField(
                                default=0, validators=[django.core.validators.MaxValueValidator(90)]
                            ),
                        ),
                        (
                            "action",
                            models.CharField(
                                choices=[
                                    ("mail", "Send the mail"),
                                    ("draft", "Write the mail and wait until somebody approves it"),
                                    ("remind", "Remind the person who leads the sequence"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "mail",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.mailtemplateversion",
                            ),
                        ),
                        ("reminder", models.CharField(blank=True, default="", max_length=200)),
                    ],
                    options={
                        "ordering": ["version", "position"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("version", "position"), name="crm_step_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("action__in", ["mail", "draft", "remind"])),
                                name="crm_step_action_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("position__gt", 1),
                                    models.Q(
                                        ("action", "draft"), ("delay_days", 0), ("position", 1)
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_step_first_is_draft",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("position", 1),
                                    models.Q(("delay_days__range", (1, 90)), ("position__gt", 1)),
                                    _connector="OR",
                                ),
                                name="crm_step_later_waits",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("action", "remind"),
                                        ("mail", None),
                                        models.Q(("reminder", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("action", "remind"), _negated=True),
                                        ("mail__isnull", False),
                                        ("reminder", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_step_mail_or_reminder",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Suppression",
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
                                related_name="suppressions",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "creator",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.creator",
                            ),
                        ),
                        ("is_person", models.BooleanField(default=False)),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("opt_out", "Opted out"),
                                    ("bounce", "The address does not take mail"),
                                    ("complaint", "Complained"),
                                    ("erasure", "Asked to be erased"),
                                    ("by_hand", "Decided by us"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "origin",
                            models.CharField(
                                choices=[
                                    ("link", "The unsubscribe link"),
                                    ("reply", "An answer by mail"),
                                    ("mail_server", "A mail server's report"),
                                    ("person", "Somebody of us"),
                                    ("api", "Another tool"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("note", models.CharField(blank=True, default="", max_length=300)),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("lifted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "lifted_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("lifted_note", models.CharField(blank=True, default="", max_length=300)),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-at", "-id"], name="crm_suppression_list"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("is_person", True), ("lifted_at", None)),
                                fields=("brand", "creator"),
                                name="crm_suppression_person_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "reason__in",
                                        ["opt_out", "bounce", "complaint", "erasure", "by_hand"],
                                    )
                                ),
                                name="crm_suppression_reason_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "origin__in",
                                        ["link", "reply", "mail_server", "person", "api"],
                                    )
                                ),
                                name="crm_suppression_origin_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("lifted_at", None),
                                    models.Q(("lifted_note", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="crm_suppression_lifted_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AudienceSnapshot",
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
                        ("captured_at", models.DateTimeField()),
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
                        ("countries", models.JSONField(blank=True, null=True)),
                        ("ages", models.JSONField(blank=True, null=True)),
                        ("genders", models.JSONField(blank=True, null=True)),
                        ("languages", models.JSONField(blank=True, null=True)),
                        ("quality", models.FloatField(blank=True, null=True)),
                        (
                            "import_batch",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.importbatch",
                            ),
                        ),
                        (
                            "profile",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="audiences",
                                to="crm.profile",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["profile", "-captured_at", "pk"],
                        "indexes": [
                            django.contrib.postgres.indexes.BrinIndex(
                                fields=["import_batch"], name="crm_audiencesnapshot_import"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("profile", "captured_at", "source"),
                                name="crm_audience_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Enrolment",
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
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="enrolments",
                                to="crm.sequenceversion",
                            ),
                        ),
                        (
                            "relationship",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="enrolments",
                                to="crm.relationship",
                            ),
                        ),
                        (
                            "mailbox",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.mailbox",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waits for the first mail"),
                                    ("active", "Running"),
                                    ("paused", "Paused"),
                                    ("finished", "Finished without an answer"),
                                    ("stopped", "Stopped"),
                                ],
                                default="waiting",
                                max_length=20,
                            ),
                        ),
                        ("personal_line", models.CharField(blank=True, default="", max_length=500)),
                        (
                            "stage_at_start",
                            models.CharField(
                                choices=[
                                    ("prospect", "Prospect"),
                                    ("first_time", "First-time partner"),
                                    ("core", "Core partner"),
                                    ("advocate", "Advocate"),
                                    ("lapsed", "Lapsed"),
                                    ("declined", "Declined"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        ("due_at", models.DateTimeField(blank=True, null=True)),
                        ("started_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "stop_reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("reply", "The creator answered"),
                                    ("stage", "The stage changed"),
                                    ("opt_out", "The creator opted out"),
                                    ("bounce", "The mail came back"),
                                    ("suppressed", "The creator is on the suppression list"),
                                    ("do_not_pitch", "The creator is not to be pitched"),
                                    ("not_allowed", "Sending is not allowed"),
                                    ("by_hand", "Stopped by somebody"),
                                    ("archived", "The sequence was archived"),
                                ],
                                default="",
                                max_length=20,
                            ),
                        ),
                        ("stop_note", models.CharField(blank=True, default="", max_length=300)),
                        (
                            "ended_by",
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
                                condition=models.Q(("due_at__isnull", False)),
                                fields=["due_at", "id"],
                                name="crm_enrolment_due",
                            ),
                            models.Index(
                                fields=["brand", "status", "-started_at", "-id"],
                                name="crm_enrolment_list",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status__in", ("waiting", "active", "paused"))),
                                fields=("relationship",),
                                name="crm_enrolment_one_live",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        ["waiting", "active", "paused", "finished", "stopped"],
                                    )
                                ),
                                name="crm_enrolment_status_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "stop_reason__in",
                                        [
                                            "",
                                            "reply",
                                            "stage",
                                            "opt_out",
                                            "bounce",
                                            "suppressed",
                                            "do_not_pitch",
                                            "not_allowed",
                                            "by_hand",
                                            "archived",
                                        ],
                                    )
                                ),
                                name="crm_enrolment_stop_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("status", "stopped"),
                                        models.Q(("stop_reason", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("status", "stopped"), _negated=True),
                                        ("stop_reason", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_enrolment_stop_has_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at", None),
                                        ("status__in", ("waiting", "active", "paused")),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("status__in", ("waiting", "active", "paused")),
                                            _negated=True,
                                        ),
                                        ("due_at", None),
                                        ("ended_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_enrolment_end_dated",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FormerHandle",
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
                            "profile",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="former_handles",
                                to="crm.profile",
                            ),
                        ),
                        ("handle", models.CharField(max_length=200)),
                        ("until", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["profile", "-until", "-pk"],
                        "indexes": [models.Index(fields=["handle"], name="crm_former_handle")],
                    },
                ),
                migrations.CreateModel(
                    name="JobRow",
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
                            "job",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="crm.job",
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
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("waiting", "Not yet done"),
                                    ("changed", "Changed"),
                                    ("same", "Was so already"),
                                    ("refused", "Refused"),
                                    ("undone", "Undone"),
                                    ("kept", "Changed since, so kept"),
                                ],
                                db_default="waiting",
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(blank=True, db_default="", default="", max_length=300),
                        ),
                        ("before", models.JSONField(blank=True, null=True)),
                        ("after", models.JSONField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["job", "relationship"],
                        "indexes": [
                            models.Index(
                                fields=["job", "outcome", "relationship"],
                                name="crm_job_row_by_outcome",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("job", "relationship"), name="crm_job_row_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "outcome__in",
                                        ["waiting", "changed", "same", "refused", "undone", "kept"],
                                    )
                                ),
                                name="crm_job_row_outcome_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MergePart",
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
                            "merge",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="parts",
                                to="crm.merge",
                            ),
                        ),
                        ("table_name", models.CharField(max_length=63)),
                        (
                            "action",
                            models.CharField(
                                choices=[
                                    ("moved", "Moved"),
                                    ("dropped", "Taken out"),
                                    ("changed", "Changed"),
                                    ("added", "Added"),
                                    ("own", "As the app that owns it does"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("column_name", models.CharField(blank=True, default="", max_length=63)),
                        ("old_id", models.BigIntegerField(blank=True, null=True)),
                        ("new_id", models.BigIntegerField(blank=True, null=True)),
                        (
                            "row_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), default=list, size=None
                            ),
                        ),
                        ("rows", models.JSONField(default=list)),
                    ],
                    options={
                        "ordering": ["merge", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("action__in", ["moved", "dropped", "changed", "added", "own"])
                                ),
                                name="crm_merge_part_action",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MetricSnapshot",
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
                        ("captured_at", models.DateTimeField()),
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
                        ("followers", models.BigIntegerField(blank=True, null=True)),
                        ("following", models.BigIntegerField(blank=True, null=True)),
                        ("posts_count", models.BigIntegerField(blank=True, null=True)),
                        ("avg_views", models.FloatField(blank=True, null=True)),
                        ("avg_likes", models.FloatField(blank=True, null=True)),
                        ("avg_comments", models.FloatField(blank=True, null=True)),
                        ("avg_shares", models.FloatField(blank=True, null=True)),
                        ("engagement_rate", models.FloatField(blank=True, null=True)),
                        (
                            "import_batch",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.importbatch",
                            ),
                        ),
                        (
                            "profile",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="snapshots",
                                to="crm.profile",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["profile", "-captured_at", "pk"],
                        "indexes": [
                            django.contrib.postgres.indexes.BrinIndex(
                                fields=["import_batch"], name="crm_metricsnapshot_import"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("profile", "captured_at", "source"),
                                name="crm_snapshot_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Note",
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
                        ("text", models.TextField(max_length=10000)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "author",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "relationship",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notes",
                                to="crm.relationship",
                            ),
                        ),
                        ("deleted_at", models.DateTimeField(blank=True, null=True)),
                        ("edited_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["relationship", "-created_at"], name="crm_note_by_time"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.search.SearchVector(
                                    models.Func(
                                        "text", function="crm_fold", output_field=models.TextField()
                                    ),
                                    config="simple",
                                ),
                                name="crm_note_words",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("text", ""), _negated=True),
                                name="crm_note_not_empty",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Post",
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
                        ("external_id", models.CharField(max_length=200)),
                        ("posted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("image", "Image"),
                                    ("carousel", "Carousel"),
                                    ("short_video", "Short video"),
                                    ("video", "Video"),
                                    ("live", "Live"),
                                    ("story", "Story"),
                                    ("text", "Text"),
                                    ("audio", "Audio"),
                                    ("article", "Article"),
                                    ("other", "Other"),
                                ],
                                default="other",
                                max_length=20,
                            ),
                        ),
                        ("title", models.CharField(blank=True, default="", max_length=500)),
                        ("caption", models.TextField(blank=True, default="")),
                        ("url", models.CharField(blank=True, default="", max_length=500)),
                        ("language", models.CharField(blank=True, default="", max_length=20)),
                        ("is_paid_partnership", models.BooleanField(blank=True, null=True)),
                        ("followers_at_post", models.BigIntegerField(blank=True, null=True)),
                        ("likes", models.BigIntegerField(blank=True, null=True)),
                        ("comments", models.BigIntegerField(blank=True, null=True)),
                        ("saves", models.BigIntegerField(blank=True, null=True)),
                        ("shares", models.BigIntegerField(blank=True, null=True)),
                        ("views", models.BigIntegerField(blank=True, null=True)),
                        ("reach", models.BigIntegerField(blank=True, null=True)),
                        ("impressions", models.BigIntegerField(blank=True, null=True)),
                        ("metrics_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "metrics_source",
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
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "creator",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="posts",
                                to="crm.creator",
                            ),
                        ),
                        (
                            "import_batch",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.importbatch",
                            ),
                        ),
                        (
                            "profile",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="posts",
                                to="crm.profile",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-posted_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["creator", "-posted_at"], name="crm_post_by_creator"
                            ),
                            models.Index(fields=["posted_at"], name="crm_post_by_time"),
                            django.contrib.postgres.indexes.BrinIndex(
                                fields=["import_batch"], name="crm_post_import"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("profile", "external_id"), name="crm_post_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "image",
                                            "carousel",
                                            "short_video",
                                            "video",
                                            "live",
                                            "story",
                                            "text",
                                            "audio",
                                            "article",
                                            "other",
                                        ],
                                    )
                                ),
                                name="crm_post_kind_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StageChange",
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
                            "from_stage",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("prospect", "Prospect"),
                                    ("first_time", "First-time partner"),
                                    ("core", "Core partner"),
                                    ("advocate", "Advocate"),
                                    ("lapsed", "Lapsed"),
                                    ("declined", "Declined"),
                                ],
                                default="",
                                max_length=20,
                            ),
                        ),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("prospect", "Prospect"),
                                    ("first_time", "First-time partner"),
                                    ("core", "Core partner"),
                                    ("advocate", "Advocate"),
                                    ("lapsed", "Lapsed"),
                                    ("declined", "Declined"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("entered_at", models.DateTimeField()),
                        ("left_at", models.DateTimeField(blank=True, null=True)),
                        ("reason", models.CharField(blank=True, default="", max_length=300)),
                        (
                            "actor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "relationship",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="stage_changes",
                                to="crm.relationship",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["relationship", "-entered_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("left_at", None)),
                                fields=("relationship",),
                                name="crm_one_open_stage",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "stage__in",
                                        [
                                            "prospect",
                                            "first_time",
                                            "core",
                                            "advocate",
                                            "lapsed",
                                            "declined",
                                        ],
                                    )
                                ),
                                name="crm_stage_change_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("left_at", None),
                                    ("left_at__gte", models.F("entered_at")),
                                    _connector="OR",
                                ),
                                name="crm_stage_change_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SuppressedAddress",
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
                            "suppression",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="addresses",
                                to="crm.suppression",
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
                        ("digest", models.CharField(max_length=64)),
                        ("hint", models.CharField(blank=True, default="", max_length=254)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["brand", "digest"], name="crm_suppressed_address")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("suppression", "digest"), name="crm_suppressed_address_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Task",
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
                            "relationship",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tasks",
                                to="crm.relationship",
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        ("details", models.TextField(blank=True, default="", max_length=4000)),
                        (
                            "assignee",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("due_on", models.DateField(blank=True, null=True)),
                        ("due_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "repeat_unit",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("day", "day"),
                                    ("week", "week"),
                                    ("month", "month"),
                                    ("year", "year"),
                                ],
                                default="",
                                max_length=5,
                            ),
                        ),
                        ("repeat_every", models.PositiveSmallIntegerField(default=1)),
                        ("series_start", models.DateField(blank=True, null=True)),
                        (
                            "follows",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="successor",
                                to="crm.task",
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
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "done_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        "ordering": ["due_on", "due_at", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("done_at", None)),
                                fields=["brand", "assignee"],
                                name="crm_task_open",
                            ),
                            models.Index(
                                condition=models.Q(("done_at__isnull", False)),
                                fields=["brand", "-done_at", "-id"],
                                name="crm_task_done",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("title", ""), _negated=True),
                                name="crm_task_has_title",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("due_on", None), ("due_at", None), _connector="OR"
                                ),
                                name="crm_task_due_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("repeat_unit", ""),
                                    models.Q(
                                        ("repeat_unit__in", ["day", "week", "month", "year"]),
                                        ("series_start__isnull", False),
                                        models.Q(
                                            ("due_on__isnull", False),
                                            ("due_at__isnull", False),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_task_repeat_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("repeat_every__range", (1, 99))),
                                name="crm_task_every_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("done_at", None),
                                    ("done_at__gte", models.F("created_at")),
                                    _connector="OR",
                                ),
                                name="crm_task_done_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Thread",
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
                                related_name="threads",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "relationship",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="threads",
                                to="crm.relationship",
                            ),
                        ),
                        (
                            "mailbox",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="threads",
                                to="crm.mailbox",
                            ),
                        ),
                        ("subject", models.CharField(blank=True, default="", max_length=400)),
                        ("reply_waiting_since", models.DateTimeField(blank=True, null=True)),
                        ("set_aside_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("last_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["-last_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-last_at", "-id"], name="crm_thread_by_time"
                            ),
                            models.Index(
                                condition=models.Q(("reply_waiting_since__isnull", False)),
                                fields=["brand", "reply_waiting_since"],
                                name="crm_thread_waiting",
                            ),
                            models.Index(
                                condition=models.Q(("relationship", None), ("set_aside_at", None)),
                                fields=["brand", "-last_at"],
                                name="crm_thread_unmatched",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Mention",
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
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "note",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mentions",
                                to="crm.note",
                            ),
                        ),
                        (
                            "task",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mentions",
                                to="crm.task",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("note__isnull", False), ("task", None)),
                                    models.Q(("note", None), ("task__isnull", False)),
                                    _connector="OR",
                                ),
                                name="crm_mention_in_one_thing",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("note__isnull", False)),
                                fields=("note", "user"),
                                name="crm_mention_in_note_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("task__isnull", False)),
                                fields=("task", "user"),
                                name="crm_mention_in_task_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Message",
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
                            "thread",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mails",
                                to="crm.thread",
                            ),
                        ),
                        (
                            "mailbox",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.mailbox",
                            ),
                        ),
                        (
                            "direction",
                            models.CharField(
                                choices=[("out", "Sent by us"), ("in", "Received")], max_length=3
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("queued", "Waiting to be sent"),
                                    ("sending", "Being sent"),
                                    ("sent", "Sent"),
                                    ("unknown", "Not known whether it left"),
                                    ("refused", "Not sent"),
                                    ("failed", "Could not be sent"),
                                    ("bounced", "Came back"),
                                    ("received", "Received"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("personal", "Mail"),
                                    ("automatic", "Automatic reply"),
                                    ("bounce", "Delivery report"),
                                ],
                                default="personal",
                                max_length=10,
                            ),
                        ),
                        (
                            "purpose",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("first", "First mail"),
                                    ("follow_up", "Follow-up"),
                                    ("reply", "Reply"),
                                ],
                                default="",
                                max_length=10,
                            ),
                        ),
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
                        ("message_id", models.CharField(max_length=400)),
                        ("in_reply_to", models.CharField(blank=True, default="", max_length=400)),
                        (
                            "references",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=400),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("from_address", models.CharField(max_length=254)),
                        ("from_name", models.CharField(blank=True, default="", max_length=200)),
                        (
                            "to",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=254),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "cc",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=254),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("subject", models.CharField(blank=True, default="", max_length=400)),
                        ("text", models.TextField(blank=True, default="")),
                        ("quoted", models.TextField(blank=True, default="")),
                        ("closing", models.TextField(blank=True, default="")),
                        ("headers", models.JSONField(blank=True, default=dict)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("send_after", models.DateTimeField(blank=True, null=True)),
                        ("sending_since", models.DateTimeField(blank=True, null=True)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("reason", models.CharField(blank=True, default="", max_length=500)),
                    ],
                    options={
                        "ordering": ["thread", "at", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["thread", "at", "id"], name="crm_message_in_thread"
                            ),
                            models.Index(
                                condition=models.Q(("status", "queued")),
                                fields=["send_after", "id"],
                                name="crm_message_queue",
                            ),
                            models.Index(
                                condition=models.Q(("status", "sending")),
                                fields=["sending_since"],
                                name="crm_message_in_flight",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("status__in", ("draft", "refused", "failed", "unknown"))
                                ),
                                fields=["brand", "thread"],
                                name="crm_message_unsent",
                            ),
                            models.Index(
                                condition=models.Q(("sent_at__isnull", False)),
                                fields=["mailbox", "-sent_at"],
                                name="crm_message_by_sender",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "message_id"), name="crm_message_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("direction", "in"), ("status", "received")),
                                    models.Q(
                                        ("direction", "out"),
                                        (
                                            "status__in",
                                            (
                                                "draft",
                                                "queued",
                                                "sending",
                                                "sent",
                                                "unknown",
                                                "refused",
                                                "failed",
                                                "bounced",
                                            ),
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_message_status_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["personal", "automatic", "bounce"])
                                ),
                                name="crm_message_kind_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("purpose__in", ["", "first", "follow_up", "reply"])
                                ),
                                name="crm_message_purpose_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "queued"), _negated=True),
                                    ("send_after__isnull", False),
                                    _connector="OR",
                                ),
                                name="crm_message_queued_when",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "sending"), _negated=True),
                                    ("sending_since__isnull", False),
                                    _connector="OR",
                                ),
                                name="crm_message_sending_since",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status__in", ["sent", "bounced"]), _negated=True),
                                    ("sent_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="crm_message_sent_when",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NoteVersion",
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
                            "note",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="crm.note",
                            ),
                        ),
                        ("text", models.TextField(max_length=10000)),
                        ("written_at", models.DateTimeField()),
                        ("replaced_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["note", "-replaced_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("replaced_at__gte", models.F("written_at"))),
                                name="crm_note_version_order",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PostMetricSnapshot",
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
                        ("captured_at", models.DateTimeField()),
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
                        ("likes", models.BigIntegerField(blank=True, null=True)),
                        ("comments", models.BigIntegerField(blank=True, null=True)),
                        ("saves", models.BigIntegerField(blank=True, null=True)),
                        ("shares", models.BigIntegerField(blank=True, null=True)),
                        ("views", models.BigIntegerField(blank=True, null=True)),
                        ("reach", models.BigIntegerField(blank=True, null=True)),
                        ("impressions", models.BigIntegerField(blank=True, null=True)),
                        (
                            "import_batch",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.importbatch",
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="snapshots",
                                to="crm.post",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["post", "-captured_at", "pk"],
                        "indexes": [
                            django.contrib.postgres.indexes.BrinIndex(
                                fields=["import_batch"], name="crm_postmetricsnapshot_import"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("post", "captured_at", "source"),
                                name="crm_post_snapshot_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Reminder",
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
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "task",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.task",
                            ),
                        ),
                        (
                            "relationship",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.relationship",
                            ),
                        ),
                        ("due_at", models.DateTimeField()),
                        ("sent_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("relationship", None), ("task__isnull", False)),
                                    models.Q(("relationship__isnull", False), ("task", None)),
                                    _connector="OR",
                                ),
                                name="crm_reminder_of_one_thing",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("task__isnull", False)),
                                fields=("user", "task", "due_at"),
                                name="crm_reminder_of_task_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("relationship__isnull", False)),
                                fields=("user", "relationship", "due_at"),
                                name="crm_reminder_of_step_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Attachment",
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
                            "message",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="attachments",
                                to="crm.message",
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
                        ("name", models.CharField(max_length=255)),
                        (
                            "content_type",
                            models.CharField(default="application/octet-stream", max_length=120),
                        ),
                        ("size", models.BigIntegerField()),
                        ("sha256", models.CharField(max_length=64)),
                        ("is_risky", models.BooleanField(default=False)),
                        ("is_kept", models.BooleanField(default=True)),
                    ],
                    options={
                        "ordering": ["message", "pk"],
                        "indexes": [
                            models.Index(fields=["brand", "sha256"], name="crm_attachment_by_hash")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("size__gte", 0)), name="crm_attachment_size"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EnrolmentStep",
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
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="steps",
                                to="crm.enrolment",
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
                            "step",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.sequencestep",
                            ),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waits for approval"),
                                    ("mailed", "Mail written and queued"),
                                    ("reminded", "Reminded"),
                                    ("skipped", "Skipped"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="waiting",
                                max_length=20,
                            ),
                        ),
                        (
                            "message",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="enrolment_step",
                                to="crm.message",
                            ),
                        ),
                        ("note", models.CharField(blank=True, default="", max_length=500)),
                        ("created_at", models.DateTimeField()),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "done_by",
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
                        "ordering": ["enrolment", "step"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("outcome", "waiting")),
                                fields=["brand", "created_at", "id"],
                                name="crm_enrolment_step_waiting",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("enrolment", "step"), name="crm_enrolment_step_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "outcome__in",
                                        ["waiting", "mailed", "reminded", "skipped", "cancelled"],
                                    )
                                ),
                                name="crm_enrolment_step_outcome_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("done_at", None), ("outcome", "waiting")),
                                    models.Q(
                                        models.Q(("outcome", "waiting"), _negated=True),
                                        ("done_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_enrolment_step_done_dated",
                            ),
                        ],
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="agent",
            name="creators",
            field=models.ManyToManyField(
                related_name="+", through="crm.Representation", to="crm.creator"
            ),
        ),
        migrations.AddField(
            model_name="tag",
            name="creators",
            field=models.ManyToManyField(
                related_name="+", through="crm.CreatorTag", to="crm.creator"
            ),
        ),
        migrations.AddField(
            model_name="creator",
            name="niches",
            field=models.ManyToManyField(
                related_name="creators", through="crm.CreatorNiche", to="crm.niche"
            ),
        ),
        migrations.RunSQL(stage_counts.FORWARD, stage_counts.BACKWARD),
        migrations.RunSQL(former_handles.FORWARD, former_handles.BACKWARD),
        migrations.RunPython(platforms_and_tiers.load, platforms_and_tiers.unload),
        migrations.RunPython(vendor_tiers.load, vendor_tiers.unload),
    ]
