"""What goes wrong on the way, and that a pull goes on where it stopped."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.choices import ImportStatus, PullStatus, Source
from crm.connectors.base import Call, Setup
from crm.connectors.registry import KINDS
from crm.models import (
    ConnectorSpend,
    CreatorTag,
    ImportBatch,
    MetricSnapshot,
    Notification,
    Post,
    PostMetricSnapshot,
    PullAnswer,
    Tag,
)
from crm.outgoing import AddressRefused, NoAnswer
from crm.services.connectors import calling, importing, keeping, pulling
from crm.services.connectors.cursor import CALLS_EACH_MAX, Cursor
from tests.crm.connectors.faking import Said
from tests.crm.connectors.test_document import LINK, answer
from tests.factories import NOW, MetricSnapshotFactory

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """As when a worker is killed: nobody catches it."""


@pytest.fixture
def connector(side, profile, connect):
    side.answer = answer
    profile("noa")
    profile("bo")
    return connect()


def test_a_killed_worker_costs_no_more_than_the_answer_on_its_way(side, connector, turn):
    posts = []

    def dies(asked):
        said = answer(asked)
        posts.append(asked.path)
        if len(posts) == 3:
            raise Killed
        return said

    side.answer = dies
    with pytest.raises(Killed):
        turn(connector)
    assert not MetricSnapshot.objects.exists()
    assert turn(connector, minutes=1) == 0, "the lease of the dead one holds"

    turn(connector, minutes=11)

    # The third call was on its way; nothing else was asked twice.
    asked = [(one.path, one.query) for one in side.asked]
    assert [one for one in asked if asked.count(one) > 1] == [asked[2], asked[2]]
    pull = connector.pulls.get()
    assert (pull.status, pull.profiles_done) == (PullStatus.DONE, 2)
    assert pull.answers_count == pull.answers.count() == 5
    assert MetricSnapshot.objects.count() == 2
    assert Post.objects.count() == PostMetricSnapshot.objects.count() == 4
    assert pull.counts["posts_new"] == 4


@pytest.mark.parametrize("step", ["before", "after"])
def test_an_import_that_a_killed_worker_left_is_done_once(connector, turn, monkeypatch, step):
    real = importing.running.apply_import

    def dies(**said):
        if step == "after":
            real(**said)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(importing.running, "apply_import", dies)
        with pytest.raises(Killed):
            turn(connector)
    assert ImportBatch.objects.get().status == (
        ImportStatus.APPLIED if step == "after" else ImportStatus.UPLOADED
    )

    turn(connector, minutes=11)

    pull = connector.pulls.get()
    assert pull.status == PullStatus.DONE
    assert pull.counts["snapshots_new"] == MetricSnapshot.objects.count() == 2
    assert Post.objects.count() == 4
    assert ImportBatch.objects.count() == 2
    assert not PullAnswer.objects.filter(rows__isnull=False).exists()


@pytest.mark.parametrize(
    ("said", "wait", "words"),
    [
        (Said({}, 429, {"retry-after": "1800"}), (1800, 1800), "It answered 429."),
        (Said({}, 429), (24, 36), "It answered 429."),
        (Said({"error": "maintenance"}, 503), (24, 36), "503: maintenance"),
        (Said(text="<html>"), (24, 36), "no JSON"),
        (Said(text='{"accounts": [{"na'), (24, 36), "only the beginning"),
        (Said({"acounts": []}), (24, 36), "has not the form"),
        (Said({"accounts": [7]}), (24, 36), "has not the form"),
        (NoAnswer("It did not answer."), (24, 36), "It did not answer."),
    ],
)
def test_what_mends_itself_is_tried_again(side, connector, turn, said, wait, words):
    side.first = [said]

    turn(connector)

    connector.refresh_from_db()
    waited = (connector.rests_until - NOW).total_seconds()
    # The clock of a turn goes on while calls are made.
    assert wait[0] <= waited <= wait[1] + 2
    assert words in connector.rest_reason
    assert connector.failures == 1
    assert words in connector.pulls.get().answers.get().error
    assert pulling.due(at=NOW) == []

    turn(connector, minutes=31)

    connector.refresh_from_db()
    assert connector.pulls.get().status == PullStatus.DONE
    assert (connector.failures, connector.rest_reason) == (0, "")
    assert MetricSnapshot.objects.count() == 2


def test_after_two_days_of_failures_somebody_is_told(side, connector, turn, admin_user):
    side.answer = lambda asked: Said({}, 500)
    for hours in range(0, 51, 3):
        turn(connector, minutes=60 * hours)

    connector.refresh_from_db()
    assert connector.is_paused
    assert connector.pause_reason.startswith("Nothing worked for 2 days.")
    told = Notification.objects.get(user=admin_user)
    assert told.url == f"/acme/settings/connectors/{connector.pk}/"
    assert connector.pulls.get().status == PullStatus.STOPPED


def test_a_key_that_does_not_open_stops_at_once(side, connector, turn, admin_user):
    side.first = [answer_of_accounts(), Said({"error": "token expired"}, 401)]

    turn(connector)

    connector.refresh_from_db()
    assert connector.pause_reason == "The key does not open it. 401: token expired"
    assert Notification.objects.filter(user=admin_user).count() == 1
    assert len(side.asked) == 2
    # What it brought before stays.
    assert MetricSnapshot.objects.count() == 2
    assert connector.pulls.get().status == PullStatus.STOPPED
    assert turn(connector, minutes=60) == 0


def answer_of_accounts():
    return Said({"accounts": [{"name": "noa", "fans": 5}, {"name": "bo", "fans": 7}]})


def test_our_own_ledger_of_the_quota_stops_before_theirs(side, connector, turn, monkeypatch):
    kind = KINDS["tally"]
    monkeypatch.setattr(kind, "limits", type(kind.limits)(60_000, units_per_day=2))

    turn(connector)

    assert len(side.asked) == 2
    connector.refresh_from_db()
    assert connector.rests_until - NOW < timedelta(hours=12, seconds=1), "midnight, from noon"
    assert connector.rest_reason == "The quota of the day is used up."
    assert MetricSnapshot.objects.count() == 2, "what came is not kept waiting"
    assert ConnectorSpend.objects.get().units == 2

    turn(connector, minutes=12 * 60 + 1)
    turn(connector, minutes=36 * 60 + 2)

    assert len(side.asked) == 5
    assert connector.pulls.get().status == PullStatus.DONE
    assert [one.units for one in ConnectorSpend.objects.order_by("day")] == [2, 2, 1]


def test_a_page_that_leads_back_is_not_asked_again(side, connector, turn):
    def turns(asked):
        said = answer(asked)
        if asked.path == "/v2/posts":
            said.json["next"] = "2" if asked.query.get("page") != "2" else "1"
        return said

    side.answer = turns

    turn(connector)

    pull = connector.pulls.get()
    assert pull.status == PullStatus.DONE
    # Each of the two: the first page, page 2, page 1 by its number, which leads to page 2 again.
    assert len(side.asked) == 7
    assert pull.rejected == {"page_again": 2}
    assert Post.objects.count() == 4


def test_a_bad_row_loses_nothing_else(side, connector, turn, profile):
    profile("cy")

    def bad(asked):
        said = answer(asked)
        if asked.path == "/v2/accounts":
            said.json["accounts"][1]["fans"] = -3
        elif asked.query["name"] == "cy":
            said.json["posts"][0]["on"] = "yesterday"
        return said

    side.answer = bad

    turn(connector)

    pull = connector.pulls.get()
    assert pull.rejected == {"negative": 1, "not_a_date": 2}
    assert MetricSnapshot.objects.count() == 2
    assert Post.objects.count() == 4
    rejects = ImportBatch.objects.get(kind="posts").rejects
    assert rejects.first().column == "posted_at"


def test_refused_calls_are_listed_until_there_are_too_many(side, profile, connect, turn):
    for number in range(12):
        profile(f"name{number}")
    side.answer = lambda asked: (
        answer(asked) if asked.path == "/v2/accounts" else Said({"error": "no"}, 400)
    )
    connector = connect()

    turn(connector)

    connector.refresh_from_db()
    assert connector.pause_reason == "It refused 10 calls in a row. 400: no"
    assert connector.pulls.get().rejected == {"refused": 10}
    assert MetricSnapshot.objects.count() == 12


def test_numbers_of_another_source_that_are_newer_stay(side, connector, turn, profile):
    newer = NOW + timedelta(days=1)
    cy = profile("cy", followers=9, metrics_at=newer, metrics_source=Source.MEASURED)
    MetricSnapshotFactory(profile=cy, captured_at=newer, source=Source.MEASURED, followers=9)

    turn(connector)

    cy.refresh_from_db()
    assert (cy.followers, cy.metrics_source) == (9, Source.MEASURED)
    assert set(cy.snapshots.values_list("source", "followers")) == {
        (Source.MEASURED, 9),
        (Source.VENDOR, 1_200_000),
    }


def test_who_is_taken_away_meanwhile_is_left_out(side, connector, turn, brand):
    def takes_away(asked):
        if asked.path == "/v2/posts":
            brand.relationships.filter(creator__profiles__handle="bo").delete()
        return answer(asked)

    side.answer = takes_away

    turn(connector)

    assert MetricSnapshot.objects.get().profile.handle == "noa"
    assert set(Post.objects.values_list("profile__handle", flat=True)) == {"noa"}


def test_who_pauses_stops_the_worker_after_its_call(side, connector, turn, admin_user):
    def pauses(asked):
        keeping.pause(connector=connector, actor=admin_user, at=NOW)
        return answer(asked)

    side.answer = pauses
    turn(connector)
    assert len(side.asked) == 1
    assert connector.pulls.get().answers_count == 0
    side.answer = answer
    keeping.resume(connector=connector, actor=admin_user, at=NOW)

    turn(connector)

    assert connector.pulls.get().status == PullStatus.DONE
    assert MetricSnapshot.objects.count() == 2


def test_a_clock_that_was_a_year_ahead_does_not_silence_for_a_year(side, profile, connect, turn):
    profile("noa")
    side.answer = answer
    connector = connect(every_hours=24)
    side.first = [Said({}, 429, {"retry-after": "1800"})]
    turn(connector, minutes=365 * 24 * 60)
    side.asked.clear()

    # The clock is right again: it neither rests until then, nor waits for its next pull.
    assert pulling.due(at=NOW) == [connector.pk]
    assert turn(connector) > 0
    assert connector.pulls.get().status == PullStatus.DONE
    assert pulling.due(at=NOW + timedelta(hours=1)) == [connector.pk], "the next one, too"
    turn(connector, minutes=60)
    assert connector.pulls.count() == 2
    assert pulling.due(at=NOW + timedelta(hours=24)) == [], "then it is as every day"
    assert pulling.due(at=NOW + timedelta(hours=25)) == [connector.pk]


def test_a_turn_ends_and_the_next_one_goes_on(side, connector, turn, monkeypatch):
    monkeypatch.setattr(pulling, "TURN", timedelta(seconds=-1))
    assert turn(connector) == 0
    monkeypatch.setattr(pulling, "TURN", timedelta(seconds=60))
    assert pulling.due(at=NOW) == [connector.pk]
    assert turn(connector) == 5
    assert pulling.due(at=NOW) == []


def test_only_a_declared_host_is_called():
    kind = KINDS["tally"]
    for url in (
        "https://elsewhere.example/",
        "http://api.tally.example/",
        "https://api.tally.example:8443/",
    ):
        with pytest.raises((calling.NoHost, AddressRefused)):
            calling.place_of(kind, Call("trial", url, ()), Setup({"key": "k"}))


def test_an_error_of_ours_is_no_endless_loop(side, connector, turn, monkeypatch):
    monkeypatch.setattr(importing, "PROFILE_CELLS", frozenset())
    with pytest.raises(ValueError, match="There are no cells"):
        turn(connector)
    connector.refresh_from_db()
    assert connector.failures == 1
    assert connector.rests_until > NOW


def test_logs_are_forgotten_after_ninety_days(connector, turn):
    turn(connector)
    assert keeping.forget(at=NOW + timedelta(days=89)) == 0
    assert keeping.forget(at=NOW + timedelta(days=91)) == 1
    assert MetricSnapshot.objects.count() == 2


def test_calls_of_a_group_are_bounded():
    cursor = Cursor(group=[1], done=[str(number) for number in range(CALLS_EACH_MAX)])
    call = KINDS["tally"].trial(Setup({}))
    assert cursor.add([call]) == [call]
    assert cursor.next_call is None


def test_a_tag_chooses_whose_profiles(side, profile, connect, turn, brand, admin_user):
    side.answer = answer
    chosen = profile("noa")
    profile("bo")
    tag = Tag.objects.create(brand=brand, key="vip", name="VIP")
    CreatorTag.objects.create(tag=tag, creator=chosen.creator, created_at=NOW)
    connector = connect(chosen="tag:vip")

    turn(connector)

    assert side.asked[0].query == {"names": "noa"}
    assert LINK in Post.objects.first().url
