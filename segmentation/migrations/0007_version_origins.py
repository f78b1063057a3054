"""The first version of a segment that a pack made was worded by that pack."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0006_drift_packs_tiers")]

    operations = [
        migrations.RunSQL(
            "UPDATE segmentation_segmentversion v SET origin = s.origin "
            "FROM segmentation_segment s "
            "WHERE s.id = v.segment_id AND v.number = 1 AND s.origin <> ''",
            migrations.RunSQL.noop,
        ),
    ]
