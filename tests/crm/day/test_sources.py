"""All sources of a list of the day are asked at once: each role gets each list."""

from __future__ import annotations

import pytest
from django.utils import timezone

from crm.choices import Role
from crm.day import SOURCES, Asker, Section, section_page
from crm.models import Task
from tests.people import person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("is_team", [False, True])
def test_what_all_sources_of_a_role_say_can_be_put_in_one_order(brand, role, is_team):
    asker = Asker(
        user=person(brand, role), brand=brand, role=role, at=timezone.now(), is_team=is_team
    )
    for section in Section:
        found = section_page(asker, section, size=3)
        assert (found.items, found.count.number, found.next) == ([], 0, None)


def test_a_row_that_went_meanwhile_is_left_out(brand, manager, monkeypatch):
    at = timezone.now()
    asker = Asker(user=manager, brand=brand, role=Role.MANAGER, at=at)
    kept, gone = (
        Task.objects.create(
            brand=brand, title=title, assignee=manager, due_on=asker.today, created_at=at
        )
        for title in ("Kept", "Gone")
    )
    source = SOURCES["task"]
    rows = type(source).rows
    asked = []

    def quicker(self, asker):
        asked.append(None)
        if len(asked) == 2:  # when the rows are read that are shown
            Task.objects.filter(pk=gone.pk).delete()
        return rows(self, asker)

    monkeypatch.setattr(type(source), "rows", quicker)
    found = section_page(asker, Section.CHASE, size=3)
    assert [one.row.pk for one in found.items] == [kept.pk]
