"""What somebody takes away after it was found and before it is changed is not found: no fault."""

from __future__ import annotations

import pytest
from django.db import connection

from campaigns.models import Competitor, KeywordList
from crm.models import Connector, Webhook
from tests.factories import NOW
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


def competitor(brand):
    return Competitor.objects.create(brand=brand, name="Rival", handles=["rival"])


def connector(brand):
    return Connector.objects.create(brand=brand, kind="youtube", name="Tube", created_at=NOW)


def keyword_list(brand):
    return KeywordList.objects.create(brand=brand, name="Spring", created_at=NOW)


def webhook(brand):
    return Webhook.objects.create(
        brand=brand, name="Shop", url="https://shop.example/", events=["*"], created_at=NOW
    )


@pytest.mark.parametrize(
    ("make", "method", "address"),
    [
        (competitor, "DELETE", "competitors/{}/"),
        (connector, "DELETE", "connectors/{}/"),
        (connector, "POST", "connectors/{}:pause"),
        (connector, "POST", "connectors/{}:stop"),
        (keyword_list, "DELETE", "keyword-lists/{}/"),
        (webhook, "DELETE", "webhooks/{}/"),
        (webhook, "POST", "webhooks/{}:pause"),
        (webhook, "POST", "webhooks/{}:resume"),
        (webhook, "POST", "webhooks/{}:rotate"),
    ],
)
def test_what_is_taken_away_meanwhile_is_not_found(brand, admin_user, make, method, address):
    row = make(brand)
    table, seen = f'FROM "{row._meta.db_table}"', []

    def taken_away(execute, sql, params, many, context):
        if sql.startswith("SELECT") and table in sql:
            seen.append(sql)
            if len(seen) == 2:
                execute(f"DELETE {table}", None, many, context)
        return execute(sql, params, many, context)

    rest = rest_as(admin_user, brand)
    with connection.execute_wrapper(taken_away):
        answer = rest.send(method, address.format(row.pk), {} if method == "POST" else None)
    assert_problem(answer, 404)
    assert len(seen) >= 2
