"""What the public hands in to campaigns, permission to use it, and where creators are."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels

# What an author was asked stays as they were asked it; the answer, and its being taken back, come
# later, and whose account somebody's was is forgotten with it.
KEEP = """
CREATE TRIGGER campaigns_permission_kept BEFORE UPDATE ON campaigns_submissionpermission
  FOR EACH ROW EXECUTE FUNCTION
  campaigns_keep_row('state', 'answered_at', 'given_by', 'proof', 'proof_url', 'recorded_by_id',
    'withdrawn_at', 'withdrawn_because', 'withdrawn_by_id', 'asked_by_id');
"""
LET_GO = """
DROP TRIGGER campaigns_permission_kept ON campaigns_submissionpermission;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0011_payments"),
        ("crm", "0024_erasing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Submission",
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
                            "origin",
                            models.CharField(
                                choices=[
                                    ("form", "Handed in on the page"),
                                    ("post", "Found among imported posts"),
                                ],
                                max_length=4,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "To decide"),
                                    ("asked", "Waits for permission"),
                                    ("accepted", "In the library"),
                                    ("refused", "Refused"),
                                    ("withdrawn", "Permission withdrawn"),
                                ],
                                default="open",
                                max_length=9,
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("email", models.CharField(blank=True, default="", max_length=254)),
                        ("handle", models.CharField(blank=True, default="", max_length=200)),
                        ("text", models.TextField(blank=True, default="", max_length=4000)),
                        ("is_testimonial", models.BooleanField(default=False)),
                        ("inspired_by", models.CharField(blank=True, default="", max_length=200)),
                        ("url", models.CharField(blank=True, default="", max_length=500)),
                        ("sha256", models.CharField(blank=True, default="", max_length=64)),
                        ("file_name", models.CharField(blank=True, default="", max_length=255)),
                        ("content_type", models.CharField(blank=True, default="", max_length=120)),
                        ("size", models.PositiveBigIntegerField(blank=True, null=True)),
                        ("submitted_at", models.DateTimeField()),
                        ("consent_text", models.TextField(blank=True, default="", max_length=2000)),
                        ("consent_version", models.PositiveIntegerField(blank=True, null=True)),
                        ("min_age", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        ("reason", models.CharField(blank=True, default="", max_length=300)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        (
                            "asset",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.asset",
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
                            "campaign",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="submissions",
                                to="campaigns.campaign",
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
                            "platform",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.platform",
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.post",
                            ),
                        ),
                        (
                            "relationship",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.relationship",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["created_at", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["campaign", "state", "created_at", "id"],
                                name="campaigns_submission_queue",
                            ),
                            models.Index(
                                fields=["brand", "state", "id"], name="campaigns_submission_brand"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("origin__in", ["form", "post"]),
                                    (
                                        "state__in",
                                        ["open", "asked", "accepted", "refused", "withdrawn"],
                                    ),
                                ),
                                name="campaigns_submission_choices",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("name", ""), _negated=True),
                                    models.Q(
                                        models.Q(("text", ""), _negated=True),
                                        models.Q(("url", ""), _negated=True),
                                        models.Q(("sha256", ""), _negated=True),
                                        _connector="OR",
                                    ),
                                ),
                                name="campaigns_submission_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("origin", "post"),
                                    models.Q(
                                        models.Q(("email", ""), _negated=True),
                                        models.Q(("consent_text", ""), _negated=True),
                                        ("consent_version__isnull", False),
                                        ("min_age__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_submission_agreed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("email", django.db.models.functions.text.Lower("email")),
                                    ("handle", django.db.models.functions.text.Lower("handle")),
                                ),
                                name="campaigns_submission_normal",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("sha256__regex", "^[0-9a-f]{64}$"),
                                        ("size__gt", 0),
                                        models.Q(("file_name", ""), _negated=True),
                                        models.Q(("content_type", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("content_type", ""),
                                        ("file_name", ""),
                                        ("sha256", ""),
                                        ("size", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_submission_file",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at", None), ("state__in", ["open", "asked"])
                                    ),
                                    models.Q(
                                        models.Q(("state__in", ["open", "asked"]), _negated=True),
                                        ("decided_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_submission_decided",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "refused"), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="campaigns_submission_refused_why",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("post__isnull", False)),
                                fields=("campaign", "post"),
                                name="campaigns_submission_post_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SubmissionPage",
                    fields=[
                        (
                            "campaign",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="submission_page",
                                serialize=False,
                                to="campaigns.campaign",
                            ),
                        ),
                        ("is_open", models.BooleanField(default=False)),
                        ("hashtag", models.CharField(blank=True, default="", max_length=60)),
                        ("title", models.CharField(blank=True, default="", max_length=120)),
                        ("text", models.TextField(blank=True, default="", max_length=4000)),
                        ("language", models.CharField(default="en", max_length=20)),
                        (
                            "contact_email",
                            models.EmailField(blank=True, default="", max_length=254),
                        ),
                        ("consent_text", models.TextField(blank=True, default="", max_length=2000)),
                        ("consent_version", models.PositiveIntegerField(default=1)),
                        (
                            "permission_text",
                            models.TextField(blank=True, default="", max_length=2000),
                        ),
                        ("permission_version", models.PositiveIntegerField(default=1)),
                        (
                            "usages",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=12),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "territory",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "months",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(120),
                                ],
                            ),
                        ),
                        (
                            "min_age",
                            models.PositiveSmallIntegerField(
                                default=18,
                                validators=[
                                    django.core.validators.MinValueValidator(13),
                                    django.core.validators.MaxValueValidator(99),
                                ],
                            ),
                        ),
                        (
                            "keep_days",
                            models.PositiveSmallIntegerField(
                                default=180,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(3650),
                                ],
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_open", False),
                                    models.Q(
                                        models.Q(("title", ""), _negated=True),
                                        models.Q(("consent_text", ""), _negated=True),
                                        models.Q(("permission_text", ""), _negated=True),
                                        models.Q(("usages", []), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_submit_page_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("keep_days__range", (1, 3650)),
                                    ("min_age__range", (13, 99)),
                                    models.Q(
                                        ("months", None),
                                        ("months__range", (1, 120)),
                                        _connector="OR",
                                    ),
                                ),
                                name="campaigns_submit_page_numbers",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("usages__contained_by", ["organic", "paid"])),
                                name="campaigns_submit_page_uses",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("hashtag", django.db.models.functions.text.Lower("hashtag")),
                                    models.Q(("hashtag__startswith", "#"), _negated=True),
                                ),
                                name="campaigns_submit_page_hashtag",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Whereabouts",
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
                        ("country", models.CharField(blank=True, default="", max_length=2)),
                        ("place", models.CharField(blank=True, default="", max_length=120)),
                        ("is_remote", models.BooleanField(default=False)),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField(blank=True, null=True)),
                        ("notice_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "formats",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("image", "Image"),
                                        ("carousel", "Carousel"),
                                        ("short_video", "Short video"),
                                        ("video", "Video"),
                                        ("live", "Live"),
                                        ("story", "Story"),
                                        ("text", "Text"),
                                        ("audio", "Podcast or audio"),
                                        ("article", "Newsletter or article"),
                                        ("event", "Event"),
                                        ("ar_effect", "AR filter or try-on"),
                                        ("other", "Other"),
                                    ],
                                    max_length=20,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[("creator", "The creator"), ("team", "The team")],
                                max_length=7,
                            ),
                        ),
                        ("said_at", models.DateTimeField()),
                        (
                            "link",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.guestlink",
                            ),
                        ),
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
                            "said_by",
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
                        "ordering": ["-said_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["relationship", "-said_at", "-id"],
                                name="campaigns_whereabouts_newest",
                            ),
                            models.Index(fields=["ends_on"], name="campaigns_whereabouts_over"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("country", ""), _negated=True),
                                    models.Q(("place", ""), _negated=True),
                                    ("is_remote", True),
                                    _connector="OR",
                                ),
                                name="campaigns_whereabouts_said",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "formats__contained_by",
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
                                            "event",
                                            "ar_effect",
                                            "other",
                                        ],
                                    ),
                                    ("source__in", ["creator", "team"]),
                                ),
                                name="campaigns_whereabouts_choices",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on", None),
                                    ("ends_on__gte", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="campaigns_whereabouts_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("notice_hours", None),
                                    ("notice_hours__lte", 744),
                                    _connector="OR",
                                ),
                                name="campaigns_whereabouts_notice",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WhereaboutsRule",
                    fields=[
                        (
                            "brand",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to="crm.brand",
                            ),
                        ),
                        (
                            "keep_days",
                            models.PositiveSmallIntegerField(
                                default=30,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(365),
                                ],
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("keep_days__range", (1, 365))),
                                name="campaigns_whereabouts_keeps",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FastLane",
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
                        ("gate_hours", models.PositiveSmallIntegerField()),
                        ("reason", models.CharField(max_length=500)),
                        ("made_at", models.DateTimeField()),
                        (
                            "engagement",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="fast_lane",
                                to="campaigns.engagement",
                            ),
                        ),
                        (
                            "made_by",
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
                        "ordering": ["pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("gate_hours__range", (1, 40)),
                                    models.Q(("reason", ""), _negated=True),
                                ),
                                name="campaigns_fast_lane_valid",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SubmissionPermission",
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
                            "state",
                            models.CharField(
                                choices=[
                                    ("asked", "Asked"),
                                    ("given", "Given"),
                                    ("refused", "Refused"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                max_length=9,
                            ),
                        ),
                        ("is_from_form", models.BooleanField(default=False)),
                        ("text", models.TextField(max_length=2000)),
                        ("wording_version", models.PositiveIntegerField()),
                        (
                            "usages",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=12), size=None
                            ),
                        ),
                        (
                            "territory",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("months", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("asked_at", models.DateTimeField()),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        ("given_by", models.CharField(blank=True, default="", max_length=120)),
                        ("proof", models.CharField(blank=True, default="", max_length=1000)),
                        ("proof_url", models.CharField(blank=True, default="", max_length=500)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "withdrawn_because",
                            models.CharField(blank=True, default="", max_length=300),
                        ),
                        (
                            "asked_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "rights",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="campaigns.usageright"
                            ),
                        ),
                        (
                            "submission",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="permissions",
                                to="campaigns.submission",
                            ),
                        ),
                        (
                            "withdrawn_by",
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
                        "ordering": ["submission", "asked_at", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["asked", "given"])),
                                fields=("submission",),
                                name="campaigns_permission_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["asked", "given", "refused", "withdrawn"]),
                                    ("usages__contained_by", ["organic", "paid"]),
                                    models.Q(("text", ""), _negated=True),
                                    models.Q(("usages", []), _negated=True),
                                    models.Q(
                                        ("months", None),
                                        ("months__range", (1, 120)),
                                        _connector="OR",
                                    ),
                                ),
                                name="campaigns_permission_said",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answered_at", None), ("state", "asked")),
                                    models.Q(
                                        models.Q(("state", "asked"), _negated=True),
                                        ("answered_at__gte", models.F("asked_at")),
                                        models.Q(("given_by", ""), _negated=True),
                                        models.Q(("proof", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_permission_answered",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state", "withdrawn"),
                                        ("withdrawn_at__gte", models.F("answered_at")),
                                        models.Q(("withdrawn_because", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("state", "withdrawn"), _negated=True),
                                        ("withdrawn_at", None),
                                        ("withdrawn_because", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_permission_withdrawn",
                            ),
                        ],
                    },
                ),
            ]
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
