"""Codes are in capital letters only: that one is there once is a plain constraint."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0014_conversions"),
        ("crm", "0025_reserve_links"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="promocode", name="campaigns_code_once"),
        migrations.AddConstraint(
            model_name="promocode",
            constraint=models.UniqueConstraint(
                fields=["brand", "code"], name="campaigns_code_once"
            ),
        ),
    ]
