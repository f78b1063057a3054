"""Versions say what their segment does with unknowns: until now there was one policy for all."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def take_over(apps, schema_editor):
    segments = apps.get_model("segmentation", "Segment").objects.filter(pk=OuterRef("segment"))
    versions = apps.get_model("segmentation", "SegmentVersion").objects
    versions.update(unknown_policy=Subquery(segments.values("unknown_policy")[:1]))


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0010_version_unknown_policy")]

    operations = [migrations.RunPython(take_over, migrations.RunPython.noop)]
