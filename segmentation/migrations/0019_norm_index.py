"""Find the last norms among those of years by an index, and spare the one that nothing reads."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0018_change_without_evidence")]

    operations = [
        migrations.AlterField(
            model_name="runnorm",
            name="run",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="norms",
                to="segmentation.run",
            ),
        ),
        migrations.AddIndex(
            model_name="runnorm",
            index=models.Index(
                fields=["brand", "fact", "percentile", "-run"], name="segmentation_norm_last"
            ),
        ),
    ]
