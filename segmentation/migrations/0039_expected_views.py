"""What was expected of next posts, from when until when, and what a vendor says of audiences, as facts."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0036_watched_posts"),
        ("segmentation", "0038_authenticity_and_trust_facts"),
    ]

    operations = [
        migrations.AddField(
            model_name="creatorfacts",
            name="audience_aqs",
            field=models.FloatField(null=True),
        ),
        migrations.CreateModel(
            name="ExpectedViews",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("told_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
                ("platform", models.CharField(max_length=30)),
                ("model_number", models.PositiveIntegerField()),
                ("level", models.FloatField()),
                ("low", models.FloatField()),
                ("middle", models.FloatField()),
                ("high", models.FloatField()),
                ("own", models.PositiveIntegerField()),
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
                "verbose_name_plural": "expected views",
                "ordering": ["relationship", "-told_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at", None)),
                        fields=("relationship",),
                        name="segmentation_expected_views_one",
                    ),
                    models.UniqueConstraint(
                        fields=("relationship", "told_at"), name="segmentation_expected_views_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("replaced_at", None),
                                ("replaced_at__gt", models.F("told_at")),
                                _connector="OR",
                            ),
                            ("high__gte", models.F("middle")),
                            ("level__gte", 0.5),
                            ("level__lte", 0.99),
                            ("low__gte", 0),
                            ("middle__gte", models.F("low")),
                            models.Q(("platform", ""), _negated=True),
                        ),
                        name="segmentation_expected_views_order",
                    ),
                ],
            },
        ),
    ]
