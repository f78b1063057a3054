"""In which formats creators posted, from when until when."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0025_series_written"),
        ("crm", "0036_watched_posts"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormatReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("read_at", models.DateTimeField()),
                ("looked_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("counts", models.JSONField()),
                ("posts", models.PositiveIntegerField()),
                (
                    "brand",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="crm.brand",
                    ),
                ),
                (
                    "relationship",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="crm.relationship",
                    ),
                ),
            ],
            options={
                "ordering": ["relationship", "-read_at", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["relationship", "-read_at", "-id"], name="campaigns_formats_at"
                    ),
                    models.Index(
                        condition=models.Q(("superseded_at", None)),
                        fields=["brand", "looked_at", "relationship"],
                        name="campaigns_formats_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("relationship",),
                        name="campaigns_formats_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("looked_at__gte", models.F("read_at")),
                            models.Q(
                                ("superseded_at", None),
                                ("superseded_at__gte", models.F("read_at")),
                                _connector="OR",
                            ),
                        ),
                        name="campaigns_formats_order",
                    ),
                ],
            },
        ),
    ]
