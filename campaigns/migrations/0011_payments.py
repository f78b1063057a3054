"""Amounts to be paid, payments, invoices, rates of exchange, and what attention is worth."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels

# What is owed keeps its sum, its words and its rule: an amount that had to be counted is filled in
# once, and everything else that happens to it is state. A payment is taken back once, an invoice
# set aside once, a rate replaced once. Whose account it was is forgotten with the account, and
# where two creators become one, what is theirs goes along.
KEEP = """
CREATE FUNCTION campaigns_keep_payable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  may_change text[] := ARRAY['state', 'state_since', 'held_from', 'hold_reason', 'ready_on',
    'evidence', 'due_on', 'released_by_id', 'released_at', 'exported_at', 'invoice_id', 'version',
    'created_by_id', 'engagement_id', 'contract_id'];
BEGIN
  IF current_setting('rapport.erasing', true) = 'on' THEN RETURN NEW; END IF;
  IF OLD.amount IS NULL THEN
    may_change := may_change || ARRAY['amount'];
  END IF;
  IF to_jsonb(OLD) - may_change IS DISTINCT FROM to_jsonb(NEW) - may_change THEN
    RAISE check_violation USING MESSAGE = 'what was agreed to be paid never changes';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER campaigns_payable_kept BEFORE UPDATE ON campaigns_payable
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_payable();
CREATE TRIGGER campaigns_payable_event_kept BEFORE UPDATE ON campaigns_payableevent
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_row('actor_id');
CREATE TRIGGER campaigns_payment_kept BEFORE UPDATE ON campaigns_payment
  FOR EACH ROW WHEN (OLD.reversed_at IS NULL) EXECUTE FUNCTION
  campaigns_keep_row('by_id', 'reversed_at', 'reversed_by_id', 'reverse_reason');
CREATE TRIGGER campaigns_payment_reversed_kept BEFORE UPDATE ON campaigns_payment
  FOR EACH ROW WHEN (OLD.reversed_at IS NOT NULL)
  EXECUTE FUNCTION campaigns_keep_row('by_id', 'reversed_by_id');
CREATE TRIGGER campaigns_invoice_kept BEFORE UPDATE ON campaigns_invoice
  FOR EACH ROW WHEN (OLD.voided_at IS NULL) EXECUTE FUNCTION campaigns_keep_row(
    'relationship_id', 'created_by_id', 'voided_at', 'voided_by_id', 'void_reason');
CREATE TRIGGER campaigns_invoice_voided_kept BEFORE UPDATE ON campaigns_invoice
  FOR EACH ROW WHEN (OLD.voided_at IS NOT NULL)
  EXECUTE FUNCTION campaigns_keep_row('relationship_id', 'created_by_id', 'voided_by_id');
CREATE TRIGGER campaigns_rate_kept BEFORE UPDATE ON campaigns_exchangerate
  FOR EACH ROW WHEN (OLD.replaced_at IS NULL)
  EXECUTE FUNCTION campaigns_keep_row('entered_by_id', 'replaced_at');
CREATE TRIGGER campaigns_rate_replaced_kept BEFORE UPDATE ON campaigns_exchangerate
  FOR EACH ROW WHEN (OLD.replaced_at IS NOT NULL)
  EXECUTE FUNCTION campaigns_keep_row('entered_by_id');
CREATE TRIGGER campaigns_value_set_kept BEFORE UPDATE ON campaigns_valueset
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_row('author_id');
"""
LET_GO = """
DROP TRIGGER campaigns_value_set_kept ON campaigns_valueset;
DROP TRIGGER campaigns_rate_replaced_kept ON campaigns_exchangerate;
DROP TRIGGER campaigns_rate_kept ON campaigns_exchangerate;
DROP TRIGGER campaigns_invoice_voided_kept ON campaigns_invoice;
DROP TRIGGER campaigns_invoice_kept ON campaigns_invoice;
DROP TRIGGER campaigns_payment_reversed_kept ON campaigns_payment;
DROP TRIGGER campaigns_payment_kept ON campaigns_payment;
DROP TRIGGER campaigns_payable_event_kept ON campaigns_payableevent;
DROP TRIGGER campaigns_payable_kept ON campaigns_payable;
DROP FUNCTION campaigns_keep_payable();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0010_trust"),
        ("crm", "0024_erasing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Invoice",
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
                        ("payee", models.CharField(blank=True, default="", max_length=200)),
                        ("number", models.CharField(max_length=60)),
                        ("issued_on", models.DateField()),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                        ("currency", models.CharField(max_length=3)),
                        ("note", models.CharField(blank=True, default="", max_length=500)),
                        ("file_name", models.CharField(blank=True, default="", max_length=255)),
                        ("file_type", models.CharField(blank=True, default="", max_length=120)),
                        ("file_size", models.PositiveIntegerField(blank=True, null=True)),
                        ("file_sha256", models.CharField(blank=True, default="", max_length=64)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        ("void_reason", models.CharField(blank=True, default="", max_length=500)),
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
                            "relationship",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.relationship",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-issued_on", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-issued_on", "-id"], name="campaigns_invoice_list"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("number", ""), _negated=True),
                                    ("amount__gt", 0),
                                    ("currency__regex", "^[A-Z]{3}$"),
                                ),
                                name="campaigns_invoice_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("relationship", None),
                                        models.Q(("payee", ""), _negated=True),
                                    ),
                                    models.Q(("payee", ""), ("relationship__isnull", False)),
                                    _connector="OR",
                                ),
                                name="campaigns_invoice_payee",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("file_name", ""), ("file_sha256", ""), ("file_size", None)
                                    ),
                                    models.Q(
                                        models.Q(("file_name", ""), _negated=True),
                                        ("file_sha256__regex", "^[0-9a-f]{64}$"),
                                        ("file_size__gt", 0),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_invoice_file",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("void_reason", ""), ("voided_at", None)),
                                    models.Q(
                                        ("voided_at__isnull", False),
                                        models.Q(("void_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_invoice_voided",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("relationship", None), ("voided_at", None)),
                                fields=("brand", "payee", "number"),
                                name="campaigns_invoice_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PayRules",
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
                            "release_limit",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=12, null=True
                            ),
                        ),
                        ("rate_days", models.PositiveSmallIntegerField(default=7)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "brand",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("release_limit", None),
                                        ("release_limit__gte", 0),
                                        _connector="OR",
                                    ),
                                    ("rate_days__range", (0, 31)),
                                ),
                                name="campaigns_pay_rules_valid",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ValueSet",
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
                                    ("media", "Media values (EMV)"),
                                    ("weights", "Weights of engagements"),
                                ],
                                max_length=7,
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("values", models.JSONField()),
                        ("reason", models.CharField(max_length=500)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "author",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "brand",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brand", "kind", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "kind", "number"), name="campaigns_value_set_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["media", "weights"]),
                                    ("number__gte", 1),
                                    models.Q(("reason", ""), _negated=True),
                                ),
                                name="campaigns_value_set_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ChannelResult",
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
                            "channel",
                            models.CharField(
                                choices=[
                                    ("paid_social", "Paid social"),
                                    ("search", "Search advertising"),
                                    ("display", "Display and video"),
                                    ("television", "Television and radio"),
                                    ("email", "Mail to customers"),
                                    ("affiliate", "Affiliates"),
                                    ("print", "Print and outdoor"),
                                    ("other", "Other channel"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("name", models.CharField(blank=True, default="", max_length=120)),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField()),
                        ("cost", models.DecimalField(decimal_places=2, max_digits=14)),
                        ("currency", models.CharField(max_length=3)),
                        ("impressions", models.BigIntegerField(blank=True, null=True)),
                        ("clicks", models.BigIntegerField(blank=True, null=True)),
                        ("conversions", models.BigIntegerField(blank=True, null=True)),
                        (
                            "revenue",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=14, null=True
                            ),
                        ),
                        ("source", models.CharField(max_length=200)),
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
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brand", "-starts_on", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-starts_on", "-id"], name="campaigns_channel_list"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "channel__in",
                                        [
                                            "paid_social",
                                            "search",
                                            "display",
                                            "television",
                                            "email",
                                            "affiliate",
                                            "print",
                                            "other",
                                        ],
                                    ),
                                    ("cost__gte", 0),
                                    ("currency__regex", "^[A-Z]{3}$"),
                                    ("ends_on__gte", models.F("starts_on")),
                                    models.Q(("source", ""), _negated=True),
                                ),
                                name="campaigns_channel_result_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("impressions", None),
                                        ("impressions__gte", 0),
                                        _connector="OR",
                                    ),
                                    models.Q(("clicks", None), ("clicks__gte", 0), _connector="OR"),
                                    models.Q(
                                        ("conversions", None),
                                        ("conversions__gte", 0),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("revenue", None), ("revenue__gte", 0), _connector="OR"
                                    ),
                                ),
                                name="campaigns_channel_result_counts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExchangeRate",
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
                        ("base", models.CharField(max_length=3)),
                        ("currency", models.CharField(max_length=3)),
                        ("day", models.DateField()),
                        ("rate", models.DecimalField(decimal_places=8, max_digits=18)),
                        ("source", models.CharField(max_length=120)),
                        ("entered_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("replaced_at", models.DateTimeField(blank=True, null=True)),
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
                            "entered_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brand", "-day", "base", "currency"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-day", "-id"], name="campaigns_rate_list"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("replaced_at", None)),
                                fields=("brand", "base", "currency", "day"),
                                name="campaigns_rate_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("base__regex", "^[A-Z]{3}$"),
                                    ("currency__regex", "^[A-Z]{3}$"),
                                    ("rate__gt", 0),
                                    models.Q(("base", models.F("currency")), _negated=True),
                                    models.Q(("source", ""), _negated=True),
                                ),
                                name="campaigns_rate_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Payable",
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
                        ("payee", models.CharField(blank=True, default="", max_length=200)),
                        ("part", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("fee", "Fee"),
                                    ("performance", "Pay by result"),
                                    ("commission", "Commission"),
                                    ("kill_fee", "Kill fee"),
                                    ("product", "Product"),
                                    ("shipping", "Shipping"),
                                    ("travel", "Travel"),
                                    ("agency", "Agency fee"),
                                    ("boost", "Paid boost"),
                                    ("production", "Production"),
                                    ("other", "Something else"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        ("currency", models.CharField(max_length=3)),
                        (
                            "amount",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=12, null=True
                            ),
                        ),
                        (
                            "set_off",
                            models.DecimalField(decimal_places=2, default=0, max_digits=12),
                        ),
                        (
                            "trigger",
                            models.CharField(
                                choices=[
                                    ("signing", "when the contract is accepted"),
                                    ("approval", "when the content is approved"),
                                    ("publication", "when the content is published"),
                                    ("date", "on a day"),
                                    ("result", "when the result is counted"),
                                    ("hand", "when somebody marks it as ready"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("trigger_on", models.DateField(blank=True, null=True)),
                        ("net_days", models.PositiveSmallIntegerField(default=30)),
                        ("rule", models.JSONField(blank=True, null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("committed", "Committed"),
                                    ("ready", "Ready to pay"),
                                    ("on_hold", "On hold"),
                                    ("paid", "Paid"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="committed",
                                max_length=10,
                            ),
                        ),
                        ("state_since", models.DateTimeField(default=django.utils.timezone.now)),
                        ("held_from", models.CharField(blank=True, default="", max_length=10)),
                        ("hold_reason", models.CharField(blank=True, default="", max_length=500)),
                        ("ready_on", models.DateField(blank=True, null=True)),
                        ("evidence", models.JSONField(blank=True, null=True)),
                        ("due_on", models.DateField(blank=True, null=True)),
                        ("released_at", models.DateTimeField(blank=True, null=True)),
                        ("exported_at", models.DateTimeField(blank=True, null=True)),
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
                                related_name="payables",
                                to="campaigns.campaign",
                            ),
                        ),
                        (
                            "contract",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="payables",
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
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="payables",
                                to="campaigns.engagement",
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="payables",
                                to="campaigns.invoice",
                            ),
                        ),
                        (
                            "released_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brand", "due_on", "pk"],
                        "indexes": [
                            models.Index(fields=["brand", "-id"], name="campaigns_payable_list"),
                            models.Index(
                                fields=["brand", "state", "due_on", "id"],
                                name="campaigns_payable_due",
                            ),
                            models.Index(
                                fields=["campaign", "state"], name="campaigns_payable_campaign"
                            ),
                            models.Index(
                                condition=models.Q(("state", "committed")),
                                fields=["trigger", "id"],
                                name="campaigns_payable_waiting",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("held_from__in", ["", "committed", "ready"]),
                                    (
                                        "kind__in",
                                        [
                                            "fee",
                                            "performance",
                                            "commission",
                                            "kill_fee",
                                            "product",
                                            "shipping",
                                            "travel",
                                            "agency",
                                            "boost",
                                            "production",
                                            "other",
                                        ],
                                    ),
                                    (
                                        "state__in",
                                        ["committed", "ready", "on_hold", "paid", "cancelled"],
                                    ),
                                    (
                                        "trigger__in",
                                        [
                                            "signing",
                                            "approval",
                                            "publication",
                                            "date",
                                            "result",
                                            "hand",
                                        ],
                                    ),
                                    models.Q(("title", ""), _negated=True),
                                ),
                                name="campaigns_payable_choices",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("currency__regex", "^[A-Z]{3}$"),
                                    ("set_off__gte", 0),
                                    models.Q(("amount", None), ("amount__gte", 0), _connector="OR"),
                                ),
                                name="campaigns_payable_money",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount__isnull", False),
                                    models.Q(
                                        ("state__in", ["committed", "on_hold", "cancelled"]),
                                        ("trigger", "result"),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_payable_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("rule__isnull", False), ("trigger", "result")),
                                    models.Q(
                                        models.Q(("trigger", "result"), _negated=True),
                                        ("rule", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_payable_rule",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("engagement", None), ("payee", ""), _connector="OR"
                                ),
                                name="campaigns_payable_payee",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("contract", None), ("part", None)),
                                    models.Q(
                                        ("contract__isnull", False),
                                        ("engagement__isnull", False),
                                        ("part__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_payable_part",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state", "on_hold"),
                                        models.Q(("held_from", ""), _negated=True),
                                        models.Q(("hold_reason", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("state", "on_hold"), _negated=True),
                                        ("held_from", ""),
                                        ("hold_reason", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_payable_held",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["ready", "paid"]), _negated=True),
                                    models.Q(
                                        ("due_on__isnull", False),
                                        ("evidence__isnull", False),
                                        ("ready_on__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_payable_ready",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("due_on", None),
                                    ("ready_on", None),
                                    ("due_on__gte", models.F("ready_on")),
                                    _connector="OR",
                                ),
                                name="campaigns_payable_days",
                            ),
                            models.UniqueConstraint(
                                fields=("contract", "part"), name="campaigns_payable_part_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PayableEvent",
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
                            "act",
                            models.CharField(
                                choices=[
                                    ("plan", "Agreed"),
                                    ("reach", "Milestone reached"),
                                    ("mark_ready", "Mark as ready"),
                                    ("release", "Release"),
                                    ("hold", "Put on hold"),
                                    ("lift", "Take off hold"),
                                    ("pay", "Mark as paid"),
                                    ("reverse", "Take the payment back"),
                                    ("cancel", "Cancel"),
                                    ("invoice", "Invoice attached"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("note", models.CharField(blank=True, default="", max_length=1000)),
                        (
                            "actor",
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
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="events",
                                to="campaigns.payable",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["payable", "at", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["payable", "-at", "-id"], name="campaigns_payable_history"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "act__in",
                                        [
                                            "plan",
                                            "reach",
                                            "mark_ready",
                                            "release",
                                            "hold",
                                            "lift",
                                            "pay",
                                            "reverse",
                                            "cancel",
                                            "invoice",
                                        ],
                                    )
                                ),
                                name="campaigns_payable_event_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("act__in", ["hold", "cancel", "reverse"]), _negated=True
                                    ),
                                    models.Q(("note", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="campaigns_payable_event_reasoned",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Payment",
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
                        ("paid_on", models.DateField()),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                        ("currency", models.CharField(max_length=3)),
                        ("reference", models.CharField(blank=True, default="", max_length=120)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("reversed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "reverse_reason",
                            models.CharField(blank=True, default="", max_length=500),
                        ),
                        (
                            "by",
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
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="payments",
                                to="campaigns.payable",
                            ),
                        ),
                        (
                            "reversed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["payable", "pk"],
                        "indexes": [
                            models.Index(fields=["payable", "id"], name="campaigns_payment_list")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("reversed_at", None)),
                                fields=("payable",),
                                name="campaigns_payment_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount__gte", 0), ("currency__regex", "^[A-Z]{3}$")
                                ),
                                name="campaigns_payment_money",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("reverse_reason", ""), ("reversed_at", None)),
                                    models.Q(
                                        ("reversed_at__isnull", False),
                                        models.Q(("reverse_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_payment_reversed",
                            ),
                        ],
                    },
                ),
            ]
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
