"""Currencies of refunds are three letters: read through without keeping writers out."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0027_currency_of_refunds")]

    operations = [ValidateConstraint(model_name="refund", name="campaigns_refund_currency")]
