"""Signs in who comments, and of bare accounts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0021_trust")]

    operations = [
        migrations.RemoveConstraint(
            model_name="authenticityreading",
            name="campaigns_authenticity_valid",
        ),
        migrations.RemoveConstraint(
            model_name="flagdismissal",
            name="campaigns_flag_dismissal_valid",
        ),
        migrations.AlterField(
            model_name="flagdismissal",
            name="flag",
            field=models.CharField(
                choices=[
                    ("growth_spike", "Followers jumped"),
                    ("rate_high", "More engagement than accounts of this size have"),
                    ("rate_low", "Less engagement than accounts of this size have"),
                    ("comment_ratio", "Comments out of proportion to likes"),
                    ("repeat_commenters", "The same people comment again and again"),
                    ("country_mismatch", "Audience elsewhere than the creator"),
                    ("rate_drift", "Engagement fell while followers did not"),
                    ("mass_following", "Follows very many accounts"),
                    ("audience_quality", "A source finds few real followers"),
                    ("comment_pod", "Creators comment on each other's posts"),
                    ("bare_account", "The account looks bare"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="authenticityreading",
            constraint=models.CheckConstraint(
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
                name="campaigns_authenticity_valid",
            ),
        ),
        migrations.AddConstraint(
            model_name="flagdismissal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "flag__in",
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
                    ("until__gt", models.F("since")),
                    models.Q(("reason", ""), _negated=True),
                    models.Q(
                        ("ended_at", None), ("ended_at__gte", models.F("since")), _connector="OR"
                    ),
                ),
                name="campaigns_flag_dismissal_valid",
            ),
        ),
    ]
