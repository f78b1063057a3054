"""Mails that are written once and sent many times. A version never changes once it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from crm.choices import MailPurpose, Stage
from crm.models.brands import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

SUBJECT_MAX = 200
BODY_MAX = 10_000


class MailTemplateQuerySet(models.QuerySet["MailTemplate"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Templates of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def in_use(self) -> Self:
        """Templates that are not archived, by name."""
        return self.filter(archived_at=None).order_by(Lower("name"), "pk")


class MailTemplate(models.Model):
    """A mail to write from: for whom it is meant, and its newest version."""

    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_index=False, related_name="mail_templates"
    )
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True, default="")
    purpose = models.CharField(
        max_length=20, choices=MailPurpose.choices, default=MailPurpose.FIRST
    )
    # Meant for creators of this stage; empty: of any.
    stage = models.CharField(max_length=20, choices=Stage.choices, blank=True, default="")
    # Meant for this audience, a key of crm.outreach.audiences; empty: for anybody.
    audience = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = MailTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "brand",
                Lower("name"),
                condition=models.Q(archived_at=None),
                name="crm_mail_template_name_once",
            ),
            models.CheckConstraint(name="crm_mail_template_named", condition=~models.Q(name="")),
            models.CheckConstraint(
                name="crm_mail_template_purpose_valid",
                condition=models.Q(purpose__in=MailPurpose.values),
            ),
            models.CheckConstraint(
                name="crm_mail_template_stage_valid",
                condition=models.Q(stage__in=["", *Stage.values]),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MailTemplateVersion(models.Model):
    """What the template said from then on: what was sent by it can always be read again."""

    template = models.ForeignKey(MailTemplate, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=SUBJECT_MAX)
    body = models.TextField(max_length=BODY_MAX)
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["template", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "number"], name="crm_mail_template_version_once"
            ),
            models.CheckConstraint(
                name="crm_mail_template_version_whole",
                condition=~models.Q(subject="") & ~models.Q(body=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} version {self.number}"
