"""Keep the order of a field's choices, and only keys that SQL may hold as they are.

A list, since jsonb does not keep the order of an object.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0008_vendor_tiers")]

    operations = [
        migrations.AlterField(
            model_name="customfield",
            name="choices",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddConstraint(
            model_name="customfield",
            constraint=models.CheckConstraint(
                condition=models.Q(("key__regex", "^[a-z][a-z0-9_]*$")), name="crm_field_key_valid"
            ),
        ),
    ]
