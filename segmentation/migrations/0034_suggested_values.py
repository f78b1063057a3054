"""Values that classifiers suggest, the classifiers in versions, and how a brand uses them."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0032_promised_tasks"),
        ("segmentation", "0033_score_studies_and_content_tests"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Classifier",
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
                        ("fact", models.CharField(max_length=60)),
                        ("number", models.PositiveIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("lexicon", "Word list"),
                                    ("learned", "Learned from your values"),
                                    ("detector", "Language detector"),
                                    ("outside", "Language model outside"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("in_use", "In use"),
                                    ("refused", "Refused"),
                                    ("retired", "Retired"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("values", models.JSONField(default=list)),
                        ("training", models.JSONField(default=dict)),
                        ("tested", models.JSONField(default=dict)),
                        ("reason", models.CharField(blank=True, default="", max_length=300)),
                        ("digest", models.CharField(blank=True, default="", max_length=64)),
                        ("made_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["brand", "fact", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "fact", "number"),
                                name="segmentation_classifier_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("status", "in_use"),
                                    models.Q(("kind", "outside"), _negated=True),
                                ),
                                fields=("brand", "fact"),
                                name="segmentation_classifier_in_use",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "outside"), ("status", "in_use")),
                                fields=("brand", "fact"),
                                name="segmentation_outside_in_use",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["lexicon", "learned", "detector", "outside"]),
                                    ("status__in", ["in_use", "refused", "retired"]),
                                    models.Q(("fact", ""), _negated=True),
                                ),
                                name="segmentation_classifier_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind", "learned"), models.Q(("digest", ""), _negated=True)
                                    ),
                                    models.Q(
                                        models.Q(("kind", "learned"), _negated=True), ("digest", "")
                                    ),
                                    _connector="OR",
                                ),
                                name="segmentation_classifier_arrays",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClassifierSettings",
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
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "least_confidence",
                            models.FloatField(
                                default=0.4,
                                validators=[
                                    django.core.validators.MinValueValidator(0.2),
                                    django.core.validators.MaxValueValidator(0.95),
                                ],
                            ),
                        ),
                        ("outside_is_on", models.BooleanField(default=False)),
                        (
                            "outside_address",
                            models.CharField(blank=True, default="", max_length=500),
                        ),
                        ("outside_model", models.CharField(blank=True, default="", max_length=120)),
                        ("outside_key", models.TextField(blank=True, default="")),
                        (
                            "outside_each_night",
                            models.PositiveSmallIntegerField(
                                default=50,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(500),
                                ],
                            ),
                        ),
                        ("outside_error", models.CharField(blank=True, default="", max_length=300)),
                    ],
                    options={
                        "verbose_name_plural": "settings of classifiers",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("least_confidence__range", (0.2, 0.95))),
                                name="segmentation_least_confidence",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("outside_is_on", False),
                                    models.Q(
                                        models.Q(("outside_address", ""), _negated=True),
                                        models.Q(("outside_model", ""), _negated=True),
                                        models.Q(("outside_key", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="segmentation_outside_complete",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SuggestedValue",
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
                            "creator",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.creator",
                            ),
                        ),
                        ("fact", models.CharField(max_length=60)),
                        ("value", models.CharField(max_length=120)),
                        ("confidence", models.FloatField(blank=True, null=True)),
                        ("others", models.JSONField(default=list)),
                        ("evidence", models.JSONField(default=dict)),
                        (
                            "classifier",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="segmentation.classifier",
                            ),
                        ),
                        ("priority", models.FloatField(default=0)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("open", "Waiting"),
                                    ("accepted", "Accepted"),
                                    ("overridden", "Another value given"),
                                    ("not_enough", "Not enough to tell"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                db_default="open",
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("suggested_at", models.DateTimeField()),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "closed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "chosen",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=120),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("in_bulk", models.BooleanField(db_default=False, default=False)),
                        (
                            "note",
                            models.CharField(blank=True, db_default="", default="", max_length=300),
                        ),
                        ("quiet_until", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "verbose_name_plural": "suggested values",
                        "ordering": ["brand", "-priority", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status", "open")),
                                fields=["brand", "-priority", "-id"],
                                name="segmentation_value_queue",
                            ),
                            models.Index(
                                condition=models.Q(("status", "open"), _negated=True),
                                fields=["brand", "fact", "closed_at"],
                                name="segmentation_value_answers",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status", "open")),
                                fields=("brand", "creator", "fact"),
                                name="segmentation_one_suggested_value",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "open",
                                            "accepted",
                                            "overridden",
                                            "not_enough",
                                            "withdrawn",
                                        ],
                                    ),
                                    models.Q(("fact", ""), _negated=True),
                                    models.Q(("value", ""), _negated=True),
                                    models.Q(
                                        ("confidence", None),
                                        ("confidence__range", (0, 1)),
                                        _connector="OR",
                                    ),
                                ),
                                name="segmentation_suggested_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at", None), ("status", "open")),
                                    models.Q(
                                        models.Q(("status", "open"), _negated=True),
                                        ("closed_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="segmentation_suggested_closed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("chosen__len__gt", 0),
                                        ("status__in", ("accepted", "overridden")),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("status__in", ("accepted", "overridden")),
                                            _negated=True,
                                        ),
                                        ("chosen", []),
                                    ),
                                    _connector="OR",
                                ),
                                name="segmentation_suggested_chosen",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("quiet_until__isnull", False), ("status", "not_enough")
                                    ),
                                    models.Q(
                                        models.Q(("status", "not_enough"), _negated=True),
                                        ("quiet_until", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="segmentation_suggested_quiet",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
