"""Mails that are written once and sent many times. A version never changes once it is there."""

from __future__ import annotations

from django.db import models

from crm.choices import MailPurpose
from crm.models.brands import Brand
from crm.models.written import Version, Written, WrittenQuerySet

SUBJECT_MAX = 200
BODY_MAX = 10_000


class MailTemplateQuerySet(WrittenQuerySet["MailTemplate"]):
    """Templates of a brand."""


class MailTemplate(Written):
    """A mail to write from: for whom it is meant, and its newest version."""

    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_index=False, related_name="mail_templates"
    )
    purpose = models.CharField(
        max_length=20, choices=MailPurpose.choices, default=MailPurpose.FIRST
    )

    objects = MailTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            *Written.rules("crm_mail_template"),
            models.CheckConstraint(
                name="crm_mail_template_purpose_valid",
                condition=models.Q(purpose__in=MailPurpose.values),
            ),
        ]


class MailTemplateVersion(Version):
    """What the template said from then on: what was sent by it can always be read again."""

    template = models.ForeignKey(MailTemplate, on_delete=models.CASCADE, related_name="versions")
    subject = models.CharField(max_length=SUBJECT_MAX)
    body = models.TextField(max_length=BODY_MAX)

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
