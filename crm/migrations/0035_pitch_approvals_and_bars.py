"""Who says yes before creators are pitched; which results of vettings pass."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0034_audience_samples"),
    ]

    operations = [
        migrations.CreateModel(
            name="PitchApproval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "depth",
                    models.CharField(
                        choices=[
                            ("colleague", "A colleague who may write to creators"),
                            ("strategist", "A strategist or an admin"),
                        ],
                        max_length=10,
                    ),
                ),
                ("segment", models.CharField(max_length=200)),
                ("reason", models.CharField(max_length=500)),
                ("asked_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for an answer"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("until", models.DateTimeField(blank=True, null=True)),
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
                    "brand",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="crm.brand",
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
                    "relationship",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pitch_approvals",
                        to="crm.relationship",
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at", "-pk"],
                "indexes": [
                    models.Index(fields=["relationship", "-asked_at"], name="crm_pitch_of_one"),
                    models.Index(
                        fields=["brand", "status", "-asked_at", "-id"], name="crm_pitch_list"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("depth__in", ["colleague", "strategist"])),
                        name="crm_pitch_choices",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="crm_pitch_said_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("status", "waiting"), ("until", None)),
                            models.Q(
                                ("decided_at__gte", models.F("asked_at")),
                                ("status", "approved"),
                                ("until__gt", models.F("decided_at")),
                            ),
                            models.Q(
                                ("decided_at__gte", models.F("asked_at")),
                                ("status", "refused"),
                                ("until", None),
                                models.Q(("note", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="crm_pitch_status_valid",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="formcriterion",
            name="least",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="formcriterion",
            name="most",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="formcriterion",
            name="passing",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=120), blank=True, null=True, size=None
            ),
        ),
        migrations.AddField(
            model_name="vettingresult",
            name="passed",
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="formcriterion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("least", None), ("most", None), ("passing", None)),
                    models.Q(
                        ("least__gte", 1),
                        ("least__isnull", False),
                        ("least__lte", models.F("most")),
                        ("most__isnull", False),
                        ("most__lte", 5),
                        ("passing", None),
                    ),
                    models.Q(
                        ("least", None),
                        ("most", None),
                        ("passing__isnull", False),
                        ("passing__len__gt", 0),
                    ),
                    _connector="OR",
                ),
                name="crm_form_criterion_bar",
            ),
        ),
    ]
