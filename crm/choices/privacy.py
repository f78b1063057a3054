"""What people may ask of what is held about them."""

from __future__ import annotations

from django.db import models


class RequestKind(models.TextChoices):
    """What somebody may ask of who keeps their data (GDPR, articles 15 to 21)."""

    ACCESS = "access", "A copy of the data"
    RECTIFICATION = "rectification", "A correction"
    ERASURE = "erasure", "To be erased"
    RESTRICTION = "restriction", "To be left alone, the data kept"
    MARKETING = "marketing", "No more advertising mail"
    PROFILING = "profiling", "Not to be sorted and scored"


class RequestOrigin(models.TextChoices):
    """How a request came."""

    PORTAL = "portal", "Their page"
    MAIL = "mail", "Mail"
    PHONE = "phone", "Phone"
    LETTER = "letter", "Letter"
    OTHER = "other", "Another way"


class IdentityCheck(models.TextChoices):
    """Whether it is known that who asks is who they say."""

    WAITING = "waiting", "Not checked yet"
    CONFIRMED = "confirmed", "Confirmed"
    NOT_NEEDED = "not_needed", "Not needed"


class RequestStatus(models.TextChoices):
    """Where a request about data stands."""

    OPEN = "open", "Open"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"


class NoticeWay(models.TextChoices):
    """How somebody was told what is kept of them."""

    MAIL = "mail", "In our first mail"
    HAND = "hand", "By hand"


class RetentionPurpose(models.TextChoices):
    """For what data is kept, and so from when on its time runs."""

    NEVER_CONTACTED = "never_contacted", "Creators whom nobody ever wrote to"
    CONTACTED = "contacted", "Creators written to, without a campaign"
    WORKED_WITH = "worked_with", "Creators worked with"
    MAILS = "mails", "Mails"
    NOTES = "notes", "Notes"


class ProposalStatus(models.TextChoices):
    """What became of a proposal to delete what is kept long enough."""

    WAITING = "waiting", "Waits for a yes"
    APPROVED = "approved", "Approved"
    DONE = "done", "Carried out"
    DECLINED = "declined", "Declined"
    REPLACED = "replaced", "Replaced by a newer one"
