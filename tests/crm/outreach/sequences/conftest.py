"""One creator in one sequence of Ana's."""

from __future__ import annotations

import pytest

from tests.crm.outreach.sequences.worlds import enrolled
from tests.crm.outreach.worlds import known_creator, mailbox_of, policy_of, sequence_of


@pytest.fixture(autouse=True)
def _public(settings):
    settings.RAPPORT_URL = "https://crm.example.com"


@pytest.fixture
def ana(manager):
    manager.first_name, manager.last_name = "Ana", "Torres"
    manager.save()
    return manager


@pytest.fixture
def mailbox(brand):
    policy_of(brand)
    return mailbox_of(brand)


@pytest.fixture
def maya(brand):
    return known_creator(brand)


@pytest.fixture
def sequence(brand):
    return sequence_of(brand)


@pytest.fixture
def enrolment(sequence, maya, mailbox, ana):
    return enrolled(sequence, maya, mailbox, ana)
