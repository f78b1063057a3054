"""Post metrics over time, platforms week by week, and the survey of how people heard of a brand."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0017_virtual_creators"),
        ("crm", "0026_webhooks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="WatchSettings",
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
                            "measure",
                            models.CharField(
                                choices=[
                                    ("engagement", "Engagements per follower"),
                                    ("views", "Views per follower"),
                                ],
                                default="engagement",
                                max_length=10,
                            ),
                        ),
                        (
                            "hours",
                            models.PositiveSmallIntegerField(
                                default=48,
                                validators=[
                                    django.core.validators.MinValueValidator(6),
                                    django.core.validators.MaxValueValidator(168),
                                ],
                            ),
                        ),
                        (
                            "low_percent",
                            models.PositiveSmallIntegerField(
                                default=10,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(40),
                                ],
                            ),
                        ),
                        (
                            "peers_min",
                            models.PositiveSmallIntegerField(
                                default=20,
                                validators=[
                                    django.core.validators.MinValueValidator(5),
                                    django.core.validators.MaxValueValidator(1000),
                                ],
                            ),
                        ),
                        (
                            "creators_min",
                            models.PositiveSmallIntegerField(
                                default=30,
                                validators=[
                                    django.core.validators.MinValueValidator(10),
                                    django.core.validators.MaxValueValidator(10000),
                                ],
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        "verbose_name_plural": "watch settings",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("creators_min__range", (10, 10000)),
                                    ("hours__range", (6, 168)),
                                    ("low_percent__range", (1, 40)),
                                    ("measure__in", ["engagement", "views"]),
                                    ("peers_min__range", (5, 1000)),
                                ),
                                name="campaigns_watch_bounds",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlatformWeek",
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
                            "platform",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.platform",
                            ),
                        ),
                        ("week", models.DateField()),
                        ("creators", models.PositiveIntegerField()),
                        ("posts", models.PositiveIntegerField()),
                        ("change", models.FloatField(blank=True, null=True)),
                        ("low", models.FloatField(blank=True, null=True)),
                        ("high", models.FloatField(blank=True, null=True)),
                        ("is_shift", models.BooleanField(default=False)),
                        ("computed_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Nobody has looked"),
                                    ("noted", "Noted on the timeline"),
                                    ("dismissed", "Set aside"),
                                ],
                                default="open",
                                max_length=9,
                            ),
                        ),
                        (
                            "note",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.daynote",
                            ),
                        ),
                        ("reason", models.CharField(blank=True, default="", max_length=300)),
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
                    ],
                    options={
                        "ordering": ["brand", "-week", "platform", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "platform", "week"),
                                name="campaigns_platform_week_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("week__iso_week_day", 1)),
                                name="campaigns_platform_week_monday",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("high", None), ("low", None)),
                                    models.Q(
                                        ("change__isnull", False),
                                        ("high__gte", models.F("change")),
                                        ("low__lte", models.F("change")),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_platform_week_interval",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_shift", False),
                                    ("low__gt", 0),
                                    ("high__lt", 0),
                                    _connector="OR",
                                ),
                                name="campaigns_platform_week_shift",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at", None), ("state", "open")),
                                    models.Q(("decided_at__isnull", False), ("state", "noted")),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("state", "dismissed"),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_platform_week_state",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyRule",
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
                        ("words", models.CharField(max_length=100)),
                        (
                            "choice",
                            models.CharField(
                                choices=[
                                    ("creator", "A creator"),
                                    ("channel", "Another way"),
                                    ("unknown", "Not known"),
                                ],
                                max_length=7,
                            ),
                        ),
                        (
                            "relationship",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.relationship",
                            ),
                        ),
                        ("channel", models.CharField(blank=True, default="", max_length=60)),
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
                    ],
                    options={
                        "ordering": ["brand", "words", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "words"), name="campaigns_survey_rule_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        models.Q(("channel", ""), ("choice", "creator")),
                                        models.Q(
                                            ("choice", "channel"),
                                            ("relationship", None),
                                            models.Q(("channel", ""), _negated=True),
                                        ),
                                        models.Q(
                                            ("channel", ""),
                                            ("choice", "unknown"),
                                            ("relationship", None),
                                        ),
                                        _connector="OR",
                                    ),
                                    models.Q(("words", ""), _negated=True),
                                ),
                                name="campaigns_survey_rule_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyBatch",
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
                        ("answers_new", models.PositiveIntegerField(default=0)),
                        ("answers_known", models.PositiveIntegerField(default=0)),
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
                                fields=["brand", "-created_at", "-id"],
                                name="campaigns_survey_files",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyAnswer",
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
                        ("key", models.CharField(max_length=100)),
                        ("day", models.DateField()),
                        ("order_key", models.CharField(blank=True, default="", max_length=100)),
                        ("text", models.CharField(blank=True, default="", max_length=500)),
                        (
                            "choice",
                            models.CharField(
                                choices=[
                                    ("creator", "A creator"),
                                    ("channel", "Another way"),
                                    ("unknown", "Not known"),
                                ],
                                default="unknown",
                                max_length=7,
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
                        ("channel", models.CharField(blank=True, default="", max_length=60)),
                        (
                            "rule",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.surveyrule",
                            ),
                        ),
                        ("is_decided", models.BooleanField(default=False)),
                        (
                            "batch",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="campaigns.surveybatch",
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["brand", "-day", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-day", "-id"], name="campaigns_survey_days"
                            ),
                            models.Index(
                                condition=models.Q(("order_key", ""), _negated=True),
                                fields=["brand", "order_key"],
                                name="campaigns_survey_orders",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "key"), name="campaigns_survey_answer_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        models.Q(("channel", ""), ("choice", "creator")),
                                        models.Q(
                                            ("choice", "channel"),
                                            ("relationship", None),
                                            models.Q(("channel", ""), _negated=True),
                                        ),
                                        models.Q(
                                            ("channel", ""),
                                            ("choice", "unknown"),
                                            ("relationship", None),
                                        ),
                                        _connector="OR",
                                    ),
                                    models.Q(("key", ""), _negated=True),
                                ),
                                name="campaigns_survey_answer_valid",
                            ),
                        ],
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="firstreading",
            name="basis",
            field=models.CharField(
                choices=[
                    ("peers", "Posts of other accounts at the same age"),
                    ("own", "The account's own posts at the same age"),
                    ("own_now", "The account's own posts, with their newest numbers"),
                    ("nothing", "Nothing"),
                ],
                default="own_now",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="firstreading",
            name="dismissed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="firstreading",
            name="dismissed_because",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
        migrations.AddField(
            model_name="firstreading",
            name="dismissed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="firstreading",
            name="measure",
            field=models.CharField(
                choices=[
                    ("engagement", "Engagements per follower"),
                    ("views", "Views per follower"),
                ],
                default="engagement",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="firstreading",
            name="taken_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="firstreading",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("basis__in", ["peers", "own", "own_now", "nothing"]),
                    ("measure__in", ["engagement", "views"]),
                ),
                name="campaigns_reading_basis",
            ),
        ),
        migrations.AddConstraint(
            model_name="firstreading",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dismissed_at", None), ("dismissed_because", "")),
                    models.Q(("dismissed_at__isnull", False), ("verdict", "below")),
                    _connector="OR",
                ),
                name="campaigns_reading_dismissed",
            ),
        ),
    ]
