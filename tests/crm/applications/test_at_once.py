"""Two forms, or two decisions, at the same moment."""

from __future__ import annotations

import pytest

from crm.choices import ApplicationStatus
from crm.models import Application, Creator
from crm.services.applications.deciding import DecisionRefused, accept
from crm.services.applications.receiving import Account, Given, receive
from tests.crm.applications.worlds import applied, open_page
from tests.crm.test_at_once import at_once
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def test_sent_twice_and_accepted_twice_is_one_creator(brand, manager):
    page = open_page(brand)
    given = Given(
        name="Ida Holm",
        email="ida@holm.example",
        country="DK",
        why="I drink from your cups.",
        consent_version=1,
        accounts=[Account("instagram", "ida.holm")],
    )
    kept = at_once(*[lambda: receive(page=page, given=given, at=NOW)] * 3)
    assert len({application.pk for application in kept}) == Application.objects.count() == 1

    def decide(application):
        try:
            accept(application_id=application.pk, brand=brand, actor=manager, at=NOW)
        except DecisionRefused as refusal:
            return str(refusal)
        return "done"

    # The same one twice, and another one with the same account.
    other = applied(brand, email="other@holm.example")
    answers = at_once(*[lambda: decide(kept[0])] * 2, lambda: decide(other))
    assert answers.count("done") == 1, answers
    assert Creator.objects.count() == 1
    accepted = Application.objects.filter(status=ApplicationStatus.ACCEPTED)
    assert accepted.count() == 1
