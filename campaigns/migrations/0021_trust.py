"""Who comments below posts, how authentic audiences are, and how far creators are trusted."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0020_keywords_and_topics"),
        ("crm", "0032_promised_tasks"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="CommenterReading",
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
                            "profile",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.profile",
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
                    ],
                    options={
                        "ordering": ["brand", "profile", "-read_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "profile", "-read_at", "-id"],
                                name="campaigns_commenters_at",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("superseded_at", None)),
                                fields=("brand", "profile"),
                                name="campaigns_commenters_one_current",
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
                                            "comment_pod",
                                            "bare_account",
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
                                            "comment_pod",
                                            "bare_account",
                                        ],
                                    ),
                                ),
                                name="campaigns_commenters_valid",
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
                                name="campaigns_commenters_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CommentTie",
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
                            "one",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.profile",
                            ),
                        ),
                        (
                            "other",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.profile",
                            ),
                        ),
                        ("there", models.PositiveIntegerField(default=0)),
                        ("back", models.PositiveIntegerField(default=0)),
                        ("writers", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ["brand", "one", "other"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "one", "other"), name="campaigns_comment_tie_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("one__lt", models.F("other")),
                                    models.Q(
                                        ("there__gt", 0),
                                        ("back__gt", 0),
                                        ("writers__gt", 0),
                                        _connector="OR",
                                    ),
                                ),
                                name="campaigns_comment_tie_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TrustWeights",
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
                        ("number", models.PositiveIntegerField()),
                        (
                            "consistency",
                            models.PositiveSmallIntegerField(
                                validators=[django.core.validators.MaxValueValidator(100)]
                            ),
                        ),
                        (
                            "disclosure",
                            models.PositiveSmallIntegerField(
                                validators=[django.core.validators.MaxValueValidator(100)]
                            ),
                        ),
                        (
                            "sentiment",
                            models.PositiveSmallIntegerField(
                                validators=[django.core.validators.MaxValueValidator(100)]
                            ),
                        ),
                        (
                            "incidents",
                            models.PositiveSmallIntegerField(
                                validators=[django.core.validators.MaxValueValidator(100)]
                            ),
                        ),
                        (
                            "reliability",
                            models.PositiveSmallIntegerField(
                                validators=[django.core.validators.MaxValueValidator(100)]
                            ),
                        ),
                        (
                            "authenticity_below",
                            models.PositiveSmallIntegerField(
                                validators=[django.core.validators.MaxValueValidator(100)]
                            ),
                        ),
                        ("reason", models.CharField(max_length=300)),
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
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "verbose_name_plural": "trust weights",
                        "ordering": ["brand", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "number"), name="campaigns_trust_weights_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("authenticity_below__lte", 100),
                                    ("consistency__lte", 100),
                                    ("disclosure__lte", 100),
                                    ("incidents__lte", 100),
                                    ("number__gte", 1),
                                    ("reliability__lte", 100),
                                    ("sentiment__lte", 100),
                                    models.Q(
                                        ("consistency__gt", 0),
                                        ("disclosure__gt", 0),
                                        ("sentiment__gt", 0),
                                        ("incidents__gt", 0),
                                        ("reliability__gt", 0),
                                        _connector="OR",
                                    ),
                                    models.Q(("reason", ""), _negated=True),
                                ),
                                name="campaigns_trust_weights_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AuthenticityScore",
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
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.relationship",
                            ),
                        ),
                        ("read_at", models.DateTimeField()),
                        ("looked_at", models.DateTimeField()),
                        ("superseded_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "score",
                            models.DecimalField(
                                blank=True, decimal_places=1, max_digits=4, null=True
                            ),
                        ),
                        ("parts", models.JSONField()),
                        ("weights", models.CharField(max_length=20)),
                        ("digest", models.CharField(max_length=64)),
                    ],
                    options={
                        "ordering": ["relationship", "-read_at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("superseded_at", None)),
                                fields=["brand", "score", "id"],
                                name="campaigns_authentic_list",
                            ),
                            models.Index(
                                fields=["relationship", "-read_at", "-id"],
                                name="campaigns_authentic_at",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("superseded_at", None)),
                                fields=("relationship",),
                                name="campaigns_authentic_one_current",
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
                                name="campaigns_authentic_valid",
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
                                name="campaigns_authentic_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TrustReading",
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
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.relationship",
                            ),
                        ),
                        ("read_at", models.DateTimeField()),
                        ("looked_at", models.DateTimeField()),
                        ("superseded_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "score",
                            models.DecimalField(
                                blank=True, decimal_places=1, max_digits=4, null=True
                            ),
                        ),
                        ("parts", models.JSONField()),
                        ("weights", models.CharField(max_length=20)),
                        ("digest", models.CharField(max_length=64)),
                    ],
                    options={
                        "ordering": ["relationship", "-read_at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("superseded_at", None)),
                                fields=["brand", "score", "id"],
                                name="campaigns_trust_list",
                            ),
                            models.Index(
                                fields=["relationship", "-read_at", "-id"],
                                name="campaigns_trust_at",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("superseded_at", None)),
                                fields=("relationship",),
                                name="campaigns_trust_one_current",
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
                                name="campaigns_trust_valid",
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
                                name="campaigns_trust_order",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
