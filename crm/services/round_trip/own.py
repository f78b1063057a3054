"""What becomes of this app's tables when a brand is taken along."""

from __future__ import annotations

from crm.services.round_trip.decisions import Taken, leave, take, take_as

PAUSED = "It came from another installation: give it a new secret, then let it go on."


def add_own() -> None:
    """Say it once, when the apps are ready."""
    take("crm", _WHOLE)
    take_as(Taken("crm.Reminder", of=("task", "relationship")))
    take_as(Taken("crm.Mention", of=("note", "task")))
    take_as(Taken("crm.FactChange", of=("brand", "creator")))
    take_as(Taken("crm.Snooze", numbers=("row",)))
    take_as(Taken("crm.ImportBatch", absent={"file": ""}))
    # What an undo takes out again, and where a pull that was stopped goes on.
    take_as(
        Taken(
            "crm.Application",
            inside={
                "made": {
                    "creator": "crm.Creator",
                    "relationship": "crm.Relationship",
                    "contact": "crm.ContactPoint",
                    "profiles.*": "crm.Profile",
                    "niches.*": "crm.CreatorNiche",
                }
            },
        )
    )
    take_as(
        Taken(
            "crm.Pull",
            inside={
                "cursor": {
                    "after": "crm.Profile",
                    "group.*": "crm.Profile",
                    "waiting.*.accounts.*": "crm.Profile",
                }
            },
        )
    )
    take_as(Taken("crm.PullAnswer", inside={"rejected": {"*.profile": "crm.Profile"}}))
    take_as(
        Taken(
            "crm.Mailbox",
            absent={
                "smtp_secret": "",
                "imap_secret": "",
                "is_paused": True,
                "fetching_since": None,
            },
        )
    )
    take_as(
        Taken(
            "crm.Webhook",
            absent={
                "secret": "absent",
                "former_secret": "",
                "former_until": None,
                "is_paused": True,
                "pause_reason": PAUSED,
                "rests_until": None,
            },
        )
    )
    take_as(
        Taken(
            "crm.Connector",
            absent={
                "credentials": "absent",
                "is_paused": True,
                "pause_reason": PAUSED,
                "rests_until": None,
            },
        )
    )
    leave("in the manifest; the import says anew where the ledger was written", "crm.LedgerOrigin")
    leave("access of people and programs is given anew", "crm.ApiToken", "crm.KeptAnswer")
    leave("access of people and programs is given anew", "crm.CalendarFeed")
    leave(
        "rights in the whole installation, not in a brand",
        *("crm.User_groups", "crm.User_user_permissions"),
    )
    leave("of a person, not of a brand", "crm.Preferences")
    leave("told already; it leads to addresses of the other installation", "crm.Notification")
    leave("work that is done; its undoing ends with the move", "crm.Job", "crm.JobRow")
    leave(
        "an undo puts back rows of all brands of the other installation",
        *("crm.Merge", "crm.MergePart"),
    )
    leave("imports of before the move are not undone", "crm.ImportBeforeImage")
    leave(
        "what was sent from the other installation; the acts are in the ledger",
        *("crm.WebhookDelivery", "crm.WebhookAttempt"),
    )
    leave("work that waits for a worker of the other installation", "crm.PromisedTask")
    leave("counted anew by the database while relationships are written", "crm.StageCount")


_WHOLE = """
    Brand UserRole Creator CreatorNiche Profile FormerHandle ExternalId Relationship
    StageChange Note NoteVersion ApplicationPage ApplicationAccount ContactPoint
    PostalAddress Agent Representation StageLimit CustomField FieldValue Incident
    IncidentEvent IncidentStep IncidentFile Runbook Hold ImportReject SavedMapping AuditEntry
    AuditText LedgerCheckpoint LedgerKeeping MailFolder Thread Message Attachment MailTemplate
    MailTemplateVersion DuplicatePair MetricSnapshot Post PostMetricSnapshot AudienceSnapshot
    CreatorMetrics Task OutreachPolicy Suppression SuppressedAddress PrivacyPolicy NoticeText
    Notice PrivacyRequest Erasure RetentionRule RetentionProposal RetentionItem Criterion
    ReviewForm FormCriterion Vetting Review Answer VettingResult Sequence SequenceVersion
    SequenceStep Enrolment EnrolmentStep Tag CreatorTag SavedView ViewPin ConnectorSpend
    CommentSettings CommentBatch CommentThread PostComment CommentScore
    LearnedModel CommentTheme CommentSorting CommentLabel
    SampleBatch AudienceSample
    PitchApproval
"""
