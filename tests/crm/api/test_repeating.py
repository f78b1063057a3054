"""A POST with an Idempotency-Key is done once, however often it is sent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from crm.models import AuditEntry, KeptAnswer, Note, NoteVersion
from crm.services import kept_answers
from crm.services.privacy.erasing import erase
from tests.factories import RelationshipFactory
from tests.rest import ROOT, Rest, assert_problem, make_token, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida(brand):
    return RelationshipFactory(brand=brand, creator__name="Ida Holm")


@pytest.fixture
def rest(brand, manager):
    return rest_as(manager, brand)


def write(rest, ida, key="k-1", text="Likes tea.", **more):
    body = {"creator": str(ida.creator.uid), "text": text}
    return rest.client.post(
        f"{ROOT}/notes/", body, "application/json", headers={"Idempotency-Key": key}, **more
    )


def test_sent_twice_it_is_done_once_and_answered_the_same(rest, ida):
    first, second = write(rest, ida), write(rest, ida)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second["Content-Type"] == first["Content-Type"] == "application/json"
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Note.objects.count() == 1
    assert AuditEntry.objects.filter(verb__startswith="crm.note").count() == 1


def test_without_a_key_it_is_done_twice(rest, ida):
    for _ in range(2):
        body = {"creator": str(ida.creator.uid), "text": "Likes tea."}
        assert rest.send("POST", "notes/", body).status_code == 201
    assert Note.objects.count() == 2
    assert not KeptAnswer.objects.exists()


def test_an_empty_answer_is_kept_too(rest, ida):
    number = write(rest, ida).json()["id"]
    path = f"{ROOT}/notes/{number}:delete"
    answers = [
        rest.client.post(path, headers={"Idempotency-Key": "gone"}, content_type="application/json")
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert rest.client.post(path, content_type="application/json").status_code == 404


def test_a_key_that_came_with_another_request_is_refused(rest, ida):
    write(rest, ida)
    told = assert_problem(write(rest, ida, text="Likes milk."), 422, "key_reused")
    assert told["errors"][0]["pointer"] == "Idempotency-Key"
    number = Note.objects.get().pk
    elsewhere = rest.client.post(
        f"{ROOT}/notes/{number}:delete",
        headers={"Idempotency-Key": "k-1"},
        content_type="application/json",
    )
    assert_problem(elsewhere, 422, "key_reused")
    assert Note.objects.get().text == "Likes tea."


def test_a_refusal_leaves_the_key_free(rest, ida):
    assert_problem(write(rest, ida, text=""), 400)
    assert not KeptAnswer.objects.exists()
    assert write(rest, ida).status_code == 201


def test_a_fault_leaves_nothing_behind(rest, ida, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr("crm.api.repeating.Claim.keep", fail)
    with pytest.raises(RuntimeError):
        write(rest, ida)
    assert not Note.objects.exists()
    assert not AuditEntry.objects.filter(verb__startswith="crm.note").exists()


@pytest.mark.parametrize("key", ["", " ", "k" * 201, "a\tb"])
def test_a_key_that_is_none_is_refused(rest, ida, key):
    assert_problem(write(rest, ida, key=key), 400, "invalid")
    assert not Note.objects.exists()


def test_tokens_have_keys_of_their_own(rest, ida, brand, legal):
    write(rest, ida)
    other = rest_as(legal, brand)
    assert write(other, ida).status_code == 201
    assert Note.objects.count() == 2


def test_without_the_right_a_kept_answer_is_not_shown(ida, brand, manager):
    secret, token = make_token(manager, brand)
    write(Rest(secret), ida)
    token.scopes = ["creators:read"]
    token.save()
    assert_problem(write(Rest(secret), ida), 403)


def test_after_a_day_the_key_is_free_again(rest, ida):
    write(rest, ida)
    KeptAnswer.objects.update(created_at=timezone.now() - kept_answers.KEPT_FOR)
    assert "Idempotency-Replayed" not in write(rest, ida, text="Likes milk.")
    assert Note.objects.count() == 2
    assert KeptAnswer.objects.count() == 1
    assert kept_answers.forget_old(timezone.now()) == 0
    assert kept_answers.forget_old(timezone.now() + timedelta(days=1)) == 1


def test_erasing_somebody_forgets_what_was_answered(rest, ida, admin_user):
    write(rest, ida)
    erase(relationship_id=ida.pk, reason="They asked.", actor=admin_user, at=timezone.now())
    assert not KeptAnswer.objects.exists()
    assert not NoteVersion.objects.exists()


def test_what_is_kept_cannot_be_read_in_the_database(rest, ida, settings):
    write(rest, ida)
    assert "tea" not in KeptAnswer.objects.get().body
    settings.SECRET_KEY = "another"
    assert_problem(write(rest, ida), 409, "answer_lost")
    assert Note.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_the_second_gets_the_answer_of_the_first(ida, brand, manager):
    secret, _token = make_token(manager, brand)
    start = Barrier(3)

    def send(_):
        start.wait()
        try:
            return write(Rest(secret), ida)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(send, range(3)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 2
    assert Note.objects.count() == 1
