"""Tasks that must come although the broker may be away: rows until it has them."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0031_round_trip"),
    ]

    operations = [
        migrations.CreateModel(
            name="PromisedTask",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("task", models.CharField(max_length=200)),
                ("arguments", models.JSONField(default=dict)),
                (
                    "promised_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("task", ""), _negated=True),
                        name="crm_promised_task_named",
                    )
                ],
            },
        ),
    ]
