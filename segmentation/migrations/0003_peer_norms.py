"""Norms of peers, niches as integers (what rules compare), room in the pages of facts."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0003_stage_counts"),
        ("segmentation", "0002_creator_cascades"),
    ]

    operations = [
        # Runs rewrite the masks of many rows: free space lets them stay on their page (HOT).
        migrations.RunSQL(
            "ALTER TABLE segmentation_creatorfacts SET (fillfactor = 80)",
            "ALTER TABLE segmentation_creatorfacts RESET (fillfactor)",
        ),
        migrations.AlterField(
            model_name="creatorfacts",
            name="niches",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.IntegerField(), null=True, size=None
            ),
        ),
        migrations.CreateModel(
            name="PeerNorm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateTimeField()),
                ("median_rate", models.FloatField()),
                ("creators", models.BigIntegerField()),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="crm.brand",
                    ),
                ),
                (
                    "platform",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="crm.platform",
                    ),
                ),
            ],
            options={
                "ordering": ["brand", "platform"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("brand", "platform"), name="segmentation_peer_norm_once"
                    )
                ],
            },
        ),
    ]
