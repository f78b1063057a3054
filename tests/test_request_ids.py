"""Each request has a name: in its answer, in the log, and in what it asked workers to do."""

from __future__ import annotations

import logging

import pytest
from django.conf import settings
from django_guid import set_guid
from django_guid.log_filters import CorrelationId

NAME = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("address", ["/healthz", "/api/v1/nothing/", "/accounts/login/"])
@pytest.mark.django_db
def test_each_answer_has_the_name_that_it_was_given_or_one_of_its_own(client, address):
    assert client.get(address, headers={"X-Request-ID": NAME})["X-Request-ID"] == NAME
    first, second = (client.get(address)["X-Request-ID"] for _ in range(2))
    assert len(first) == len(second) == 32
    assert first != second


def test_what_is_no_name_is_not_taken(client):
    answer = client.get("/healthz", headers={"X-Request-ID": "<script>"})
    assert len(answer["X-Request-ID"]) == 32


def test_a_line_of_the_log_names_the_request():
    set_guid(NAME)
    record = logging.makeLogRecord({"name": "crm", "levelname": "INFO", "msg": "Saved."})
    assert CorrelationId().filter(record)
    form = settings.LOGGING["formatters"]["plain"]
    line = logging.Formatter(form["format"], style=form["style"]).format(record)
    assert line.endswith(f" INFO crm [{NAME}] Saved.")
