"""Scores of audiences are of 100: read through without keeping writers out."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("crm", "0037_audience_quality_scores")]

    operations = [ValidateConstraint(model_name="audiencesnapshot", name="crm_audience_aqs")]
