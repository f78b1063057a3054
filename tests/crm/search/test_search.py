"""The search: what is found, by whom, and that one slow kind leaves the others their answers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.postgres.search import SearchVector
from django.db import connection

from crm import search
from crm.choices import MailDirection, MailStatus, Role
from crm.limits import limited
from crm.models import Message, Note, Tag, Thread
from crm.models.mail import SUBJECT_FOLDED, TEXT_FOLDED
from crm.registry import Registry
from segmentation.models import Dimension, Segment
from tests.crm.mail.world import mailbox_of
from tests.factories import (
    NOW,
    ContactPointFactory,
    CreatorMetricsFactory,
    NoteFactory,
    ProfileFactory,
    RelationshipFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(brand, manager):
    def found(words, role=Role.MANAGER):
        groups = search.search(search.Asked(brand, manager, role, words))
        return {group.label: [hit.title for hit in group.hits] for group in groups}

    return found


@pytest.fixture
def ida(brand):
    ida = RelationshipFactory(brand=brand, creator__name="Idá Holm")
    ProfileFactory(creator=ida.creator, handle="ida.cooks")
    CreatorMetricsFactory(creator=ida.creator, followers=500, primary_handle="ida.cooks")
    ContactPointFactory(brand=brand, creator=ida.creator, value="hello@idaholm.example")
    return ida


def test_creators_by_name_handle_and_address_most_followers_first(brand, ida, ask):
    bigger = RelationshipFactory(brand=brand, creator__name="Freja Holmgren")
    CreatorMetricsFactory(creator=bigger.creator, followers=9_000)
    assert ask("ida holm")["Creators"] == ["Idá Holm"]
    assert ask("holm")["Creators"] == ["Freja Holmgren", "Idá Holm"]
    assert ask("IDA.CO")["Creators"] == ["Idá Holm"]
    assert ask("hello@ida")["Creators"] == ["Idá Holm"]
    # Two letters: the beginning of a name only.
    assert ask("id")["Creators"] == ["Idá Holm"]
    assert "Creators" not in ask("")


def test_notes_by_whole_words_the_last_one_begun_newest_first(brand, ida, ask):
    NoteFactory(relationship=ida, text="Loves the café in Århus")
    NoteFactory(relationship=ida, text="Cafe visit planned", created_at=NOW + timedelta(days=1))
    gone = NoteFactory(relationship=ida, text="Café, deleted")
    Note.objects.filter(pk=gone.pk).update(deleted_at=NOW)
    assert ask("café")["Notes"] == ["Cafe visit planned", "Loves the café in Århus"]
    assert ask("cafe arh")["Notes"] == ["Loves the café in Århus"]
    assert "Notes" not in ask("afe")


@pytest.fixture
def mailed(brand, ida, manager):
    """Two conversations: one with two mails that say the same, one in the manager's own box."""
    with_ida = Thread.objects.create(
        brand=brand, relationship=ida, mailbox=mailbox_of(brand), subject="Café"
    )
    for day, text in enumerate(("Meet in Århus?", "Yes, in Århus!")):
        said(with_ida, text, subject="Café", at=NOW + timedelta(days=day))
    own = Thread.objects.create(
        brand=brand, mailbox=mailbox_of(brand, address="mira@acme.example", owner=manager)
    )
    said(own, "Your parcel stands in Aarhus or Århus", subject="DHL")
    return with_ida


def said(thread, text, subject="", at=NOW):
    return Message.objects.create(
        brand=thread.brand,
        thread=thread,
        direction=MailDirection.IN,
        status=MailStatus.RECEIVED,
        message_id=f"<{Message.objects.count()}@example.com>",
        from_address="ida@example.com",
        subject=subject,
        text=text,
        at=at,
    )


def test_conversations_by_what_was_said_in_them(mailed, ask, manager_client):
    assert ask("arhus")["Mail"] == [
        "Café: Yes, in Århus!",
        "DHL: Your parcel stands in Aarhus or Århus",
    ]
    assert ask("cafe meet")["Mail"] == ["Café: Meet in Århus?"]
    assert "Mail" not in ask("rhus")
    page = manager_client.get("/acme/search/?q=arhus").content.decode()
    assert f'href="/acme/mail/{mailed.pk}/"' in page
    # Where mails are not read, none is found.
    assert "Mail" not in ask("arhus", Role.ANALYST)


def test_what_lies_in_somebody_s_own_mailbox_is_nobody_else_s(mailed, brand, legal):
    [group] = search.search(search.Asked(brand, legal, Role.LEGAL, "arhus"))
    assert [hit.title for hit in group.hits] == ["Café: Yes, in Århus!"]


def test_mails_are_looked_up_by_their_index(mailed, brand):
    said(mailed, "x" * 2_000_000 + " end")
    words = SearchVector(SUBJECT_FOLDED, TEXT_FOLDED, config="simple")
    rows = Message.objects.alias(words=words).filter(words="parcel")
    # So few rows are read faster in any other way.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    assert "crm_message_words" in rows.explain()


def test_tags_and_segments_lead_to_where_they_are(brand, ask, manager_client):
    Tag.objects.create(brand=brand, key="vegan", name="Vegan")
    dimension = Dimension.objects.create(brand=brand, key="persona", name="Persona")
    Segment.objects.create(brand=brand, dimension=dimension, key="vegans", name="Vegans", bit=0)
    found = ask("vegan")
    assert found == {"Tags": ["Vegan"], "Segments": ["Vegans"]}
    page = manager_client.get("/acme/search/?q=vegan").content.decode()
    assert 'href="/acme/creators/?tag=vegan"' in page
    assert 'href="/acme/segments/vegans/"' in page


def test_actions_are_those_that_the_role_may_do(ask):
    assert ask("new")["Go to"] == ["Add creator", "New campaign"]
    assert ask("new", Role.STRATEGIST)["Go to"] == ["New campaign", "New segment"]
    assert "Go to" not in ask("new", Role.LEGAL)
    assert ask("board") == {"Go to": ["Board"]}
    assert len(ask("")["Go to"]) == search.HITS


def test_nothing_of_another_brand_is_found(brand, other_brand, ask):
    theirs = RelationshipFactory(brand=other_brand, creator__name="Secret Person")
    ContactPointFactory(brand=other_brand, creator=theirs.creator, value="secret@example.com")
    NoteFactory(relationship=theirs, text="Secret plan")
    Tag.objects.create(brand=other_brand, key="secret", name="Secret")
    assert ask("secret") == {}
    assert ask("secret@example.com") == {}


@pytest.mark.parametrize(
    "words", ["\0", "'; --", "a & b | !c:*", "%", "_", "\\", "(" * 200, "🦊 x"]
)
def test_any_text_is_a_question(ida, ask, words):
    assert isinstance(ask(words), dict)


def test_a_slow_kind_says_so_and_the_others_answer(brand, manager, monkeypatch, ida):
    def slow(_asked):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        return []

    kinds = Registry()
    kinds.add("slow", search.Kind("Slow", "clock", slow))
    kinds.add("creators", search.Kind("Creators", "users", search.find_creators))
    monkeypatch.setattr(search, "KINDS", kinds)
    monkeypatch.setattr(search, "limited", lambda _seconds: limited(0.05))
    groups = search.search(search.Asked(brand, manager, Role.MANAGER, "Holm"))
    assert [(group.label, group.is_slow, len(group.hits)) for group in groups] == [
        ("Slow", True, 0),
        ("Creators", False, 1),
    ]


def test_the_palette_gets_options_and_the_page_a_list(ida, manager_client):
    options = manager_client.get("/acme/search/?q=holm", headers={"HX-Request": "true"})
    text = options.content.decode()
    assert "<html" not in text
    assert re.search(r'role="option"[^>]*href="/acme/creators/', text)
    page = manager_client.get("/acme/search/?q=nobody-at-all").content.decode()
    assert "Nothing found" in page
