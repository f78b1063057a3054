"""What a creator manager's day needs: mail, outreach, tasks, contacts, tags, merges, jobs, views."""

import datetime as dt
import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0010_standard_fields"),
    ]

    operations = [
        migrations.CreateModel(
            name="Agent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        condition=models.Q(("name", ""), _negated=True), name="crm_agent_named"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__in", ["manager", "agency", "assistant", "legal", "other"])
                        ),
                        name="crm_agent_role_valid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="DuplicatePair",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        condition=models.Q(("score__lte", 100)), name="crm_duplicate_pair_score"
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
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        fields=["asked_by", "brand", "-created_at", "-id"], name="crm_job_mine"
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
                            ("status__in", ["waiting", "running", "done", "stopped", "failed"])
                        ),
                        name="crm_job_status_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at", None), ("status__in", ["waiting", "running"])),
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
                            ("total", None), ("done__lte", models.F("total")), _connector="OR"
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
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        help_text="Shown to the recipient beside the address.", max_length=120
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
                ("imap_sent_folder", models.CharField(blank=True, default="", max_length=200)),
                ("dropbox_address", models.EmailField(blank=True, default="", max_length=254)),
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
                    models.UniqueConstraint(fields=("brand", "address"), name="crm_mailbox_once"),
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="MailTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        condition=models.Q(("purpose__in", ["first", "follow_up", "reply"])),
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="NoteVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        fields=["user", "brand", "-created_at", "-id"], name="crm_notif_list"
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
                ("postal_address", models.CharField(blank=True, default="", max_length=300)),
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
                        default=30, validators=[django.core.validators.MaxValueValidator(365)]
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
                        condition=models.Q(("quiet_days__lte", 365)), name="crm_policy_quiet_days"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="PostalAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    models.UniqueConstraint(fields=("brand", "creator"), name="crm_address_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("recipient", ""), _negated=True),
                            models.Q(("street", ""), _negated=True),
                            models.Q(("city", ""), _negated=True),
                        ),
                        name="crm_address_whole",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Preferences",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        choices=[("creators", "Creators")], default="creators", max_length=20
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
                        condition=models.Q(("list__in", ["creators"])), name="crm_view_list_valid"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="crm_view_named"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Sequence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        condition=models.Q(("name", ""), _negated=True), name="crm_sequence_named"
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Snooze",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="StageLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    models.UniqueConstraint(fields=("brand", "stage"), name="crm_stage_limit_once"),
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    models.Index(fields=["brand", "-at", "-id"], name="crm_suppression_list")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_person", True), ("lifted_at", None)),
                        fields=("brand", "creator"),
                        name="crm_suppression_person_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason__in", ["opt_out", "bounce", "complaint", "erasure", "by_hand"])
                        ),
                        name="crm_suppression_reason_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("origin__in", ["link", "reply", "mail_server", "person", "api"])
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
            name="Tag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        condition=models.Q(("name", ""), _negated=True), name="crm_tag_named"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "colour__in",
                                ["secondary", "blue", "green", "yellow", "orange", "red", "purple"],
                            )
                        ),
                        name="crm_tag_colour_valid",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        condition=models.Q(("title", ""), _negated=True), name="crm_task_has_title"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on", None), ("due_at", None), _connector="OR"),
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
            name="CreatorTag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    models.UniqueConstraint(fields=("tag", "creator"), name="crm_creator_tag_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="JobRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("reason", models.CharField(blank=True, db_default="", default="", max_length=300)),
                ("before", models.JSONField(blank=True, null=True)),
                ("after", models.JSONField(blank=True, null=True)),
            ],
            options={
                "ordering": ["job", "relationship"],
                "indexes": [
                    models.Index(
                        fields=["job", "outcome", "relationship"], name="crm_job_row_by_outcome"
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
            name="MailFolder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        choices=[("inbox", "Incoming mail"), ("sent", "Sent mail")], max_length=10
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="MailTemplateVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="MergePart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Representation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SequenceVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SuppressedAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
            name="Thread",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    models.Index(fields=["brand", "-last_at", "-id"], name="crm_thread_by_time"),
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
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="ViewPin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("list", models.CharField(choices=[("creators", "Creators")], max_length=20)),
                ("is_default", models.BooleanField(default=False)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "view"), name="crm_view_pin_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("user", "brand", "list"),
                        name="crm_one_default_view",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        fields=["brand", "status", "-started_at", "-id"], name="crm_enrolment_list"
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
                            ("status__in", ["waiting", "active", "paused", "finished", "stopped"])
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
                                ("status", "stopped"), models.Q(("stop_reason", ""), _negated=True)
                            ),
                            models.Q(
                                models.Q(("status", "stopped"), _negated=True), ("stop_reason", "")
                            ),
                            _connector="OR",
                        ),
                        name="crm_enrolment_stop_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at", None), ("status__in", ("waiting", "active", "paused"))
                            ),
                            models.Q(
                                models.Q(
                                    ("status__in", ("waiting", "active", "paused")), _negated=True
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
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    models.Index(fields=["thread", "at", "id"], name="crm_message_in_thread"),
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
                        condition=models.Q(("kind__in", ["personal", "automatic", "bounce"])),
                        name="crm_message_kind_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["", "first", "follow_up", "reply"])),
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
            name="SequenceStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    models.UniqueConstraint(fields=("version", "position"), name="crm_step_once"),
                    models.CheckConstraint(
                        condition=models.Q(("action__in", ["mail", "draft", "remind"])),
                        name="crm_step_action_valid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("position__gt", 1),
                            models.Q(("action", "draft"), ("delay_days", 0), ("position", 1)),
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
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
        migrations.RemoveConstraint(
            model_name="brand",
            name="crm_brand_slug_not_reserved",
        ),
        migrations.AddField(
            model_name="contactpoint",
            name="author",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="contactpoint",
            name="barred_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="contactpoint",
            name="barred_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="contactpoint",
            name="barred_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="contactpoint",
            name="basis",
            field=models.CharField(
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
        migrations.AddField(
            model_name="contactpoint",
            name="found_in",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="contactpoint",
            name="given_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="contactpoint",
            name="purpose",
            field=models.CharField(
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
        migrations.AddField(
            model_name="contactpoint",
            name="valid_from",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="creator",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="crm.creator",
            ),
        ),
        migrations.AddField(
            model_name="creator",
            name="timezone",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.AddField(
            model_name="note",
            name="deleted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="note",
            name="edited_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="note",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(
                    models.Func("text", function="crm_fold", output_field=models.TextField()),
                    config="simple",
                ),
                name="crm_note_words",
            ),
        ),
        migrations.AddIndex(
            model_name="relationship",
            index=models.Index(
                condition=models.Q(("next_step_on__isnull", False)),
                fields=["brand", "owner", "next_step_on"],
                name="crm_rel_next_steps",
            ),
        ),
        migrations.AddIndex(
            model_name="relationship",
            index=models.Index(
                condition=models.Q(("owner__isnull", False)),
                fields=["brand", "stage", "stage_since", "id"],
                name="crm_rel_owned",
            ),
        ),
        migrations.AddConstraint(
            model_name="brand",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "slug__in",
                        ["accounts", "admin", "api", "static", "healthz", "readyz", "unsubscribe"],
                    ),
                    _negated=True,
                ),
                name="crm_brand_slug_not_reserved",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("purpose__in", ["general", "collaboration", "contracts", "shipping"])
                ),
                name="crm_contact_purpose_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("basis__in", ["", "consent", "contract", "legitimate_interest"])
                ),
                name="crm_contact_basis_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("barred_at", None), ("barred_reason", "")),
                    models.Q(
                        ("barred_at__isnull", False), models.Q(("barred_reason", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="crm_contact_barred_reasoned",
            ),
        ),
    ]
