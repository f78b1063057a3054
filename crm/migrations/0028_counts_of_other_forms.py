"""What only some forms have: seen to the end, openings and captures of effects, downloads."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0027_doors"),
    ]

    operations = [
        migrations.AddField(
            model_name="post",
            name="captures",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="post",
            name="completions",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="post",
            name="downloads",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="post",
            name="opens",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="postmetricsnapshot",
            name="captures",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="postmetricsnapshot",
            name="completions",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="postmetricsnapshot",
            name="downloads",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="postmetricsnapshot",
            name="opens",
            field=models.BigIntegerField(blank=True, null=True),
        ),
    ]
