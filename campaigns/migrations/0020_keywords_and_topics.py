"""Words that people search with, posts that have them, and words on the rise."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0019_visits"),
        ("crm", "0033_comment_themes"),
        ("crm", "__first__"),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="KeywordList",
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
                        ("name", models.CharField(max_length=120)),
                        (
                            "language",
                            models.CharField(
                                choices=[
                                    ("simple", "Any, without endings"),
                                    ("danish", "Danish"),
                                    ("dutch", "Dutch"),
                                    ("english", "English"),
                                    ("finnish", "Finnish"),
                                    ("french", "French"),
                                    ("german", "German"),
                                    ("italian", "Italian"),
                                    ("norwegian", "Norwegian"),
                                    ("portuguese", "Portuguese"),
                                    ("spanish", "Spanish"),
                                    ("swedish", "Swedish"),
                                ],
                                default="english",
                                max_length=12,
                            ),
                        ),
                        ("file_name", models.CharField(blank=True, default="", max_length=255)),
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
                        ("counted_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["brand", "name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("brand"),
                                django.db.models.functions.text.Lower("name"),
                                name="campaigns_keyword_list_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "language__in",
                                        [
                                            "simple",
                                            "danish",
                                            "dutch",
                                            "english",
                                            "finnish",
                                            "french",
                                            "german",
                                            "italian",
                                            "norwegian",
                                            "portuguese",
                                            "spanish",
                                            "swedish",
                                        ],
                                    ),
                                    models.Q(("name", ""), _negated=True),
                                ),
                                name="campaigns_keyword_list_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Keyword",
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
                            "keyword_list",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="keywords",
                                to="campaigns.keywordlist",
                            ),
                        ),
                        ("query", models.CharField(max_length=200)),
                        ("folded", models.CharField(max_length=200)),
                        ("volume", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "intent",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("informational", "To learn something"),
                                    ("commercial", "To compare before buying"),
                                    ("transactional", "To buy"),
                                    ("navigational", "To get to a site"),
                                    ("local", "To find a place"),
                                ],
                                db_default="",
                                default="",
                                max_length=13,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["keyword_list", "query", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("keyword_list", "folded"), name="campaigns_keyword_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "intent__in",
                                        [
                                            "",
                                            "informational",
                                            "commercial",
                                            "transactional",
                                            "navigational",
                                            "local",
                                        ],
                                    ),
                                    models.Q(("query", ""), _negated=True),
                                    models.Q(("folded", ""), _negated=True),
                                ),
                                name="campaigns_keyword_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="KeywordAssignment",
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
                            "keyword",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="assignments",
                                to="campaigns.keyword",
                            ),
                        ),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="campaigns.campaign",
                            ),
                        ),
                        (
                            "brief",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="keywords",
                                to="campaigns.brief",
                            ),
                        ),
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
                        ("assigned_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["keyword", "campaign", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("keyword", "campaign", "brief"),
                                name="campaigns_keyword_assigned_once",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="KeywordUse",
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
                            "keyword",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="uses",
                                to="campaigns.keyword",
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.post",
                            ),
                        ),
                        ("is_exact", models.BooleanField()),
                    ],
                    options={
                        "ordering": ["keyword", "post"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("keyword", "post"), name="campaigns_keyword_use_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SearchSettings",
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
                            "hosts",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=120),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "accounts",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("counted_at", models.DateTimeField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        "verbose_name_plural": "search settings",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("accounts__len__lte", 50), ("hosts__len__lte", 50)
                                ),
                                name="campaigns_search_bounds",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PostReference",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.post",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("link", "Link"), ("mention", "Mention")], max_length=7
                            ),
                        ),
                        ("target", models.CharField(max_length=300)),
                        ("first_seen_at", models.DateTimeField()),
                        ("gone_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["brand", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "post", "kind", "target"),
                                name="campaigns_reference_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["link", "mention"]),
                                    models.Q(("target", ""), _negated=True),
                                    models.Q(
                                        ("gone_at", None),
                                        ("gone_at__gte", models.F("first_seen_at")),
                                        _connector="OR",
                                    ),
                                ),
                                name="campaigns_reference_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TopicWeek",
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
                        ("week", models.DateField()),
                        ("terms", models.PositiveIntegerField()),
                        ("creators", models.PositiveIntegerField()),
                        ("posts", models.PositiveIntegerField()),
                        ("before", models.PositiveIntegerField()),
                        ("weeks_before", models.PositiveSmallIntegerField()),
                        ("computed_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["brand", "-week"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "week"), name="campaigns_topic_week_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("week__iso_week_day", 1)),
                                name="campaigns_topic_week_monday",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RisingTopic",
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
                            "week",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="topics",
                                to="campaigns.topicweek",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("hashtag", "Hashtag"), ("word", "Word")], max_length=7
                            ),
                        ),
                        ("term", models.CharField(max_length=100)),
                        ("creators", models.PositiveIntegerField()),
                        ("before", models.PositiveIntegerField()),
                        ("times", models.FloatField(blank=True, null=True)),
                        ("low", models.FloatField(blank=True, null=True)),
                        ("high", models.FloatField(blank=True, null=True)),
                        ("chance", models.FloatField()),
                        ("false_share", models.FloatField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Nobody has decided"),
                                    ("followed", "Followed"),
                                    ("dismissed", "Set aside"),
                                ],
                                default="open",
                                max_length=9,
                            ),
                        ),
                        (
                            "keyword",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.keyword",
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
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["week", "false_share", "-creators", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("week", "kind", "term"), name="campaigns_topic_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("chance__range", (0, 1)),
                                    ("creators__gte", 1),
                                    ("false_share__range", (0, 1)),
                                    ("kind__in", ["hashtag", "word"]),
                                    models.Q(("term", ""), _negated=True),
                                    models.Q(
                                        ("low", None),
                                        ("times", None),
                                        ("low__lte", models.F("times")),
                                        _connector="OR",
                                    ),
                                ),
                                name="campaigns_topic_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at", None), ("state", "open")),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("state__in", ["followed", "dismissed"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_topic_decided",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TopicPost",
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
                            "topic",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="evidence",
                                to="campaigns.risingtopic",
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.post",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["topic", "post"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("topic", "post"), name="campaigns_topic_post_once"
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
