"""Commissions of creators, what each run came to, and the sales in it."""

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels

# What was agreed stays; it can be ended, once two creators become one it goes along, and whose
# account it was is forgotten with the account. A statement and its lines stay as they are.
KEEP = """
CREATE TRIGGER campaigns_commission_kept BEFORE UPDATE ON campaigns_commission
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_row(
    'ends_on', 'end_reason', 'version', 'created_by_id', 'engagement_id', 'contract_id');
CREATE TRIGGER campaigns_statement_kept BEFORE UPDATE ON campaigns_commissionstatement
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_row('created_by_id', 'payable_id');
CREATE TRIGGER campaigns_statement_line_kept BEFORE UPDATE ON campaigns_commissionline
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_row();
"""
LET_GO = """
DROP TRIGGER campaigns_statement_line_kept ON campaigns_commissionline;
DROP TRIGGER campaigns_statement_kept ON campaigns_commissionstatement;
DROP TRIGGER campaigns_commission_kept ON campaigns_commission;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0015_series"),
        ("crm", "0025_reserve_links"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Commission",
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
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("order", "Order"),
                                    ("sign_up", "Sign-up"),
                                    ("lead", "Lead"),
                                    ("install", "Install"),
                                    ("other", "Other"),
                                ],
                                default="order",
                                max_length=7,
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        (
                            "percent",
                            models.DecimalField(
                                blank=True, decimal_places=4, max_digits=7, null=True
                            ),
                        ),
                        (
                            "each",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=12, null=True
                            ),
                        ),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField(blank=True, null=True)),
                        ("wait_days", models.PositiveSmallIntegerField(default=30)),
                        (
                            "minimum",
                            models.DecimalField(decimal_places=2, default=0, max_digits=12),
                        ),
                        ("net_days", models.PositiveSmallIntegerField(default=30)),
                        ("end_reason", models.CharField(blank=True, default="", max_length=500)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "brand",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "campaign",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="commissions",
                                to="campaigns.campaign",
                            ),
                        ),
                        (
                            "contract",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="commission",
                                to="campaigns.contract",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "engagement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="commissions",
                                to="campaigns.engagement",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brand", "-pk"],
                        "indexes": [
                            models.Index(fields=["brand", "-id"], name="campaigns_commission_list"),
                            models.Index(fields=["campaign", "id"], name="campaigns_commission_of"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("each", None), ("percent__gt", 0), ("percent__lte", 100)
                                    ),
                                    models.Q(("each__gt", 0), ("percent", None)),
                                    _connector="OR",
                                ),
                                name="campaigns_commission_rate",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("currency__regex", "^[A-Z]{3}$"),
                                    ("kind__in", ["order", "sign_up", "lead", "install", "other"]),
                                    ("minimum__gte", 0),
                                ),
                                name="campaigns_commission_money",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on", None),
                                    ("ends_on__gte", models.F("starts_on")),
                                    models.Q(("end_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="campaigns_commission_days",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CommissionStatement",
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
                        ("number", models.PositiveIntegerField()),
                        ("until", models.DateField()),
                        ("as_of", models.DateTimeField()),
                        ("carried", models.DecimalField(decimal_places=2, max_digits=14)),
                        ("total", models.DecimalField(decimal_places=2, max_digits=14)),
                        ("waiting", models.JSONField(default=list)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "commission",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="statements",
                                to="campaigns.commission",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "payable",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="statement",
                                to="campaigns.payable",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["commission", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("commission", "number"), name="campaigns_statement_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("number__gte", 1)),
                                name="campaigns_statement_number",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CommissionLine",
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
                        ("sale", models.CharField(max_length=200)),
                        ("sold_at", models.DateTimeField()),
                        (
                            "value",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=14, null=True
                            ),
                        ),
                        ("value_currency", models.CharField(blank=True, default="", max_length=3)),
                        ("converted", models.CharField(blank=True, default="", max_length=200)),
                        ("earned", models.DecimalField(decimal_places=2, max_digits=14)),
                        ("before", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                        (
                            "statement",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="campaigns.commissionstatement",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["statement", "sold_at", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("statement", "sale"), name="campaigns_statement_line_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "amount",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("earned"), "-", models.F("before")
                                        ),
                                    ),
                                    ("before__gte", 0),
                                    ("earned__gte", 0),
                                    models.Q(("amount", 0), _negated=True),
                                    models.Q(("sale", ""), _negated=True),
                                ),
                                name="campaigns_statement_line_adds_up",
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
