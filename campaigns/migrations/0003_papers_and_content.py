"""Papers, drafts, publications, rights and reports of campaigns, and links for guests."""

import datetime as dt
import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels

# What was approved, sent, accepted, decided or published stays as it was. Each trigger names the
# columns that may still change: whose it was is forgotten with an account or a link, and with a
# merge of two creators an acceptance goes along. A right starts once and is taken back once.
KEEP = """
CREATE FUNCTION campaigns_keep_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  may_change text[] := coalesce(TG_ARGV, '{}');
BEGIN
  IF to_jsonb(OLD) - may_change IS DISTINCT FROM to_jsonb(NEW) - may_change THEN
    RAISE check_violation USING MESSAGE = 'what was fixed in ' || TG_TABLE_NAME || ' never changes';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER campaigns_report_kept BEFORE UPDATE ON campaigns_reportcopy
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_row('taken_by_id');
CREATE TRIGGER campaigns_brief_kept BEFORE UPDATE ON campaigns_briefversion
  FOR EACH ROW WHEN (OLD.approved_at IS NOT NULL)
  EXECUTE FUNCTION campaigns_keep_row('state', 'state_since', 'author_id');
CREATE TRIGGER campaigns_brief_decision_kept BEFORE UPDATE ON campaigns_briefdecision
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_row('by_id');
CREATE TRIGGER campaigns_brief_acceptance_kept BEFORE UPDATE ON campaigns_briefacceptance
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_row('link_id', 'recorded_by_id', 'engagement_id');
CREATE TRIGGER campaigns_policy_kept BEFORE UPDATE ON campaigns_policyversion
  FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
  EXECUTE FUNCTION campaigns_keep_row('author_id');
CREATE TRIGGER campaigns_policy_reading_kept BEFORE UPDATE ON campaigns_policyreading
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_row();
CREATE TRIGGER campaigns_policy_acceptance_kept BEFORE UPDATE ON campaigns_policyacceptance
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_row('link_id', 'recorded_by_id', 'engagement_id');
CREATE TRIGGER campaigns_contract_version_kept BEFORE UPDATE ON campaigns_contractversion
  FOR EACH ROW WHEN (OLD.fixed_at IS NOT NULL)
  EXECUTE FUNCTION campaigns_keep_row('author_id', 'cleared_by_id');
CREATE TRIGGER campaigns_contract_acceptance_kept BEFORE UPDATE ON campaigns_contractacceptance
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_row('link_id', 'recorded_by_id');
CREATE TRIGGER campaigns_clause_kept BEFORE UPDATE ON campaigns_clause
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_row('author_id');
CREATE TRIGGER campaigns_draft_kept BEFORE UPDATE ON campaigns_draft
  FOR EACH ROW WHEN (OLD.is_sealed) EXECUTE FUNCTION campaigns_keep_row(
    'state', 'state_since', 'opening', 'basis', 'submitted_by_id', 'link_id');
CREATE TRIGGER campaigns_turn_kept BEFORE UPDATE ON campaigns_gateturn
  FOR EACH ROW WHEN (OLD.decided_at IS NOT NULL)
  EXECUTE FUNCTION campaigns_keep_row('decided_by_id', 'on_behalf_of_id');
CREATE TRIGGER campaigns_checklist_kept BEFORE UPDATE ON campaigns_checklistentry
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_row();
CREATE FUNCTION campaigns_keep_draft_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM campaigns_draft WHERE id = NEW.draft_id AND is_sealed) THEN
    RAISE check_violation USING MESSAGE = 'files of a draft that was handed in never change';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER campaigns_draft_files_kept BEFORE INSERT OR UPDATE ON campaigns_draftfile
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_draft_files();
CREATE FUNCTION campaigns_keep_right() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  may_change text[] := ARRAY['engagement_id', 'deliverable_id', 'asset_id', 'offer_id',
    'renews_id', 'granted_by_id', 'revoked_by_id'];
BEGIN
  IF OLD.starts_on IS NULL THEN
    may_change := may_change || ARRAY['starts_on', 'ends_on'];
  END IF;
  IF OLD.revoked_at IS NULL THEN
    may_change := may_change || ARRAY['revoked_at', 'revoked_on', 'revoked_reason'];
  END IF;
  IF to_jsonb(OLD) - may_change IS DISTINCT FROM to_jsonb(NEW) - may_change THEN
    RAISE check_violation USING MESSAGE = 'a right that was given never changes';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER campaigns_right_kept BEFORE UPDATE ON campaigns_usageright
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_right();
"""
LET_GO = """
DROP TRIGGER campaigns_right_kept ON campaigns_usageright;
DROP FUNCTION campaigns_keep_right();
DROP TRIGGER campaigns_draft_files_kept ON campaigns_draftfile;
DROP FUNCTION campaigns_keep_draft_files();
DROP FUNCTION campaigns_keep_row() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0002_campaigns"),
        ("crm", "0018_guests_and_forms"),
        ("crm", "__first__"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Brief",
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
                        ("segment", models.CharField(blank=True, default="", max_length=60)),
                        ("segment_name", models.CharField(blank=True, default="", max_length=120)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "campaign",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="briefs",
                                to="campaigns.campaign",
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
                        "ordering": ["campaign", "segment"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("campaign", "segment"), name="campaigns_brief_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("segment", ""), ("segment_name", "")),
                                    models.Q(
                                        models.Q(("segment", ""), _negated=True),
                                        models.Q(("segment_name", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_brief_segment_named",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Claim",
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
                        ("text", models.CharField(max_length=200)),
                        (
                            "variants",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("category", models.CharField(blank=True, default="", max_length=80)),
                        ("product", models.CharField(blank=True, default="", max_length=120)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("allowed", "Allowed"),
                                    ("evidence", "Needs evidence"),
                                    ("forbidden", "Forbidden"),
                                ],
                                max_length=9,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, default="", max_length=500)),
                        ("evidence", models.CharField(blank=True, default="", max_length=500)),
                        (
                            "evidence_place",
                            models.CharField(blank=True, default="", max_length=300),
                        ),
                        (
                            "jurisdictions",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("valid_from", models.DateField(blank=True, null=True)),
                        ("valid_until", models.DateField(blank=True, null=True)),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                            "updated_by",
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
                        "ordering": ["brand", "text", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "text", "id"], name="campaigns_claim_list"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("archived_at", None)),
                                fields=("brand", "text", "product"),
                                name="campaigns_claim_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["allowed", "evidence", "forbidden"]),
                                    models.Q(("text", ""), _negated=True),
                                ),
                                name="campaigns_claim_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "forbidden"), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="campaigns_claim_forbidden_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("evidence", ""), ("evidence_place", "")),
                                    models.Q(
                                        models.Q(("evidence", ""), _negated=True),
                                        models.Q(("evidence_place", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_claim_evidence_kept",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_from", None),
                                    ("valid_until", None),
                                    ("valid_until__gte", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="campaigns_claim_days",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Clause",
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
                        ("key", models.SlugField(db_index=False, max_length=40)),
                        ("number", models.PositiveSmallIntegerField()),
                        ("heading", models.CharField(max_length=120)),
                        ("text", models.TextField(max_length=5000)),
                        (
                            "when",
                            models.CharField(
                                choices=[
                                    ("always", "In every contract"),
                                    ("rights", "Where the brand gets rights of use"),
                                    ("exclusive", "Where exclusivity is agreed"),
                                    ("kill_fee", "Where a kill fee is agreed"),
                                    ("claims", "Where claims are named"),
                                    ("embargo", "Where an embargo is agreed"),
                                    ("minor", "Where the creator is a minor"),
                                    ("virtual", "Where the creator is virtual"),
                                    ("equity", "Where equity is part of the pay"),
                                    (
                                        "whitelisting",
                                        "Where the brand advertises through the creator's account",
                                    ),
                                ],
                                default="always",
                                max_length=12,
                            ),
                        ),
                        ("is_used", models.BooleanField(default=True)),
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
                        "ordering": ["brand", "key", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "key", "number"), name="campaigns_clause_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("heading", ""), _negated=True),
                                    models.Q(("text", ""), _negated=True),
                                    (
                                        "when__in",
                                        [
                                            "always",
                                            "rights",
                                            "exclusive",
                                            "kill_fee",
                                            "claims",
                                            "embargo",
                                            "minor",
                                            "virtual",
                                            "equity",
                                            "whitelisting",
                                        ],
                                    ),
                                ),
                                name="campaigns_clause_said",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContractRules",
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
                        ("legal_name", models.CharField(blank=True, default="", max_length=200)),
                        ("address", models.CharField(blank=True, default="", max_length=500)),
                        ("law", models.CharField(blank=True, default="", max_length=120)),
                        ("net_days", models.PositiveSmallIntegerField(default=30)),
                        ("revision_rounds", models.PositiveSmallIntegerField(default=2)),
                        ("review_days", models.PositiveSmallIntegerField(default=5)),
                        ("legal_always", models.BooleanField(default=False)),
                        (
                            "legal_above",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=12, null=True
                            ),
                        ),
                        ("legal_for_equity", models.BooleanField(default=True)),
                        ("legal_for_minors", models.BooleanField(default=True)),
                        ("legal_for_whitelisting", models.BooleanField(default=True)),
                        ("legal_for_special", models.BooleanField(default=True)),
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
                                    ("net_days__lte", 180),
                                    ("review_days__range", (1, 60)),
                                    ("revision_rounds__lte", 20),
                                    models.Q(
                                        ("legal_above", None),
                                        ("legal_above__gte", 0),
                                        _connector="OR",
                                    ),
                                ),
                                name="campaigns_contract_rules_numbers",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Delegation",
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
                            "gate",
                            models.CharField(
                                choices=[
                                    ("manager", "Manager"),
                                    ("brand", "Brand"),
                                    ("legal", "Legal"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField()),
                        ("created_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "giver",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "receiver",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-starts_on", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on__gte", models.F("starts_on")),
                                    ("gate__in", ["manager", "brand", "legal"]),
                                    models.Q(("giver", models.F("receiver")), _negated=True),
                                ),
                                name="campaigns_delegation_valid",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Deliverable",
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
                        ("title", models.CharField(max_length=200)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("sponsored_post", "Sponsored post"),
                                    ("review", "Review"),
                                    ("unboxing", "Unboxing"),
                                    ("tutorial", "Tutorial"),
                                    ("lifestyle", "Lifestyle"),
                                    ("collaborative", "Collaborative post"),
                                    ("other", "Something else"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "form",
                            models.CharField(
                                choices=[
                                    ("image", "Image"),
                                    ("carousel", "Carousel"),
                                    ("short_video", "Short video"),
                                    ("video", "Video"),
                                    ("live", "Live"),
                                    ("story", "Story"),
                                    ("text", "Text"),
                                    ("audio", "Podcast or audio"),
                                    ("article", "Newsletter or article"),
                                    ("event", "Event"),
                                    ("ar_effect", "AR filter or try-on"),
                                    ("other", "Other"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("draft_due_on", models.DateField(blank=True, null=True)),
                        ("publish_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("planned", "To be made"),
                                    ("in_review", "In review"),
                                    ("needs_work", "Needs work"),
                                    ("approved", "Approved"),
                                    ("published", "Published"),
                                    ("cancelled", "Called off"),
                                ],
                                default="planned",
                                max_length=12,
                            ),
                        ),
                        ("state_since", models.DateTimeField(default=django.utils.timezone.now)),
                        ("rounds", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "gates",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("manager", "Manager"),
                                        ("brand", "Brand"),
                                        ("legal", "Legal"),
                                    ],
                                    max_length=10,
                                ),
                                blank=True,
                                null=True,
                                size=None,
                            ),
                        ),
                        (
                            "fast_lane_reason",
                            models.CharField(blank=True, db_default="", default="", max_length=500),
                        ),
                        ("published_url", models.URLField(blank=True, default="", max_length=500)),
                        ("published_at", models.DateTimeField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
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
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="deliverables",
                                to="campaigns.engagement",
                            ),
                        ),
                        (
                            "platform",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.platform",
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.post",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["engagement", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["engagement", "id"], name="campaigns_deliverable_list"
                            ),
                            models.Index(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ["planned", "in_review", "needs_work", "approved"],
                                    )
                                ),
                                fields=["state", "state_since"],
                                name="campaigns_deliverable_open",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("title", ""), _negated=True),
                                name="campaigns_deliverable_titled",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "form__in",
                                        [
                                            "image",
                                            "carousel",
                                            "short_video",
                                            "video",
                                            "live",
                                            "story",
                                            "text",
                                            "audio",
                                            "article",
                                            "event",
                                            "ar_effect",
                                            "other",
                                        ],
                                    ),
                                    (
                                        "kind__in",
                                        [
                                            "sponsored_post",
                                            "review",
                                            "unboxing",
                                            "tutorial",
                                            "lifestyle",
                                            "collaborative",
                                            "other",
                                        ],
                                    ),
                                    (
                                        "state__in",
                                        [
                                            "planned",
                                            "in_review",
                                            "needs_work",
                                            "approved",
                                            "published",
                                            "cancelled",
                                        ],
                                    ),
                                ),
                                name="campaigns_deliverable_choices",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "published"), _negated=True),
                                    ("published_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="campaigns_deliverable_published",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state_since__gte", models.F("created_at"))),
                                name="campaigns_deliverable_state_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("fast_lane_reason", ""), ("gates", None)),
                                    models.Q(
                                        ("gates__isnull", False),
                                        models.Q(("fast_lane_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_deliverable_fast_lane",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("rounds", None), ("rounds__gte", 1), _connector="OR"
                                ),
                                name="campaigns_deliverable_rounds",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExclusiveElsewhere",
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
                        ("to", models.CharField(blank=True, default="", max_length=120)),
                        ("category", models.CharField(max_length=200)),
                        ("until", models.DateField(blank=True, null=True)),
                        ("source", models.CharField(max_length=500)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.relationship",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["relationship", "-created_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("category", ""), _negated=True),
                                    models.Q(("source", ""), _negated=True),
                                ),
                                name="campaigns_elsewhere_said",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Guideline",
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
                                choices=[("do", "Do"), ("dont", "Don't")], max_length=4
                            ),
                        ),
                        ("text", models.CharField(max_length=300)),
                        ("segment", models.CharField(blank=True, default="", max_length=60)),
                        ("jurisdiction", models.CharField(blank=True, default="", max_length=2)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
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
                            "platform",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.platform",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brand", "kind", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("archived_at", None)),
                                fields=["brand", "kind", "id"],
                                name="campaigns_guideline_list",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["do", "dont"]),
                                    models.Q(("text", ""), _negated=True),
                                ),
                                name="campaigns_guideline_valid",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Policy",
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
                        ("title", models.CharField(max_length=120)),
                        (
                            "roles",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=20),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("for_creators", models.BooleanField(default=False)),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
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
                            "owner",
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
                        "ordering": ["brand", "title", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "title", "id"], name="campaigns_policy_list"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("archived_at", None)),
                                fields=("brand", "title"),
                                name="campaigns_policy_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("title", ""), _negated=True),
                                    (
                                        "roles__contained_by",
                                        ["strategist", "manager", "analyst", "legal", "admin"],
                                    ),
                                ),
                                name="campaigns_policy_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PostSetAside",
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
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
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
                            "engagement",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="campaigns.engagement",
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.post",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("engagement", "post"), name="campaigns_post_set_aside_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReportCopy",
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
                        ("taken_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("report", models.JSONField()),
                        ("digest", models.CharField(max_length=64)),
                        (
                            "campaign",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="report_copies",
                                to="campaigns.campaign",
                            ),
                        ),
                        (
                            "taken_by",
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
                        "ordering": ["campaign", "-taken_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["campaign", "-taken_at", "-id"],
                                name="campaigns_report_copies",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")),
                                name="campaigns_report_copy_digest",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReviewPlan",
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
                            "gates",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("manager", "Manager"),
                                        ("brand", "Brand"),
                                        ("legal", "Legal"),
                                    ],
                                    max_length=10,
                                ),
                                default=list,
                                size=None,
                            ),
                        ),
                        ("rounds", models.PositiveSmallIntegerField(default=3)),
                        ("manager_hours", models.PositiveSmallIntegerField(default=8)),
                        ("brand_hours", models.PositiveSmallIntegerField(default=16)),
                        ("legal_hours", models.PositiveSmallIntegerField(default=16)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "brand_keeper",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "campaign",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="campaigns.campaign",
                            ),
                        ),
                        (
                            "legal_keeper",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "manager_keeper",
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
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("gates__contained_by", ["manager", "brand", "legal"]),
                                    ("rounds__range", (1, 20)),
                                    models.Q(("gates", []), _negated=True),
                                    ("brand_hours__range", (1, 400)),
                                    ("legal_hours__range", (1, 400)),
                                    ("manager_hours__range", (1, 400)),
                                ),
                                name="campaigns_review_plan_valid",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WorkingWeek",
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
                            "days",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.PositiveSmallIntegerField(),
                                default=list,
                                size=None,
                            ),
                        ),
                        ("starts", models.TimeField(default=dt.time(9, 0))),
                        ("ends", models.TimeField(default=dt.time(17, 0))),
                        ("country", models.CharField(blank=True, default="", max_length=2)),
                        ("is_legal_always", models.BooleanField(default=False)),
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
                                    ("ends__gt", models.F("starts")),
                                    models.Q(("days", []), _negated=True),
                                    ("days__contained_by", [0, 1, 2, 3, 4, 5, 6]),
                                ),
                                name="campaigns_week_valid",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Asset",
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
                        ("title", models.CharField(max_length=200)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("image", "Image"),
                                    ("video", "Video"),
                                    ("audio", "Audio"),
                                    ("document", "Document"),
                                    ("text", "Text"),
                                    ("page", "Published post or page"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "origin",
                            models.CharField(
                                choices=[
                                    ("campaign", "Made for a campaign"),
                                    ("post", "A creator's own post"),
                                    ("ugc", "By a customer (UGC)"),
                                    ("testimonial", "Testimonial"),
                                    ("own", "The brand's own"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("sha256", models.CharField(blank=True, default="", max_length=64)),
                        ("file_name", models.CharField(blank=True, default="", max_length=255)),
                        ("content_type", models.CharField(blank=True, default="", max_length=120)),
                        ("size", models.PositiveBigIntegerField(blank=True, null=True)),
                        ("url", models.CharField(blank=True, default="", max_length=500)),
                        ("made_by", models.CharField(blank=True, default="", max_length=120)),
                        (
                            "tags",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("alt_text", models.CharField(blank=True, default="", max_length=1000)),
                        (
                            "ai_use",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("none", "Made without AI"),
                                    ("assisted", "Made with the help of AI"),
                                    ("generated", "Generated by AI"),
                                ],
                                default="",
                                max_length=10,
                            ),
                        ),
                        (
                            "releases",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("nobody", "Nobody can be recognised"),
                                    ("held", "Everybody shown has agreed"),
                                    ("missing", "Somebody shown has not agreed"),
                                ],
                                default="",
                                max_length=10,
                            ),
                        ),
                        ("people", models.CharField(blank=True, default="", max_length=300)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("archived_at", models.DateTimeField(blank=True, null=True)),
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
                            "engagement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="assets",
                                to="campaigns.engagement",
                            ),
                        ),
                        (
                            "platform",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="crm.platform",
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.post",
                            ),
                        ),
                        (
                            "relationship",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.relationship",
                            ),
                        ),
                        (
                            "deliverable",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="assets",
                                to="campaigns.deliverable",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-created_at", "-id"], name="campaigns_asset_list"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["tags"], name="campaigns_asset_tags"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("title", ""), _negated=True),
                                name="campaigns_asset_titled",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ai_use__in", ["", "none", "assisted", "generated"]),
                                    (
                                        "kind__in",
                                        ["image", "video", "audio", "document", "text", "page"],
                                    ),
                                    (
                                        "origin__in",
                                        ["campaign", "post", "ugc", "testimonial", "own"],
                                    ),
                                    ("releases__in", ["", "nobody", "held", "missing"]),
                                ),
                                name="campaigns_asset_choices",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("sha256__regex", "^[0-9a-f]{64}$"),
                                        ("size__gt", 0),
                                        models.Q(("file_name", ""), _negated=True),
                                        models.Q(("content_type", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("content_type", ""),
                                        ("file_name", ""),
                                        ("sha256", ""),
                                        ("size", None),
                                        models.Q(("url", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_asset_is_somewhere",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("sha256", ""), _negated=True),
                                fields=("brand", "sha256"),
                                name="campaigns_asset_file_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("url", ""), _negated=True),
                                fields=("brand", "url"),
                                name="campaigns_asset_url_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BriefVersion",
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
                        ("number", models.PositiveSmallIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("submitted", "Waits for approval"),
                                    ("approved", "Approved"),
                                    ("superseded", "Replaced by a newer version"),
                                ],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("state_since", models.DateTimeField(default=django.utils.timezone.now)),
                        ("document", models.JSONField()),
                        ("digest", models.CharField(max_length=64)),
                        ("reason", models.CharField(blank=True, default="", max_length=500)),
                        ("needs_legal", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("submitted_at", models.DateTimeField(blank=True, null=True)),
                        ("approved_at", models.DateTimeField(blank=True, null=True)),
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
                            "brief",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="campaigns.brief",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["brief", "number"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "submitted")),
                                fields=["state_since"],
                                name="campaigns_brief_waiting",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brief", "number"), name="campaigns_brief_version_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["draft", "submitted"])),
                                fields=("brief",),
                                name="campaigns_brief_one_open",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "approved")),
                                fields=("brief",),
                                name="campaigns_brief_one_approved",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("digest__regex", "^[0-9a-f]{64}$"),
                                    ("number__gte", 1),
                                    ("state__in", ["draft", "submitted", "approved", "superseded"]),
                                ),
                                name="campaigns_brief_version_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("approved_at", None),
                                        ("state", "draft"),
                                        ("submitted_at", None),
                                    ),
                                    models.Q(
                                        ("approved_at", None),
                                        ("state", "submitted"),
                                        ("submitted_at__isnull", False),
                                    ),
                                    models.Q(
                                        ("approved_at__isnull", False),
                                        ("state__in", ["approved", "superseded"]),
                                        ("submitted_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_brief_version_steps",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DeliverableEvent",
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
                                    ("plan", "Planned"),
                                    ("edit", "Changed"),
                                    ("shorten", "Put on the fast lane"),
                                    ("submit", "Draft submitted"),
                                    ("withdraw", "Draft taken back"),
                                    ("approve", "Gate approved"),
                                    ("correct", "Gate approved with corrections"),
                                    ("refuse", "Sent back: needs work"),
                                    ("confirm", "Corrections confirmed as done"),
                                    ("reopen", "Review opened again"),
                                    ("publish", "Published"),
                                    ("cancel", "Called off"),
                                    ("restore", "Taken up again"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("name", models.CharField(blank=True, default="", max_length=120)),
                        ("at", models.DateTimeField()),
                        ("number", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "gate",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("manager", "Manager"),
                                    ("brand", "Brand"),
                                    ("legal", "Legal"),
                                ],
                                default="",
                                max_length=10,
                            ),
                        ),
                        ("note", models.CharField(blank=True, default="", max_length=2000)),
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
                            "deliverable",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="events",
                                to="campaigns.deliverable",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["deliverable", "at", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["deliverable", "-at", "-id"],
                                name="campaigns_deliverable_history",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "act__in",
                                        [
                                            "plan",
                                            "edit",
                                            "shorten",
                                            "submit",
                                            "withdraw",
                                            "approve",
                                            "correct",
                                            "refuse",
                                            "confirm",
                                            "reopen",
                                            "publish",
                                            "cancel",
                                            "restore",
                                        ],
                                    ),
                                    ("gate__in", ["", "manager", "brand", "legal"]),
                                ),
                                name="campaigns_deliverable_event_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("act__in", ["shorten", "refuse", "reopen", "cancel"]),
                                        _negated=True,
                                    ),
                                    models.Q(("note", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="campaigns_deliverable_event_reasoned",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GuestLink",
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
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("portal", "A creator's pages in a campaign"),
                                    ("reviewer", "The review of a piece of content"),
                                    ("report", "The report of a campaign"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("expires_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.brand",
                            ),
                        ),
                        (
                            "campaign",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="guests",
                                to="campaigns.campaign",
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
                            "deliverable",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="guests",
                                to="campaigns.deliverable",
                            ),
                        ),
                        (
                            "engagement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="guests",
                                to="campaigns.engagement",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("name", ""), _negated=True),
                                name="campaigns_guest_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("created_at"))),
                                name="campaigns_guest_ends",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("campaign", None),
                                        ("deliverable", None),
                                        ("engagement__isnull", False),
                                        ("kind", "portal"),
                                    ),
                                    models.Q(
                                        ("campaign", None),
                                        ("deliverable__isnull", False),
                                        ("engagement", None),
                                        ("kind", "reviewer"),
                                    ),
                                    models.Q(
                                        ("campaign__isnull", False),
                                        ("deliverable", None),
                                        ("engagement", None),
                                        ("kind", "report"),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_guest_opens_one",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PolicyVersion",
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
                        ("number", models.PositiveSmallIntegerField()),
                        ("text", models.TextField(max_length=20000)),
                        ("reason", models.CharField(blank=True, default="", max_length=500)),
                        ("digest", models.CharField(max_length=64)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("published_at", models.DateTimeField(blank=True, null=True)),
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
                            "policy",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="campaigns.policy",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["policy", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("policy", "number"), name="campaigns_policy_version_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("published_at", None)),
                                fields=("policy",),
                                name="campaigns_policy_one_draft",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("digest__regex", "^[0-9a-f]{64}$"),
                                    ("number__gte", 1),
                                    models.Q(("text", ""), _negated=True),
                                ),
                                name="campaigns_policy_version_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AssetUse",
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
                            "usage",
                            models.CharField(
                                choices=[
                                    ("organic", "Organic: show it on the brand's own channels"),
                                    ("paid", "Paid: use it in the brand's advertising"),
                                    (
                                        "whitelisting",
                                        "Whitelisting: advertise through the creator's account",
                                    ),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "territory",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("channel", models.CharField(max_length=30)),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField(blank=True, null=True)),
                        ("url", models.CharField(blank=True, default="", max_length=500)),
                        ("note", models.CharField(blank=True, default="", max_length=500)),
                        (
                            "verdict",
                            models.CharField(
                                choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not known")],
                                max_length=8,
                            ),
                        ),
                        ("answer", models.JSONField(default=dict)),
                        ("reason", models.CharField(blank=True, default="", max_length=500)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "asset",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="uses",
                                to="campaigns.asset",
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
                        "ordering": ["-starts_on", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["asset", "-starts_on", "-id"], name="campaigns_use_log"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("usage__in", ["organic", "paid", "whitelisting"]),
                                    ("verdict__in", ["yes", "no", "unknown"]),
                                    models.Q(("channel", ""), _negated=True),
                                ),
                                name="campaigns_use_choices",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on", None),
                                    ("ends_on__gte", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="campaigns_use_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("verdict", "yes"),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="campaigns_use_reasoned",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BriefAcceptance",
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
                        ("name", models.CharField(max_length=120)),
                        ("at", models.DateTimeField()),
                        ("digest", models.CharField(max_length=64)),
                        ("note", models.CharField(blank=True, default="", max_length=500)),
                        (
                            "engagement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="brief_acceptances",
                                to="campaigns.engagement",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="acceptances",
                                to="campaigns.briefversion",
                            ),
                        ),
                        (
                            "link",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.guestlink",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["version", "at", "pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("name", ""), _negated=True),
                                    ("digest__regex", "^[0-9a-f]{64}$"),
                                ),
                                name="campaigns_briefacceptance_said",
                            ),
                            models.UniqueConstraint(
                                fields=("version", "engagement"),
                                name="campaigns_brief_accepted_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BriefDecision",
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
                            "gate",
                            models.CharField(
                                choices=[("brand", "The brand"), ("legal", "Legal")], max_length=5
                            ),
                        ),
                        ("is_yes", models.BooleanField()),
                        ("at", models.DateTimeField()),
                        ("note", models.CharField(blank=True, default="", max_length=1000)),
                        ("digest", models.CharField(max_length=64)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="decisions",
                                to="campaigns.briefversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["version", "at", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("digest__regex", "^[0-9a-f]{64}$"),
                                    ("gate__in", ["brand", "legal"]),
                                ),
                                name="campaigns_brief_decision_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_yes", True),
                                    models.Q(("note", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="campaigns_brief_decision_reasoned",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Draft",
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
                        ("text", models.TextField(blank=True, default="", max_length=50000)),
                        (
                            "links",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.URLField(max_length=500),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("note", models.CharField(blank=True, default="", max_length=1000)),
                        ("basis", models.JSONField(default=dict)),
                        ("round_reason", models.CharField(blank=True, default="", max_length=500)),
                        ("submitted_at", models.DateTimeField()),
                        ("is_sealed", models.BooleanField(default=False)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("in_review", "In review"),
                                    ("needs_work", "Needs work"),
                                    ("approved", "Approved"),
                                    ("withdrawn", "Taken back"),
                                ],
                                default="in_review",
                                max_length=10,
                            ),
                        ),
                        ("state_since", models.DateTimeField()),
                        ("opening", models.PositiveSmallIntegerField(default=1)),
                        (
                            "deliverable",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="drafts",
                                to="campaigns.deliverable",
                            ),
                        ),
                        (
                            "submitted_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "link",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.guestlink",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["deliverable", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("deliverable", "number"), name="campaigns_draft_numbered"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "in_review")),
                                fields=("deliverable",),
                                name="campaigns_draft_one_in_review",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("number__gte", 1),
                                    ("opening__gte", 1),
                                    (
                                        "state__in",
                                        ["in_review", "needs_work", "approved", "withdrawn"],
                                    ),
                                ),
                                name="campaigns_draft_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PolicyAcceptance",
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
                        ("name", models.CharField(max_length=120)),
                        ("at", models.DateTimeField()),
                        ("digest", models.CharField(max_length=64)),
                        ("note", models.CharField(blank=True, default="", max_length=500)),
                        (
                            "engagement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="policy_acceptances",
                                to="campaigns.engagement",
                            ),
                        ),
                        (
                            "link",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.guestlink",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="acceptances",
                                to="campaigns.policyversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["version", "at", "pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("name", ""), _negated=True),
                                    ("digest__regex", "^[0-9a-f]{64}$"),
                                ),
                                name="campaigns_policyacceptance_said",
                            ),
                            models.UniqueConstraint(
                                fields=("version", "engagement"),
                                name="campaigns_policy_accepted_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PolicyReading",
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
                        ("at", models.DateTimeField()),
                        ("digest", models.CharField(max_length=64)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="readings",
                                to="campaigns.policyversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["version", "at", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("version", "user"), name="campaigns_policy_read_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Publication",
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
                        ("address_key", models.CharField(blank=True, max_length=540, null=True)),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "exception_because",
                            models.CharField(blank=True, default="", max_length=500),
                        ),
                        (
                            "state_before",
                            models.CharField(
                                choices=[
                                    ("planned", "To be made"),
                                    ("in_review", "In review"),
                                    ("needs_work", "Needs work"),
                                    ("approved", "Approved"),
                                    ("published", "Published"),
                                    ("cancelled", "Called off"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("gone_at", models.DateTimeField(blank=True, null=True)),
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
                            "deliverable",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="publication",
                                to="campaigns.deliverable",
                            ),
                        ),
                        (
                            "link",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.guestlink",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-recorded_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("brand", "address_key"),
                                name="campaigns_publication_address_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("address_key", None),
                                    models.Q(("address_key", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="campaigns_publication_address",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state_before__in",
                                        [
                                            "planned",
                                            "in_review",
                                            "needs_work",
                                            "approved",
                                            "published",
                                            "cancelled",
                                        ],
                                    )
                                ),
                                name="campaigns_publication_state",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UsageRight",
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
                            "usage",
                            models.CharField(
                                choices=[
                                    ("organic", "Organic: show it on the brand's own channels"),
                                    ("paid", "Paid: use it in the brand's advertising"),
                                    (
                                        "whitelisting",
                                        "Whitelisting: advertise through the creator's account",
                                    ),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "territory",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "territory_words",
                            models.CharField(blank=True, default="", max_length=200),
                        ),
                        (
                            "channels",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=30),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "channels_words",
                            models.CharField(blank=True, default="", max_length=200),
                        ),
                        (
                            "trigger",
                            models.CharField(
                                choices=[
                                    ("day", "On a day"),
                                    ("publication", "When the content is published"),
                                    ("signing", "When the contract is signed"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("starts_on", models.DateField(blank=True, null=True)),
                        ("ends_on", models.DateField(blank=True, null=True)),
                        ("months", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("is_endless", models.BooleanField(default=False)),
                        ("is_exclusive", models.BooleanField(default=False)),
                        ("may_edit", models.BooleanField(blank=True, null=True)),
                        ("credit", models.CharField(blank=True, default="", max_length=200)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("contract", "Contract"),
                                    ("offer", "Accepted offer"),
                                    ("hand", "Written down by hand"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("reference", models.CharField(blank=True, default="", max_length=200)),
                        ("given_by", models.CharField(blank=True, default="", max_length=120)),
                        ("note", models.CharField(blank=True, default="", max_length=1000)),
                        (
                            "document_sha256",
                            models.CharField(blank=True, default="", max_length=64),
                        ),
                        ("document_name", models.CharField(blank=True, default="", max_length=255)),
                        ("document_type", models.CharField(blank=True, default="", max_length=120)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_on", models.DateField(blank=True, null=True)),
                        (
                            "revoked_reason",
                            models.CharField(blank=True, default="", max_length=500),
                        ),
                        (
                            "asset",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rights",
                                to="campaigns.asset",
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
                        (
                            "deliverable",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rights",
                                to="campaigns.deliverable",
                            ),
                        ),
                        (
                            "engagement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rights",
                                to="campaigns.engagement",
                            ),
                        ),
                        (
                            "granted_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="granted_rights",
                                to="campaigns.offer",
                            ),
                        ),
                        (
                            "part_of",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="parts",
                                to="campaigns.usageright",
                            ),
                        ),
                        (
                            "renews",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="renewals",
                                to="campaigns.usageright",
                            ),
                        ),
                        (
                            "revoked_by",
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
                        "ordering": ["starts_on", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("ends_on__isnull", False), ("revoked_at", None)
                                ),
                                fields=["brand", "ends_on"],
                                name="campaigns_usage_ending",
                            ),
                            models.Index(fields=["brand", "-id"], name="campaigns_usage_list"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("source__in", ["contract", "offer", "hand"]),
                                    ("trigger__in", ["day", "publication", "signing"]),
                                    ("usage__in", ["organic", "paid", "whitelisting"]),
                                ),
                                name="campaigns_usage_choices",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("asset", None), ("engagement__isnull", False)),
                                    models.Q(
                                        ("asset__isnull", False),
                                        ("deliverable", None),
                                        ("engagement", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_usage_of_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        models.Q(("trigger", "day"), _negated=True),
                                        ("starts_on__isnull", False),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        models.Q(("trigger", "publication"), _negated=True),
                                        ("engagement__isnull", False),
                                        _connector="OR",
                                    ),
                                ),
                                name="campaigns_usage_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ends_on", None), ("is_endless", True), ("months", None)
                                    ),
                                    models.Q(
                                        ("ends_on__isnull", False),
                                        ("is_endless", False),
                                        ("months", None),
                                    ),
                                    models.Q(
                                        ("ends_on", None),
                                        ("is_endless", False),
                                        ("months__range", (1, 120)),
                                        ("starts_on", None),
                                    ),
                                    models.Q(
                                        ("ends_on__isnull", False),
                                        ("is_endless", False),
                                        ("months__range", (1, 120)),
                                        ("starts_on__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_usage_ends",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("starts_on", None),
                                    ("ends_on", None),
                                    ("ends_on__gte", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="campaigns_usage_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("territory_words", ""), ("territory", []), _connector="OR"
                                    ),
                                    models.Q(
                                        ("channels_words", ""), ("channels", []), _connector="OR"
                                    ),
                                ),
                                name="campaigns_usage_words",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("source", "hand"), _negated=True),
                                    models.Q(("note", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="campaigns_usage_hand_seen",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("document_name", ""),
                                        ("document_sha256", ""),
                                        ("document_type", ""),
                                    ),
                                    models.Q(
                                        ("document_sha256__regex", "^[0-9a-f]{64}$"),
                                        models.Q(("document_name", ""), _negated=True),
                                        models.Q(("document_type", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_usage_document",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("revoked_at", None),
                                        ("revoked_on", None),
                                        ("revoked_reason", ""),
                                    ),
                                    models.Q(
                                        ("revoked_at__isnull", False),
                                        ("revoked_on__isnull", False),
                                        models.Q(("revoked_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_usage_revoked",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("part_of", None),
                                    models.Q(
                                        ("deliverable__isnull", False), ("starts_on__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_usage_part",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("part_of__isnull", False)),
                                fields=("part_of", "deliverable"),
                                name="campaigns_usage_part_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DraftFile",
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
                        ("name", models.CharField(max_length=255)),
                        ("content_type", models.CharField(max_length=120)),
                        ("size", models.BigIntegerField()),
                        ("sha256", models.CharField(max_length=64)),
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
                            "draft",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="files",
                                to="campaigns.draft",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["draft", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "sha256"], name="campaigns_draft_file_by_hash"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sha256__regex", "^[0-9a-f]{64}$"),
                                    ("size__gt", 0),
                                    models.Q(("name", ""), _negated=True),
                                ),
                                name="campaigns_draft_file_valid",
                            ),
                            models.UniqueConstraint(
                                fields=("draft", "sha256"), name="campaigns_draft_file_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FirstReading",
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
                        ("read_at", models.DateTimeField()),
                        (
                            "verdict",
                            models.CharField(
                                choices=[
                                    ("below", "Below the usual"),
                                    ("within", "Within the usual"),
                                    ("above", "Above the usual"),
                                    ("unknown", "Cannot be told"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("rate", models.FloatField(blank=True, null=True)),
                        ("usual", models.FloatField(blank=True, null=True)),
                        ("low", models.FloatField(blank=True, null=True)),
                        ("high", models.FloatField(blank=True, null=True)),
                        ("posts", models.PositiveIntegerField(default=0)),
                        ("why", models.CharField(max_length=500)),
                        (
                            "publication",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reading",
                                to="campaigns.publication",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("verdict__in", ["below", "within", "above", "unknown"]),
                                    models.Q(("why", ""), _negated=True),
                                ),
                                name="campaigns_reading_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("verdict", "unknown"),
                                    models.Q(
                                        ("high__isnull", False),
                                        ("low__isnull", False),
                                        ("rate__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_reading_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GateTurn",
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
                        ("opening", models.PositiveSmallIntegerField()),
                        (
                            "gate",
                            models.CharField(
                                choices=[
                                    ("manager", "Manager"),
                                    ("brand", "Brand"),
                                    ("legal", "Legal"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        ("began_at", models.DateTimeField(blank=True, null=True)),
                        ("due_at", models.DateTimeField(blank=True, null=True)),
                        ("reminded_at", models.DateTimeField(blank=True, null=True)),
                        ("escalated_at", models.DateTimeField(blank=True, null=True)),
                        ("is_dropped", models.BooleanField(default=False)),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("approved", "Approved"),
                                    ("corrections", "Approved with corrections"),
                                    ("needs_work", "Needs work"),
                                ],
                                default="",
                                max_length=12,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, default="", max_length=2000)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "draft",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="turns",
                                to="campaigns.draft",
                            ),
                        ),
                        (
                            "on_behalf_of",
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
                        "ordering": ["draft", "opening", "position"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("began_at__isnull", False),
                                    ("decided_at", None),
                                    ("is_dropped", False),
                                ),
                                fields=["due_at", "id"],
                                name="campaigns_gate_queue",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("draft", "opening", "gate"), name="campaigns_gate_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("began_at__isnull", False),
                                    ("decided_at", None),
                                    ("is_dropped", False),
                                ),
                                fields=("draft",),
                                name="campaigns_gate_one_turn",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("gate__in", ["manager", "brand", "legal"]),
                                    ("outcome__in", ["", "approved", "corrections", "needs_work"]),
                                ),
                                name="campaigns_gate_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at", None), ("outcome", "")),
                                    models.Q(
                                        ("decided_at__gte", models.F("began_at")),
                                        ("is_dropped", False),
                                        models.Q(("outcome", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_gate_decided",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("began_at", None), ("due_at", None)),
                                    ("due_at__gt", models.F("began_at")),
                                    _connector="OR",
                                ),
                                name="campaigns_gate_clock",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("outcome", "needs_work"), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="campaigns_gate_reasoned",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Opinion",
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
                        ("name", models.CharField(max_length=120)),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("approved", "Approved"),
                                    ("corrections", "Approved with corrections"),
                                    ("needs_work", "Needs work"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, default="", max_length=2000)),
                        ("at", models.DateTimeField()),
                        (
                            "draft",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="opinions",
                                to="campaigns.draft",
                            ),
                        ),
                        (
                            "link",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.guestlink",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["draft", "at", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("outcome__in", ["approved", "needs_work"]),
                                    models.Q(("name", ""), _negated=True),
                                ),
                                name="campaigns_opinion_valid",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RightEvent",
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
                                    ("grant", "Given"),
                                    ("start", "Started"),
                                    ("revoke", "Taken back"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("on", models.DateField(blank=True, null=True)),
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
                            "right",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="events",
                                to="campaigns.usageright",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["right", "at", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("act__in", ["grant", "start", "revoke"])),
                                name="campaigns_right_event_act",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Sighting",
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
                                    ("import", "An import"),
                                    ("capture", "A capture"),
                                    ("look", "Somebody looked"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("is_there", models.BooleanField()),
                        ("seen_at", models.DateTimeField()),
                        ("digest", models.CharField(blank=True, default="", max_length=64)),
                        ("content_type", models.CharField(blank=True, default="", max_length=40)),
                        ("note", models.CharField(blank=True, default="", max_length=500)),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "batch",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.importbatch",
                            ),
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
                            "link",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.guestlink",
                            ),
                        ),
                        (
                            "post",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="crm.post",
                            ),
                        ),
                        (
                            "publication",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sightings",
                                to="campaigns.publication",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["publication", "-seen_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["import", "capture", "look"])),
                                name="campaigns_sighting_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("digest", ""), ("kind", "import")),
                                    models.Q(
                                        ("kind", "capture"), models.Q(("digest", ""), _negated=True)
                                    ),
                                    models.Q(
                                        ("digest", ""),
                                        ("is_there", False),
                                        ("kind", "look"),
                                        models.Q(("note", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_sighting_shows",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("seen_at__lte", models.F("recorded_at"))),
                                name="campaigns_sighting_past",
                            ),
                            models.UniqueConstraint(
                                fields=("publication", "batch"),
                                name="campaigns_sighting_import_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ChecklistEntry",
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
                        ("key", models.CharField(max_length=80)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("piece", "The piece itself"),
                                    ("brief", "The brief"),
                                    ("guideline", "Guidelines"),
                                    ("claim", "Claims in the text"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("question", models.CharField(max_length=500)),
                        (
                            "answer",
                            models.CharField(
                                choices=[
                                    ("yes", "In order"),
                                    ("no", "Not in order"),
                                    ("not_applicable", "Does not apply"),
                                ],
                                max_length=14,
                            ),
                        ),
                        ("note", models.CharField(blank=True, default="", max_length=500)),
                        (
                            "turn",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="checklist",
                                to="campaigns.gateturn",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["turn", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("turn", "key"), name="campaigns_checklist_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("answer__in", ["yes", "no", "not_applicable"]),
                                    ("kind__in", ["piece", "brief", "guideline", "claim"]),
                                ),
                                name="campaigns_checklist_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Comment",
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
                        ("text", models.TextField(max_length=5000)),
                        ("name", models.CharField(max_length=120)),
                        ("at", models.DateTimeField()),
                        ("is_visible", models.BooleanField(default=False)),
                        ("start", models.PositiveIntegerField(blank=True, null=True)),
                        ("end", models.PositiveIntegerField(blank=True, null=True)),
                        ("quote", models.CharField(blank=True, default="", max_length=1000)),
                        (
                            "seconds",
                            models.DecimalField(
                                blank=True, decimal_places=1, max_digits=8, null=True
                            ),
                        ),
                        ("resolved_at", models.DateTimeField(blank=True, null=True)),
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
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="answers",
                                to="campaigns.comment",
                            ),
                        ),
                        (
                            "resolved_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "deliverable",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="comments",
                                to="campaigns.deliverable",
                            ),
                        ),
                        (
                            "draft",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="comments",
                                to="campaigns.draft",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="campaigns.draftfile",
                            ),
                        ),
                        (
                            "link",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.guestlink",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["deliverable", "at", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["deliverable", "at", "id"], name="campaigns_comment_talk"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("text", ""), _negated=True),
                                    models.Q(("name", ""), _negated=True),
                                ),
                                name="campaigns_comment_said",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("end", None), ("quote", ""), ("start", None)),
                                    models.Q(
                                        ("end__gt", models.F("start")),
                                        ("file", None),
                                        ("parent", None),
                                        models.Q(("quote", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_comment_anchor",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("seconds", None),
                                    models.Q(("file__isnull", False), ("seconds__gte", 0)),
                                    _connector="OR",
                                ),
                                name="campaigns_comment_in_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Correction",
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
                        ("text", models.CharField(max_length=500)),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "done_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "turn",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="corrections",
                                to="campaigns.gateturn",
                            ),
                        ),
                        (
                            "link",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.guestlink",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["turn", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("text", ""), _negated=True),
                                name="campaigns_correction_said",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Contract",
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
                        ("title", models.CharField(max_length=200)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("in_review", "With legal"),
                                    ("ready", "Ready to send"),
                                    ("sent", "Sent"),
                                    ("accepted", "In force"),
                                    ("declined", "Declined"),
                                    ("withdrawn", "Withdrawn"),
                                    ("superseded", "Superseded"),
                                    ("ended", "Ended"),
                                    ("terminated", "Terminated"),
                                ],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("state_since", models.DateTimeField(default=django.utils.timezone.now)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "amends",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="amendments",
                                to="campaigns.contract",
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
                                related_name="contracts",
                                to="campaigns.engagement",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="contracts",
                                to="campaigns.offer",
                            ),
                        ),
                        (
                            "owner",
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
                        "ordering": ["-state_since", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["brand", "-state_since", "-id"],
                                name="campaigns_contract_moved",
                            ),
                            models.Index(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ["draft", "in_review", "ready", "sent", "accepted"],
                                    )
                                ),
                                fields=["brand", "state", "owner"],
                                name="campaigns_contract_alive",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("title", ""), _negated=True),
                                name="campaigns_contract_titled",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "draft",
                                            "in_review",
                                            "ready",
                                            "sent",
                                            "accepted",
                                            "declined",
                                            "withdrawn",
                                            "superseded",
                                            "ended",
                                            "terminated",
                                        ],
                                    )
                                ),
                                name="campaigns_contract_state_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state_since__gte", models.F("created_at"))),
                                name="campaigns_contract_state_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amends", None),
                                    models.Q(("amends", models.F("pk")), _negated=True),
                                    _connector="OR",
                                ),
                                name="campaigns_contract_amends_other",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContractVersion",
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
                        ("number", models.PositiveSmallIntegerField()),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("reason", models.CharField(blank=True, default="", max_length=1000)),
                        ("terms", models.JSONField()),
                        ("currency", models.CharField(max_length=3)),
                        ("total", models.DecimalField(decimal_places=2, max_digits=12)),
                        ("starts_on", models.DateField(blank=True, null=True)),
                        ("ends_on", models.DateField(blank=True, null=True)),
                        ("exclusive_for", models.CharField(blank=True, default="", max_length=200)),
                        ("exclusive_from", models.DateField(blank=True, null=True)),
                        ("exclusive_until", models.DateField(blank=True, null=True)),
                        (
                            "exclusive_months",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        ("cleared_at", models.DateTimeField(blank=True, null=True)),
                        ("cleared_digest", models.CharField(blank=True, default="", max_length=64)),
                        ("fixed_at", models.DateTimeField(blank=True, null=True)),
                        ("document", models.JSONField(blank=True, null=True)),
                        ("digest", models.CharField(blank=True, default="", max_length=64)),
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
                            "cleared_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "contract",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="campaigns.contract",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["contract", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("contract", "number"),
                                name="campaigns_contract_version_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("fixed_at", None)),
                                fields=("contract",),
                                name="campaigns_contract_version_one_draft",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("digest", ""), ("document", None), ("fixed_at", None)
                                    ),
                                    models.Q(
                                        ("digest__regex", "^[0-9a-f]{64}$"),
                                        ("document__isnull", False),
                                        ("fixed_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_contract_version_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("currency__regex", "^[A-Z]{3}$"), ("total__gte", 0)
                                ),
                                name="campaigns_contract_version_money",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("starts_on", None),
                                        ("ends_on", None),
                                        ("ends_on__gte", models.F("starts_on")),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("exclusive_from", None),
                                        ("exclusive_until", None),
                                        ("exclusive_until__gte", models.F("exclusive_from")),
                                        _connector="OR",
                                    ),
                                ),
                                name="campaigns_contract_version_days",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("exclusive_for", ""),
                                        ("exclusive_from", None),
                                        ("exclusive_months", None),
                                        ("exclusive_until", None),
                                    ),
                                    models.Q(
                                        models.Q(("exclusive_for", ""), _negated=True),
                                        models.Q(
                                            models.Q(
                                                ("exclusive_months", None),
                                                ("exclusive_until__isnull", False),
                                            ),
                                            models.Q(
                                                ("exclusive_months__range", (1, 120)),
                                                ("exclusive_until", None),
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_contract_version_exclusive",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContractAcceptance",
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
                        ("name", models.CharField(max_length=120)),
                        ("at", models.DateTimeField()),
                        ("digest", models.CharField(max_length=64)),
                        ("note", models.CharField(blank=True, default="", max_length=500)),
                        ("guardian", models.CharField(blank=True, default="", max_length=120)),
                        ("on", models.DateField()),
                        ("file_name", models.CharField(blank=True, default="", max_length=255)),
                        ("file_type", models.CharField(blank=True, default="", max_length=120)),
                        ("file_size", models.PositiveIntegerField(blank=True, null=True)),
                        ("file_sha256", models.CharField(blank=True, default="", max_length=64)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "version",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="acceptance",
                                to="campaigns.contractversion",
                            ),
                        ),
                        (
                            "link",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.guestlink",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("name", ""), _negated=True),
                                    ("digest__regex", "^[0-9a-f]{64}$"),
                                ),
                                name="campaigns_contractacceptance_said",
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
                                name="campaigns_contractacceptance_file",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContractEvent",
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
                                    ("edit", "Change the draft"),
                                    ("submit", "Ask legal"),
                                    ("clear", "Clear for legal"),
                                    ("return", "Give back to the draft"),
                                    ("reopen", "Take back to the draft"),
                                    ("send", "Send"),
                                    ("accept", "Accept"),
                                    ("decline", "Decline"),
                                    ("revise", "Write a new version"),
                                    ("withdraw", "Withdraw"),
                                    ("amend", "Amend"),
                                    ("terminate", "Terminate"),
                                    ("supersede", "Superseded by an amendment"),
                                    ("end", "End"),
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
                            "contract",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="events",
                                to="campaigns.contract",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.contractversion",
                            ),
                        ),
                        (
                            "link",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="campaigns.guestlink",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["contract", "at", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["contract", "-at", "-id"], name="campaigns_contract_history"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "act__in",
                                        [
                                            "edit",
                                            "submit",
                                            "clear",
                                            "return",
                                            "reopen",
                                            "send",
                                            "accept",
                                            "decline",
                                            "revise",
                                            "withdraw",
                                            "amend",
                                            "terminate",
                                            "supersede",
                                            "end",
                                        ],
                                    )
                                ),
                                name="campaigns_contract_event_valid",
                            )
                        ],
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="contract",
            name="current",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="campaigns.contractversion",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="offerdeliverable",
            name="campaigns_deliverable_valid",
        ),
        migrations.AddField(
            model_name="offer",
            name="engagement",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="offers",
                to="campaigns.engagement",
            ),
        ),
        migrations.AlterField(
            model_name="offerdeliverable",
            name="form",
            field=models.CharField(
                choices=[
                    ("image", "Image"),
                    ("carousel", "Carousel"),
                    ("short_video", "Short video"),
                    ("video", "Video"),
                    ("live", "Live"),
                    ("story", "Story"),
                    ("text", "Text"),
                    ("audio", "Podcast or audio"),
                    ("article", "Newsletter or article"),
                    ("event", "Event"),
                    ("ar_effect", "AR filter or try-on"),
                    ("other", "Other"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="offerdeliverable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("count__range", (1, 999)),
                    (
                        "form__in",
                        [
                            "image",
                            "carousel",
                            "short_video",
                            "video",
                            "live",
                            "story",
                            "text",
                            "audio",
                            "article",
                            "event",
                            "ar_effect",
                            "other",
                        ],
                    ),
                    (
                        "kind__in",
                        [
                            "sponsored_post",
                            "review",
                            "unboxing",
                            "tutorial",
                            "lifestyle",
                            "collaborative",
                            "other",
                        ],
                    ),
                ),
                name="campaigns_deliverable_valid",
            ),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
