"""Keep the score of an audience that HypeAuditor gives, as files bring it."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0036_watched_posts"),
    ]

    operations = [
        migrations.AddField(
            model_name="audiencesnapshot",
            name="aqs",
            field=models.FloatField(blank=True, null=True),
        ),
        AddConstraintNotValid(
            model_name="audiencesnapshot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("aqs", None), models.Q(("aqs__gte", 0), ("aqs__lte", 100)), _connector="OR"
                ),
                name="crm_audience_aqs",
            ),
        ),
    ]
