"""Authenticity and trust as facts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0036_clusters")]

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
