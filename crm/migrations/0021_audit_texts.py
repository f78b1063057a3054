"""A place of its own for what is personal in the audit ledger, and for signed checkpoints."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0020_incidents_and_holds"),
    ]

    operations = [
        migrations.RenameField(model_name="auditentry", old_name="data", new_name="facts"),
        migrations.AddField(
            model_name="auditentry",
            name="text_digest",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="brand",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="crm.brand",
            ),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="actor",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        CreateModels(
            [
                migrations.CreateModel(
                    name="AuditText",
                    fields=[
                        (
                            "entry",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="text",
                                serialize=False,
                                to="crm.auditentry",
                            ),
                        ),
                        ("salt", models.CharField(max_length=32)),
                        ("actor_label", models.CharField(max_length=254)),
                        ("target_label", models.CharField(blank=True, default="", max_length=200)),
                        ("personal", models.JSONField(default=dict)),
                    ],
                ),
                migrations.CreateModel(
                    name="LedgerKey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("fingerprint", models.CharField(max_length=64, unique=True)),
                        ("public_key", models.CharField(max_length=44)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={"ordering": ["-created_at", "-pk"]},
                ),
                migrations.CreateModel(
                    name="LedgerCheckpoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("number", models.BigIntegerField()),
                        ("hash", models.CharField(max_length=64)),
                        ("at", models.DateTimeField()),
                        ("signature", models.CharField(max_length=88)),
                        (
                            "brand",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "key",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.ledgerkey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brand", "-number", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "number", "key"), name="crm_ledger_checkpoint_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LedgerKeeping",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("address", models.EmailField(blank=True, default="", max_length=254)),
                        (
                            "brand",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                    ],
                ),
            ]
        ),
    ]
