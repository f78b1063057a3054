"""What posts are about; three more things that content can be about."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0022_more_flags"),
        ("crm", "0035_pitch_approvals_and_bars"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="deliverable",
            name="campaigns_deliverable_choices",
        ),
        migrations.RemoveConstraint(
            model_name="offerdeliverable",
            name="campaigns_deliverable_valid",
        ),
        migrations.AlterField(
            model_name="deliverable",
            name="kind",
            field=models.CharField(
                choices=[
                    ("sponsored_post", "Sponsored post"),
                    ("review", "Review"),
                    ("unboxing", "Unboxing"),
                    ("tutorial", "Tutorial"),
                    ("day_in_the_life", "Day in the life"),
                    ("interview", "Interview"),
                    ("testimonial", "Testimonial"),
                    ("lifestyle", "Lifestyle"),
                    ("collaborative", "Collaborative post"),
                    ("other", "Something else"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="offerdeliverable",
            name="kind",
            field=models.CharField(
                choices=[
                    ("sponsored_post", "Sponsored post"),
                    ("review", "Review"),
                    ("unboxing", "Unboxing"),
                    ("tutorial", "Tutorial"),
                    ("day_in_the_life", "Day in the life"),
                    ("interview", "Interview"),
                    ("testimonial", "Testimonial"),
                    ("lifestyle", "Lifestyle"),
                    ("collaborative", "Collaborative post"),
                    ("other", "Something else"),
                ],
                max_length=20,
            ),
        ),
        AddConstraintNotValid(
            model_name="deliverable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "form__in",
                        [
                            "image",
                            "carousel",
                            "short_video",
                            "video",
                            "live",
                            "story",
                            "text",
                            "audio",
                            "article",
                            "event",
                            "ar_effect",
                            "other",
                        ],
                    ),
                    (
                        "kind__in",
                        [
                            "sponsored_post",
                            "review",
                            "unboxing",
                            "tutorial",
                            "day_in_the_life",
                            "interview",
                            "testimonial",
                            "lifestyle",
                            "collaborative",
                            "other",
                        ],
                    ),
                    (
                        "state__in",
                        [
                            "planned",
                            "in_review",
                            "needs_work",
                            "approved",
                            "published",
                            "cancelled",
                        ],
                    ),
                ),
                name="campaigns_deliverable_choices",
            ),
        ),
        migrations.AddConstraint(
            model_name="offerdeliverable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("count__range", (1, 999)),
                    (
                        "form__in",
                        [
                            "image",
                            "carousel",
                            "short_video",
                            "video",
                            "live",
                            "story",
                            "text",
                            "audio",
                            "article",
                            "event",
                            "ar_effect",
                            "other",
                        ],
                    ),
                    (
                        "kind__in",
                        [
                            "sponsored_post",
                            "review",
                            "unboxing",
                            "tutorial",
                            "day_in_the_life",
                            "interview",
                            "testimonial",
                            "lifestyle",
                            "collaborative",
                            "other",
                        ],
                    ),
                ),
                name="campaigns_deliverable_valid",
            ),
        ),
        migrations.CreateModel(
            name="PostFormat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sponsored_post", "Sponsored post"),
                            ("review", "Review"),
                            ("unboxing", "Unboxing"),
                            ("tutorial", "Tutorial"),
                            ("day_in_the_life", "Day in the life"),
                            ("interview", "Interview"),
                            ("testimonial", "Testimonial"),
                            ("lifestyle", "Lifestyle"),
                            ("collaborative", "Collaborative post"),
                            ("other", "Something else"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "suggested",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sponsored_post", "Sponsored post"),
                            ("review", "Review"),
                            ("unboxing", "Unboxing"),
                            ("tutorial", "Tutorial"),
                            ("day_in_the_life", "Day in the life"),
                            ("interview", "Interview"),
                            ("testimonial", "Testimonial"),
                            ("lifestyle", "Lifestyle"),
                            ("collaborative", "Collaborative post"),
                            ("other", "Something else"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
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
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="crm.post"
                    ),
                ),
            ],
            options={
                "ordering": ["brand", "-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("brand", "post"), name="campaigns_post_format_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "sponsored_post",
                                    "review",
                                    "unboxing",
                                    "tutorial",
                                    "day_in_the_life",
                                    "interview",
                                    "testimonial",
                                    "lifestyle",
                                    "collaborative",
                                    "other",
                                ],
                            ),
                            models.Q(
                                ("suggested", ""),
                                (
                                    "suggested__in",
                                    [
                                        "sponsored_post",
                                        "review",
                                        "unboxing",
                                        "tutorial",
                                        "day_in_the_life",
                                        "interview",
                                        "testimonial",
                                        "lifestyle",
                                        "collaborative",
                                        "other",
                                    ],
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="campaigns_post_format_choices",
                    ),
                ],
            },
        ),
    ]
