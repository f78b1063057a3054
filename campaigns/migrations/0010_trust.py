"""Signs about audiences, how reliable creators are, causes with evidence, and donations."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels

# What shows something, and what was given, stays as it was written down: whose account it was is
# forgotten with it, and where two creators become one, evidence goes on with the other.
KEEP = """
CREATE TRIGGER campaigns_cause_evidence_kept BEFORE UPDATE ON campaigns_causeevidence
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_row('tag_id', 'by_id');
CREATE TRIGGER campaigns_donation_kept BEFORE UPDATE ON campaigns_donation
  FOR EACH ROW EXECUTE FUNCTION
  campaigns_keep_row('by_id', 'withdrawn_at', 'withdrawn_by_id', 'withdrawn_why');
"""
LET_GO = """
DROP TRIGGER campaigns_donation_kept ON campaigns_donation;
DROP TRIGGER campaigns_cause_evidence_kept ON campaigns_causeevidence;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0009_events"),
        ("crm", "0024_erasing"),
        ("crm", "__first__"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="CauseTag",
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
                        ("note", models.CharField(blank=True, default="", max_length=500)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("removed_at", models.DateTimeField(blank=True, null=True)),
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
                            "by",
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
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.relationship",
                            ),
                        ),
                        (
                            "removed_by",
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
                        "ordering": ["relationship", "cause", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("removed_at", None)),
                                fields=["brand", "cause", "id"],
                                name="campaigns_cause_list",
                            ),
                            models.Index(
                                fields=["relationship", "cause"], name="campaigns_cause_of"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("removed_at", None)),
                                fields=("relationship", "cause"),
                                name="campaigns_cause_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("cause", ""), _negated=True),
                                name="campaigns_cause_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("removed_at", None),
                                    ("removed_at__gte", models.F("created_at")),
                                    _connector="OR",
                                ),
                                name="campaigns_cause_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CauseEvidence",
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
                        ("what", models.CharField(max_length=300)),
                        ("on", models.DateField()),
                        ("url", models.CharField(blank=True, default="", max_length=500)),
                        ("file_name", models.CharField(blank=True, default="", max_length=255)),
                        ("file_type", models.CharField(blank=True, default="", max_length=120)),
                        ("file_size", models.PositiveIntegerField(blank=True, null=True)),
                        ("file_sha256", models.CharField(blank=True, default="", max_length=64)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                        (
                            "tag",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="evidence",
                                to="campaigns.causetag",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "evidence of causes",
                        "ordering": ["tag", "-on", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("file_name", ""), ("file_sha256", ""), ("file_size", None)
                                    ),
                                    models.Q(
                                        models.Q(("file_name", ""), _negated=True),
                                        ("file_sha256__regex", "^[0-9a-f]{64}$"),
                                        ("file_size__gt", 0),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_cause_evidence_file",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        models.Q(("url", ""), _negated=True),
                                        models.Q(("file_sha256", ""), _negated=True),
                                        _connector="OR",
                                    ),
                                    models.Q(("what", ""), _negated=True),
                                ),
                                name="campaigns_cause_evidence_shown",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Donation",
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
                        ("recipient", models.CharField(max_length=200)),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                        ("currency", models.CharField(max_length=3)),
                        ("on", models.DateField()),
                        ("note", models.CharField(blank=True, default="", max_length=500)),
                        ("url", models.CharField(blank=True, default="", max_length=500)),
                        ("file_name", models.CharField(blank=True, default="", max_length=255)),
                        ("file_type", models.CharField(blank=True, default="", max_length=120)),
                        ("file_size", models.PositiveIntegerField(blank=True, null=True)),
                        ("file_sha256", models.CharField(blank=True, default="", max_length=64)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        ("withdrawn_why", models.CharField(blank=True, default="", max_length=500)),
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
                            "by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "campaign",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="campaigns.campaign",
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
                        "ordering": ["brand", "-on", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-on", "-id"], name="campaigns_donation_list"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount__gt", 0),
                                    ("currency__regex", "^[A-Z]{3}$"),
                                    models.Q(("recipient", ""), _negated=True),
                                    models.Q(("cause", ""), _negated=True),
                                ),
                                name="campaigns_donation_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("file_name", ""), ("file_sha256", ""), ("file_size", None)
                                    ),
                                    models.Q(
                                        models.Q(("file_name", ""), _negated=True),
                                        ("file_sha256__regex", "^[0-9a-f]{64}$"),
                                        ("file_size__gt", 0),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_donation_file",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("url", ""), _negated=True),
                                    models.Q(("file_sha256", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="campaigns_donation_proved",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("withdrawn_at", None), ("withdrawn_why", "")),
                                    models.Q(
                                        ("withdrawn_at__isnull", False),
                                        models.Q(("withdrawn_why", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_donation_withdrawn",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FlagDismissal",
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
                            "flag",
                            models.CharField(
                                choices=[
                                    ("growth_spike", "Followers jumped"),
                                    (
                                        "rate_high",
                                        "More engagement than accounts of this size have",
                                    ),
                                    ("rate_low", "Less engagement than accounts of this size have"),
                                    ("comment_ratio", "Comments out of proportion to likes"),
                                    (
                                        "repeat_commenters",
                                        "The same people comment again and again",
                                    ),
                                    ("country_mismatch", "Audience elsewhere than the creator"),
                                    ("rate_drift", "Engagement fell while followers did not"),
                                    ("mass_following", "Follows very many accounts"),
                                    ("audience_quality", "A source finds few real followers"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("reason", models.CharField(max_length=500)),
                        ("since", models.DateTimeField()),
                        ("until", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
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
                        (
                            "profile",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.profile",
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
                    ],
                    options={
                        "ordering": ["relationship", "-since", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["relationship", "-since", "-id"],
                                name="campaigns_flag_dismissal_at",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("relationship", "profile", "flag"),
                                name="campaigns_flag_one_dismissal",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "flag__in",
                                        [
                                            "growth_spike",
                                            "rate_high",
                                            "rate_low",
                                            "comment_ratio",
                                            "repeat_commenters",
                                            "country_mismatch",
                                            "rate_drift",
                                            "mass_following",
                                            "audience_quality",
                                        ],
                                    ),
                                    ("until__gt", models.F("since")),
                                    models.Q(("reason", ""), _negated=True),
                                    models.Q(
                                        ("ended_at", None),
                                        ("ended_at__gte", models.F("since")),
                                        _connector="OR",
                                    ),
                                ),
                                name="campaigns_flag_dismissal_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReliabilityReading",
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
                        ("read_at", models.DateTimeField()),
                        ("superseded_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "score",
                            models.DecimalField(
                                blank=True, decimal_places=1, max_digits=4, null=True
                            ),
                        ),
                        ("events", models.PositiveIntegerField()),
                        ("components", models.JSONField()),
                        ("weights", models.CharField(max_length=20)),
                        ("digest", models.CharField(max_length=64)),
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
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.relationship",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["relationship", "-read_at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("superseded_at", None)),
                                fields=["brand", "score", "id"],
                                name="campaigns_reliability_list",
                            ),
                            models.Index(
                                fields=["relationship", "-read_at", "-id"],
                                name="campaigns_reliability_at",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("superseded_at", None)),
                                fields=("relationship",),
                                name="campaigns_reliability_one_current",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("score", None),
                                        models.Q(("score__gte", 0), ("score__lte", 100)),
                                        _connector="OR",
                                    ),
                                    ("digest__regex", "^[0-9a-f]{64}$"),
                                ),
                                name="campaigns_reliability_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("superseded_at", None),
                                    ("superseded_at__gte", models.F("read_at")),
                                    _connector="OR",
                                ),
                                name="campaigns_reliability_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AuthenticityReading",
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
                        ("read_at", models.DateTimeField()),
                        ("looked_at", models.DateTimeField()),
                        ("superseded_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "raised",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=20),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "unknown",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=20),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("flags", models.JSONField()),
                        ("thresholds", models.CharField(max_length=20)),
                        ("digest", models.CharField(max_length=64)),
                        (
                            "profile",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.profile",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["profile", "-read_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["profile", "-read_at", "-id"],
                                name="campaigns_authenticity_at",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("superseded_at", None)),
                                fields=("profile",),
                                name="campaigns_authenticity_one_current",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("digest__regex", "^[0-9a-f]{64}$"),
                                    (
                                        "raised__contained_by",
                                        [
                                            "growth_spike",
                                            "rate_high",
                                            "rate_low",
                                            "comment_ratio",
                                            "repeat_commenters",
                                            "country_mismatch",
                                            "rate_drift",
                                            "mass_following",
                                            "audience_quality",
                                        ],
                                    ),
                                    (
                                        "unknown__contained_by",
                                        [
                                            "growth_spike",
                                            "rate_high",
                                            "rate_low",
                                            "comment_ratio",
                                            "repeat_commenters",
                                            "country_mismatch",
                                            "rate_drift",
                                            "mass_following",
                                            "audience_quality",
                                        ],
                                    ),
                                ),
                                name="campaigns_authenticity_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("looked_at__gte", models.F("read_at")),
                                    models.Q(
                                        ("superseded_at", None),
                                        ("superseded_at__gte", models.F("read_at")),
                                        _connector="OR",
                                    ),
                                ),
                                name="campaigns_authenticity_order",
                            ),
                        ],
                    },
                ),
            ]
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
