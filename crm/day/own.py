"""The sources of this app, in the order in which rows of one moment stand."""

from __future__ import annotations

from crm.day.applications import WaitingApplications
from crm.day.approvals import WaitingMails
from crm.day.imports import RejectedRows, WaitingImports
from crm.day.mentions import Mentions
from crm.day.next_steps import DueSteps
from crm.day.parts import SOURCES
from crm.day.pitches import WaitingPitches
from crm.day.privacy import DueRequests
from crm.day.replies import Replies
from crm.day.reviews import DisputedVettings, LackingReviewers, WaitingReviews
from crm.day.stalled import Stalled
from crm.day.tasks import DueTasks
from crm.services.stalls import DEFAULTS


def add_own_sources() -> None:
    """Called once, when the app is ready."""
    for source in (
        Replies(),
        DueRequests(),
        Mentions(),
        DueSteps(),
        DueTasks(),
        *(Stalled(stage) for stage in DEFAULTS),
        RejectedRows(),
        WaitingApplications(),
        WaitingMails(),
        WaitingPitches(),
        WaitingImports(),
        LackingReviewers(),
        DisputedVettings(),
        WaitingReviews(),
    ):
        SOURCES.add(source.key, source)
