"""What deliverables hold is within the closed lists: read through without keeping writers out."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0023_content_formats")]

    operations = [
        ValidateConstraint(model_name="deliverable", name="campaigns_deliverable_choices")
    ]
