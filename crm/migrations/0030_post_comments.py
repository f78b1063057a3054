"""Comments below posts: as they came, what scorers say of them, and threads added up."""

import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0029_connectors"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="post",
            index=django.contrib.postgres.indexes.HashIndex(
                fields=["external_id"], name="crm_post_by_key"
            ),
        ),
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="CommentSettings",
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
                            "keep_months",
                            models.PositiveSmallIntegerField(
                                default=13,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(60),
                                ],
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        "verbose_name_plural": "comment settings",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("keep_months__range", (1, 60))),
                                name="crm_comments_kept",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CommentBatch",
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
                        ("file_name", models.CharField(max_length=255)),
                        ("comments_new", models.PositiveIntegerField(default=0)),
                        ("comments_known", models.PositiveIntegerField(default=0)),
                        ("posts", models.PositiveIntegerField(default=0)),
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
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["brand", "-created_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-created_at", "-id"], name="crm_comment_files"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CommentThread",
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
                            "post",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="comment_threads",
                                to="crm.post",
                            ),
                        ),
                        ("comments", models.PositiveIntegerField(db_default=0, default=0)),
                        ("replies", models.PositiveIntegerField(db_default=0, default=0)),
                        ("answered", models.PositiveIntegerField(db_default=0, default=0)),
                        ("authors", models.PositiveIntegerField(db_default=0, default=0)),
                        ("scored", models.PositiveIntegerField(db_default=0, default=0)),
                        ("in_language", models.PositiveIntegerField(db_default=0, default=0)),
                        ("positive", models.PositiveIntegerField(db_default=0, default=0)),
                        ("negative", models.PositiveIntegerField(db_default=0, default=0)),
                        ("classified", models.PositiveIntegerField(db_default=0, default=0)),
                        ("relevant", models.PositiveIntegerField(db_default=0, default=0)),
                        ("waits_since", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["brand", "-comments", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-comments", "-id"], name="crm_comment_threads"
                            ),
                            models.Index(
                                condition=models.Q(("waits_since__isnull", False)),
                                fields=["waits_since"],
                                name="crm_comments_waiting",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("post", "brand"), name="crm_comment_thread_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("answered__lte", models.F("comments")),
                                    ("authors__lte", models.F("comments")),
                                    ("classified__lte", models.F("scored")),
                                    ("in_language__lte", models.F("scored")),
                                    (
                                        "positive__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("in_language"), "-", models.F("negative")
                                        ),
                                    ),
                                    ("relevant__lte", models.F("classified")),
                                    ("replies__lte", models.F("comments")),
                                    ("scored__lte", models.F("comments")),
                                ),
                                name="crm_comment_thread_parts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PostComment",
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
                            "post",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="comments_taken_in",
                                to="crm.post",
                            ),
                        ),
                        ("external_id", models.CharField(max_length=200)),
                        (
                            "parent_key",
                            models.CharField(blank=True, db_default="", default="", max_length=200),
                        ),
                        ("author", models.BigIntegerField(blank=True, null=True)),
                        (
                            "text",
                            models.TextField(
                                blank=True, db_default="", default="", max_length=10000
                            ),
                        ),
                        ("published_at", models.DateTimeField(blank=True, null=True)),
                        ("likes", models.PositiveIntegerField(blank=True, null=True)),
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
                            "batch",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.commentbatch",
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["post", "pk"],
                        "indexes": [
                            django.contrib.postgres.indexes.BrinIndex(
                                fields=["created_at"], name="crm_comment_age"
                            ),
                            django.contrib.postgres.indexes.BrinIndex(
                                fields=["batch"], name="crm_comment_batch"
                            ),
                            models.Index(
                                condition=models.Q(("author__isnull", False)),
                                fields=["brand", "author"],
                                name="crm_comment_author",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("post", "brand", "external_id"), name="crm_comment_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "source__in",
                                        ["measured", "creator", "vendor", "manual", "estimated"],
                                    ),
                                    models.Q(("external_id", ""), _negated=True),
                                    models.Q(
                                        ("parent_key", models.F("external_id")), _negated=True
                                    ),
                                ),
                                name="crm_comment_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CommentScorer",
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
                        ("name", models.CharField(max_length=60)),
                        ("version", models.CharField(max_length=60)),
                    ],
                    options={
                        "ordering": ["name", "version"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("name", "version"), name="crm_scorer_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CommentScore",
                    fields=[
                        (
                            "comment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="score",
                                serialize=False,
                                to="crm.postcomment",
                            ),
                        ),
                        (
                            "scorer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.commentscorer",
                            ),
                        ),
                        (
                            "language",
                            models.CharField(blank=True, db_default="", default="", max_length=3),
                        ),
                        ("words", models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ("sentiment", models.FloatField(blank=True, null=True)),
                        ("relevance", models.FloatField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("sentiment", None),
                                        ("sentiment__range", (-1, 1)),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("relevance", None),
                                        ("relevance__range", (0, 1)),
                                        _connector="OR",
                                    ),
                                ),
                                name="crm_comment_score_range",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
