"""Find the posts of a period of which is known how often they were seen to the end: few, or none."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("crm", "0035_pitch_approvals_and_bars"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="post",
            index=models.Index(
                condition=models.Q(("completions__isnull", False)),
                fields=["posted_at"],
                name="crm_post_watched",
            ),
        ),
    ]
