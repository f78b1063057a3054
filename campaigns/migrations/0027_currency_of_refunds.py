"""A refund of a conversion without a known value keeps the currency that was told with it."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0026_format_readings"),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="currency",
            field=models.CharField(blank=True, db_default="", default="", max_length=3),
        ),
        AddConstraintNotValid(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("currency", ""),
                    models.Q(("currency__regex", "^[A-Z]{3}$"), ("value__isnull", False)),
                    _connector="OR",
                ),
                name="campaigns_refund_currency",
            ),
        ),
    ]
