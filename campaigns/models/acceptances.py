"""How an acceptance of a document is kept: who said yes, when, to which words."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from campaigns.models.guests import GuestLink
from crm.models import User


class Acceptance(models.Model):
    """The part that all accepted documents have in common; each adds what was accepted.

    Either the creator accepted behind a link (`link`), or somebody of the brand wrote down that
    they did (`recorded_by`, with where it can be seen in `note`). `digest` is that of the document
    as it was shown: campaigns.services.documents.digest_of. An entry is added, never changed.
    """

    # The name as the person typed it.
    name = models.CharField(max_length=120)
    at = models.DateTimeField()
    # SHA-256 of the canonical JSON of the document, in hexadecimal.
    digest = models.CharField(max_length=64)
    link = models.ForeignKey(
        GuestLink, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    recorded_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_said",
                condition=~Q(name="") & Q(digest__regex="^[0-9a-f]{64}$"),
            ),
        ]
