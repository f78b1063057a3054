import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0013_stage_cards"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Criterion",
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
                        ("key", models.SlugField(db_index=False)),
                        ("label", models.CharField(max_length=80)),
                        ("question", models.CharField(max_length=300)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("scale", "1 to 5"), ("choice", "One of a list")],
                                max_length=6,
                            ),
                        ),
                        (
                            "anchors",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=300),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("options", models.JSONField(blank=True, default=list)),
                        ("needs_evidence", models.BooleanField(default=False)),
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
                        "verbose_name_plural": "criteria",
                        "ordering": ["brand", "key", "pk"],
                        "indexes": [
                            models.Index(fields=["brand", "key"], name="crm_criterion_wordings")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("key__regex", "^[a-z][a-z0-9_]*$")),
                                name="crm_criterion_key_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("anchors__len", 5), ("kind", "scale"), ("options", [])
                                    ),
                                    models.Q(
                                        ("anchors__len", 0),
                                        ("kind", "choice"),
                                        models.Q(("options", []), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_criterion_kind_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReviewForm",
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
                        ("guidance", models.TextField(blank=True, default="", max_length=2000)),
                        ("reviewers", models.PositiveSmallIntegerField(default=2)),
                        ("dispute_from", models.PositiveSmallIntegerField(default=2)),
                        ("requester_may_review", models.BooleanField(default=False)),
                        ("days", models.PositiveSmallIntegerField(default=7)),
                        ("why", models.CharField(blank=True, default="", max_length=300)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                            "created_by",
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
                        "ordering": ["brand", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "number"), name="crm_review_form_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("dispute_from__range", (1, 4)),
                                    ("reviewers__range", (1, 2)),
                                    ("days__range", (1, 90)),
                                ),
                                name="crm_review_form_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FormCriterion",
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
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "criterion",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.criterion",
                            ),
                        ),
                        (
                            "form",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="crm.reviewform",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "form criteria",
                        "ordering": ["form", "position"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("form", "position"), name="crm_form_criterion_place"
                            ),
                            models.UniqueConstraint(
                                fields=("form", "criterion"), name="crm_form_criterion_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Vetting",
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
                        ("reviewers", models.PositiveSmallIntegerField()),
                        ("reason", models.CharField(blank=True, default="", max_length=300)),
                        ("due_on", models.DateField()),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("open", "Waits for reviews"),
                                    ("disputed", "Waits for a third person"),
                                    ("settled", "Settled"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="open",
                                max_length=9,
                            ),
                        ),
                        ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("all_in_at", models.DateTimeField(blank=True, null=True)),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        ("why_withdrawn", models.CharField(blank=True, default="", max_length=300)),
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
                            "form",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.reviewform",
                            ),
                        ),
                        (
                            "relationship",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="vettings",
                                to="crm.relationship",
                            ),
                        ),
                        (
                            "requested_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "settled_by",
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
                        "ordering": ["-requested_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "status", "-requested_at", "-id"],
                                name="crm_vet_list",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("reviewers__range", (1, 2))),
                                name="crm_vetting_reviewers_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("all_in_at", None),
                                        ("settled_at", None),
                                        ("status", "open"),
                                    ),
                                    models.Q(
                                        ("all_in_at__isnull", False),
                                        ("settled_at", None),
                                        ("status", "disputed"),
                                    ),
                                    models.Q(
                                        ("all_in_at__isnull", False),
                                        ("settled_at__isnull", False),
                                        ("status", "settled"),
                                    ),
                                    models.Q(
                                        ("settled_at__isnull", False), ("status", "withdrawn")
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_vetting_status_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("all_in_at", None),
                                        ("all_in_at__gte", models.F("requested_at")),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("settled_at", None),
                                        ("settled_at__gte", models.F("requested_at")),
                                        _connector="OR",
                                    ),
                                ),
                                name="crm_vetting_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Review",
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
                        ("is_adjudication", models.BooleanField(default=False)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("submitted", "Handed in"),
                                    ("declined", "Declined"),
                                    ("released", "Given to somebody else"),
                                ],
                                default="waiting",
                                max_length=9,
                            ),
                        ),
                        ("assigned_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        ("comment", models.TextField(blank=True, default="", max_length=4000)),
                        ("why_declined", models.CharField(blank=True, default="", max_length=300)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "assigned_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "reviewer",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "vetting",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reviews",
                                to="crm.vetting",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["vetting", "assigned_at", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status", "waiting")),
                                fields=["reviewer"],
                                name="crm_review_waiting",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("vetting", "reviewer"), name="crm_review_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_adjudication", True)),
                                fields=("vetting",),
                                name="crm_review_one_third_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at", None), ("status", "waiting")),
                                    models.Q(
                                        ("closed_at__isnull", False),
                                        ("status__in", ("submitted", "declined", "released")),
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_review_status_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "declined"), _negated=True),
                                    models.Q(("why_declined", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="crm_review_declined_with_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VettingResult",
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
                            "score",
                            models.DecimalField(
                                blank=True, decimal_places=1, max_digits=2, null=True
                            ),
                        ),
                        ("choice", models.CharField(blank=True, max_length=120, null=True)),
                        (
                            "basis",
                            models.CharField(
                                choices=[
                                    ("single", "One review"),
                                    ("agreed", "Both say so"),
                                    ("median", "Median of two reviews"),
                                    ("one_of_two", "Only one of two could say"),
                                    ("adjudicated", "Decided by a third person"),
                                    ("unknown", "Nobody could say"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "criterion",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.criterion",
                            ),
                        ),
                        (
                            "vetting",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="results",
                                to="crm.vetting",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["vetting", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("vetting", "criterion"), name="crm_vet_result_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("basis", "unknown"), ("choice", None), ("score", None)
                                    ),
                                    models.Q(
                                        (
                                            "basis__in",
                                            [
                                                "single",
                                                "agreed",
                                                "median",
                                                "one_of_two",
                                                "adjudicated",
                                            ],
                                        ),
                                        models.Q(
                                            models.Q(("choice", None), ("score__range", (1, 5))),
                                            models.Q(("choice__isnull", False), ("score", None)),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_vet_result_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Answer",
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
                        ("score", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("choice", models.CharField(blank=True, max_length=120, null=True)),
                        ("cannot_say", models.BooleanField(default=False)),
                        ("evidence", models.CharField(blank=True, default="", max_length=1000)),
                        (
                            "criterion",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.criterion",
                            ),
                        ),
                        (
                            "review",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="answers",
                                to="crm.review",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["review", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("review", "criterion"), name="crm_answer_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("cannot_say", False),
                                        ("choice", None),
                                        ("score__range", (1, 5)),
                                    ),
                                    models.Q(
                                        ("cannot_say", False),
                                        ("choice__isnull", False),
                                        ("score", None),
                                    ),
                                    models.Q(
                                        ("cannot_say", True), ("choice", None), ("score", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_answer_one_thing",
                            ),
                        ],
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="reviewform",
            name="criteria",
            field=models.ManyToManyField(
                related_name="review_forms", through="crm.FormCriterion", to="crm.criterion"
            ),
        ),
    ]
