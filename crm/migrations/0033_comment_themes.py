"""What comments are about, what people said of that, and what was learned from it."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0032_promised_tasks"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="LearnedModel",
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
                            "task",
                            models.CharField(
                                choices=[
                                    ("comment_kind", "Kind of a comment"),
                                    ("comment_mood", "Mood of a comment"),
                                    ("comment_relevance", "Comments on the topic"),
                                    ("disclosure", "Sentences that disclose"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("is_used", models.BooleanField(default=False)),
                        ("labels", models.PositiveIntegerField()),
                        ("held_out", models.PositiveIntegerField()),
                        ("score", models.FloatField()),
                        ("score_before", models.FloatField()),
                        ("digest", models.CharField(max_length=64)),
                        ("weights", models.JSONField()),
                        ("trained_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["brand", "task", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "task", "number"), name="crm_learned_model_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_used", True)),
                                fields=("brand", "task"),
                                name="crm_learned_one_used",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("held_out__gte", 1),
                                    ("number__gte", 1),
                                    ("score__range", (0, 1)),
                                    ("score_before__range", (0, 1)),
                                    (
                                        "task__in",
                                        [
                                            "comment_kind",
                                            "comment_mood",
                                            "comment_relevance",
                                            "disclosure",
                                        ],
                                    ),
                                    models.Q(
                                        ("is_used", False),
                                        ("score__gte", models.F("score_before")),
                                        _connector="OR",
                                    ),
                                ),
                                name="crm_learned_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CommentTheme",
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("question", "Question"),
                                    ("praise", "Praise"),
                                    ("objection", "Objection"),
                                    ("problem", "Product issue"),
                                    ("other", "Something else"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("term", models.CharField(max_length=100)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Nobody has it"),
                                    ("routed", "Given to somebody"),
                                    ("handled", "Handled"),
                                ],
                                default="open",
                                max_length=7,
                            ),
                        ),
                        (
                            "task",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.task",
                            ),
                        ),
                        ("answer", models.CharField(blank=True, default="", max_length=500)),
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
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("comments", models.PositiveIntegerField(db_default=0, default=0)),
                        ("writers", models.PositiveIntegerField(db_default=0, default=0)),
                        ("recent", models.PositiveIntegerField(db_default=0, default=0)),
                        ("earlier", models.PositiveIntegerField(db_default=0, default=0)),
                        ("counted_at", models.DateTimeField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        "ordering": ["brand", "kind", "term"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "kind", "term"), name="crm_theme_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        ["question", "praise", "objection", "problem", "other"],
                                    ),
                                    models.Q(("term", ""), _negated=True),
                                ),
                                name="crm_theme_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state", "open"),
                                    models.Q(("decided_at__isnull", False), ("state", "routed")),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("state", "handled"),
                                        models.Q(("answer", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="crm_theme_decided",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CommentSorting",
                    fields=[
                        (
                            "comment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="sorting",
                                serialize=False,
                                to="crm.postcomment",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("question", "Question"),
                                    ("praise", "Praise"),
                                    ("objection", "Objection"),
                                    ("problem", "Product issue"),
                                    ("other", "Something else"),
                                ],
                                db_default="",
                                default="",
                                max_length=10,
                            ),
                        ),
                        ("sure", models.FloatField(blank=True, null=True)),
                        (
                            "model",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.learnedmodel",
                            ),
                        ),
                        (
                            "theme",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="sortings",
                                to="crm.commenttheme",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        ["", "question", "praise", "objection", "problem", "other"],
                                    ),
                                    models.Q(
                                        ("sure", None), ("sure__range", (0, 1)), _connector="OR"
                                    ),
                                ),
                                name="crm_comment_sorting_valid",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CommentLabel",
                    fields=[
                        (
                            "comment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="label",
                                serialize=False,
                                to="crm.postcomment",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("question", "Question"),
                                    ("praise", "Praise"),
                                    ("objection", "Objection"),
                                    ("problem", "Product issue"),
                                    ("other", "Something else"),
                                ],
                                db_default="",
                                default="",
                                max_length=10,
                            ),
                        ),
                        (
                            "mood",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("positive", "Positive"),
                                    ("neutral", "Neither"),
                                    ("negative", "Negative"),
                                ],
                                db_default="",
                                default="",
                                max_length=8,
                            ),
                        ),
                        ("is_relevant", models.BooleanField(blank=True, null=True)),
                        (
                            "suggested_kind",
                            models.CharField(blank=True, db_default="", default="", max_length=10),
                        ),
                        (
                            "suggested_mood",
                            models.CharField(blank=True, db_default="", default="", max_length=8),
                        ),
                        ("suggested_relevant", models.BooleanField(blank=True, null=True)),
                        (
                            "labelled_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("labelled_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        ["", "question", "praise", "objection", "problem", "other"],
                                    ),
                                    ("mood__in", ["", "positive", "neutral", "negative"]),
                                    (
                                        "suggested_kind__in",
                                        ["", "question", "praise", "objection", "problem", "other"],
                                    ),
                                    ("suggested_mood__in", ["", "positive", "neutral", "negative"]),
                                    models.Q(
                                        ("is_relevant", None),
                                        ("kind", ""),
                                        ("mood", ""),
                                        _negated=True,
                                    ),
                                ),
                                name="crm_comment_label_valid",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
