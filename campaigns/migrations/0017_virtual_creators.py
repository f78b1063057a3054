"""Virtual creators with whom they are modelled on, and the public page of a brand's policy."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from crm.operations import CreateModels

# A page that was published stays as it was; who published it is forgotten with the account.
KEEP = """
CREATE TRIGGER campaigns_public_policy_version_kept BEFORE UPDATE ON campaigns_publicpolicyversion
  FOR EACH ROW EXECUTE FUNCTION campaigns_keep_row('published_by_id');
"""
LET_GO = """
DROP TRIGGER campaigns_public_policy_version_kept ON campaigns_publicpolicyversion;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0016_commissions"),
        ("crm", "0026_webhooks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="PublicPolicy",
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
                        ("controller", models.CharField(blank=True, default="", max_length=500)),
                        (
                            "contact_email",
                            models.EmailField(blank=True, default="", max_length=254),
                        ),
                        ("disclosure", models.TextField(blank=True, default="", max_length=10000)),
                        ("more", models.TextField(blank=True, default="", max_length=10000)),
                        ("is_open", models.BooleanField(default=False)),
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
                        "verbose_name_plural": "public policies",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_open", False),
                                    models.Q(
                                        models.Q(("controller", ""), _negated=True),
                                        models.Q(("contact_email", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_public_policy_signed",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PublicPolicyVersion",
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
                        ("document", models.JSONField()),
                        ("digest", models.CharField(max_length=64)),
                        ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "policy",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="campaigns.publicpolicy",
                            ),
                        ),
                        (
                            "published_by",
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
                        "ordering": ["policy", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("policy", "number"), name="campaigns_public_policy_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("digest__regex", "^[0-9a-f]{64}$"), ("number__gte", 1)
                                ),
                                name="campaigns_public_policy_version_valid",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VirtualCreator",
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
                        ("owner", models.CharField(blank=True, default="", max_length=200)),
                        ("contact_name", models.CharField(blank=True, default="", max_length=120)),
                        (
                            "contact_email",
                            models.EmailField(blank=True, default="", max_length=254),
                        ),
                        ("is_ai_made", models.BooleanField(blank=True, null=True)),
                        (
                            "based_on",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("nobody", "Nobody: made up"),
                                    ("people", "One or more people"),
                                ],
                                db_default="",
                                default="",
                                max_length=8,
                            ),
                        ),
                        ("ip_owner", models.CharField(blank=True, default="", max_length=200)),
                        ("ip_terms", models.CharField(blank=True, default="", max_length=500)),
                        ("ip_until", models.DateField(blank=True, null=True)),
                        (
                            "dignity",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("fine", "Nothing speaks against it"),
                                    ("concern", "There are concerns"),
                                ],
                                db_default="",
                                default="",
                                max_length=8,
                            ),
                        ),
                        ("dignity_note", models.CharField(blank=True, default="", max_length=500)),
                        ("dignity_on", models.DateField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
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
                            "dignity_by",
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
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="crm.relationship",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["relationship"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("based_on__in", ["", "nobody", "people"]),
                                    ("dignity__in", ["", "fine", "concern"]),
                                ),
                                name="campaigns_virtual_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("dignity", ""), ("dignity_note", ""), ("dignity_on", None)
                                    ),
                                    models.Q(
                                        models.Q(("dignity", ""), _negated=True),
                                        ("dignity_on__isnull", False),
                                        models.Q(("dignity_note", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_virtual_dignity",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Likeness",
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
                        ("person", models.CharField(max_length=200)),
                        (
                            "parts",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("face", "Face"),
                                        ("voice", "Voice"),
                                        ("body", "Body or movements"),
                                        ("name", "Name or story"),
                                    ],
                                    max_length=8,
                                ),
                                size=None,
                            ),
                        ),
                        (
                            "consent",
                            models.CharField(
                                blank=True,
                                choices=[("held", "Has it"), ("none", "Has none")],
                                db_default="",
                                default="",
                                max_length=4,
                            ),
                        ),
                        ("scope", models.CharField(blank=True, default="", max_length=500)),
                        ("valid_from", models.DateField(blank=True, null=True)),
                        ("valid_until", models.DateField(blank=True, null=True)),
                        ("file_name", models.CharField(blank=True, default="", max_length=255)),
                        ("file_type", models.CharField(blank=True, default="", max_length=120)),
                        ("file_size", models.PositiveIntegerField(blank=True, null=True)),
                        ("file_sha256", models.CharField(blank=True, default="", max_length=64)),
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
                            "virtual",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="likenesses",
                                to="campaigns.virtualcreator",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "likenesses",
                        "ordering": ["virtual", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("file_sha256", ""), _negated=True),
                                fields=["brand", "file_sha256"],
                                name="campaigns_likeness_by_hash",
                            ),
                            models.Index(
                                condition=models.Q(("archived_at", None), ("consent", "held")),
                                fields=["valid_until"],
                                name="campaigns_likeness_ending",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("person", ""), _negated=True),
                                    ("consent__in", ["", "held", "none"]),
                                    ("parts__contained_by", ["face", "voice", "body", "name"]),
                                    ("parts__len__gte", 1),
                                ),
                                name="campaigns_likeness_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_from", None),
                                    ("valid_until", None),
                                    ("valid_until__gte", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="campaigns_likeness_days",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("consent", "held"),
                                    models.Q(
                                        ("file_sha256", ""),
                                        ("scope", ""),
                                        ("valid_from", None),
                                        ("valid_until", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaigns_likeness_consent",
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
                                name="campaigns_likeness_file",
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
