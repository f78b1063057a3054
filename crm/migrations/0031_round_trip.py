"""One export of a brand at a time, and where a ledger that came with a brand was written."""

import django.db.models.deletion
from django.db import migrations, models

# As the other tables of the ledger (0023): what is in it is never changed or deleted.
GUARD = """
CREATE TRIGGER crm_ledger_origin_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON crm_ledgerorigin
  FOR EACH STATEMENT EXECUTE FUNCTION crm_ledger_keep();
"""
LET_GO = "DROP TRIGGER crm_ledger_origin_kept ON crm_ledgerorigin"


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0030_post_comments"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerOrigin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("shift", models.BigIntegerField()),
                ("keys", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                (
                    "brand",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="crm.brand",
                    ),
                ),
            ],
            options={
                "ordering": ["brand", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("brand", "number"), name="crm_ledger_origin_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 0), ("shift__gte", 0)),
                        name="crm_ledger_origin_numbers",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, LET_GO),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("kind", "brand.export")),
                fields=["brand", "-created_at", "-id"],
                name="crm_job_brand_exports",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("kind", "brand.export"), ("status__in", ["waiting", "running"])
                ),
                fields=("brand",),
                name="crm_job_one_brand_export",
            ),
        ),
    ]
