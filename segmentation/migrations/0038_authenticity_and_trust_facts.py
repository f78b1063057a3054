"""Authenticity and trust as facts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0037_name_of_held_scores")]

    operations = [
        migrations.AddField(
            model_name="creatorfacts",
            name="authenticity",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="creatorfacts",
            name="trust",
            field=models.FloatField(null=True),
        ),
    ]
