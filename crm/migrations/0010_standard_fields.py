"""Give the brands that are there the fields that every brand has from the start."""

from pathlib import Path

import yaml
from django.db import migrations

FIELDS = Path(__file__).parent.parent / "services" / "standard_fields.yaml"


def add(apps, schema_editor):
    """A key that a brand has already stays as the brand made it."""
    CustomField = apps.get_model("crm", "CustomField")
    wanted = yaml.safe_load(FIELDS.read_text(encoding="utf-8"))
    CustomField.objects.bulk_create(
        [
            CustomField(brand=brand, is_standard=True, position=position, **field)
            for brand in apps.get_model("crm", "Brand").objects.order_by("pk")
            for position, field in enumerate(wanted, start=1)
        ],
        ignore_conflicts=True,
        batch_size=1_000,
    )


def keep(apps, schema_editor):
    """They may hold values by now."""


class Migration(migrations.Migration):
    dependencies = [("crm", "0009_choices_in_order")]

    operations = [migrations.RunPython(add, keep, elidable=False)]
