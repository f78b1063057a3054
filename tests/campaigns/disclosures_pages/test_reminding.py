"""Published posts that wait: people are told before the hour and after it, each once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.models import DisclosureReview
from campaigns.services.disclosures.chasing import remind
from crm.models import Notification
from tests.campaigns.remediation.worlds import live_review

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def told(user, words="waits for a look"):
    """How often somebody was told."""
    return Notification.objects.filter(user=user, text__contains=words).count()


def test_legal_is_reminded_and_admins_hear_of_what_is_late(brand, manager, legal, admin_user):
    review = live_review(brand, manager)
    DisclosureReview.objects.filter(pk=review.pk).update(requested_by=admin_user)
    assert remind(at=review.due_at - 4 * HOUR) == 0
    assert remind(at=review.due_at - HOUR) == 1
    assert remind(at=review.due_at - HOUR / 2) == 0
    assert (told(legal), told(admin_user), told(manager)) == (1, 0, 0)
    assert remind(at=review.due_at + HOUR) == 1
    assert remind(at=review.due_at + 2 * HOUR) == 0
    # Who asked for it does not decide it.
    assert (told(legal), told(admin_user)) == (2, 0)


def test_what_was_missed_is_late_at_once(brand, manager, legal, admin_user):
    review = live_review(brand, manager)
    assert remind(at=review.due_at + HOUR) == 1
    assert (told(legal), told(admin_user)) == (1, 1)
    review.refresh_from_db()
    assert review.reminded_at == review.escalated_at == review.due_at + HOUR
