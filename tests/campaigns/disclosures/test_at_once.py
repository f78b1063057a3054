"""Two who decide at once: one wins, the other is told, and nothing is written twice."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connection

from campaigns.choices import DisclosureVerdict as V
from campaigns.models import DisclosureDecision
from campaigns.services.refusals import CampaignOutdated
from crm.models import AuditEntry
from tests.campaigns.deliverables.worlds import active
from tests.campaigns.disclosures.worlds import at_legal, judge, review_of, second_legal

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_who_decide_at_once_one_is_told(brand, manager, legal):
    other = second_legal(brand)
    review = review_of(at_legal(active(brand, manager), manager))
    barrier, told = Barrier(2), []

    def say(user, verdict):
        try:
            barrier.wait(timeout=10)
            judge(review, user, verdict, "Mine.")
            told.append("decided")
        except CampaignOutdated as outdated:
            told.append(str(outdated))
        finally:
            connection.close()

    threads = [
        Thread(target=say, args=(legal, V.MISSING)),
        Thread(target=say, args=(other, V.NOT_REQUIRED)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    decision = DisclosureDecision.objects.get()
    review.refresh_from_db()
    assert review.verdict == decision.verdict
    assert min(told, key=len) == "decided"
    assert "decided already" in max(told, key=len)
    assert AuditEntry.objects.filter(verb="campaigns.disclosure.decided").count() == 1
