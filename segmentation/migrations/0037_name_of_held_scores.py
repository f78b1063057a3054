"""Give the scores of a creator a name in queries, for lists that are sorted by one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0032_promised_tasks"),
        ("segmentation", "0036_clusters"),
    ]

    operations = [
        migrations.AlterField(
            model_name="creatorscore",
            name="creator",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="held_score",
                to="crm.creator",
            ),
        ),
    ]
