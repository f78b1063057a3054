"""From posts to suggestions, from answers to facts, and from facts to what is learned."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from crm.choices import Source
from crm.models import AuditEntry, Creator, CreatorNiche, FieldValue, Relationship
from crm.services.field_values import set_values
from segmentation.classifying.checking import is_held_out
from segmentation.classifying.documents import Document, Text
from segmentation.models import Classifier, SuggestedValue
from segmentation.services.suggesting import answering, learning, reading
from segmentation.services.suggesting.answering import AnswerRefused
from segmentation.services.suggesting.refreshing import refresh
from segmentation.services.suggesting.subjects import LANGUAGE, subjects_of
from tests.factories import NOW, BrandFactory, NicheFactory, RelationshipFactory
from tests.segmentation.suggestions.building import SAYS, suggested, writes

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def role_of(creator):
    rows = FieldValue.objects.filter(creator=creator, field__key="content_role").as_of(NOW + DAY)
    return [(row.value, row.source, row.note, row.author_id) for row in rows]


def open_role(creator):
    return SuggestedValue.objects.open().get(creator=creator, fact="content_role")


@pytest.fixture
def reviewer(brand):
    """Whose posts say what they do; nobody has said it."""
    made = writes(brand, *SAYS["reviewer"])
    refresh(brand=brand, at=NOW)
    return made


def test_words_suggest_and_nothing_is_decided(brand, reviewer):
    found = open_role(reviewer)
    assert (found.value, found.classifier.kind, found.classifier.number) == (
        "reviewer",
        "lexicon",
        1,
    )
    # Four votes of four, and three of nobody for five values: (4 + 0.6) / 7.
    assert found.confidence == pytest.approx(4.6 / 7, abs=1e-4)
    assert "review" in {term for term, _share in found.evidence["terms"]}
    assert len(found.evidence["posts"]) == 3
    assert role_of(reviewer) == []
    assert SuggestedValue.objects.get(creator=reviewer, fact="language").value == "en"
    # The same again: nothing moves.
    refresh(brand=brand, at=NOW + DAY)
    assert open_role(reviewer).suggested_at == NOW


def test_nobody_is_sorted_who_objected_or_of_whom_it_is_known(brand, manager):
    quiet, known, silent = (writes(brand, *SAYS["reviewer"]) for _ in range(3))
    Relationship.objects.filter(creator=quiet).update(unprofiled_at=NOW)
    set_values(
        brand=brand, creator_ids=[known.pk], values={"content_role": "educator"}, at=NOW, actor=None
    )
    silent.posts.update(caption="")
    refresh(brand=brand, at=NOW)
    assert not SuggestedValue.objects.filter(creator__in=[quiet, silent]).exists()
    assert not SuggestedValue.objects.filter(creator=known, fact="content_role").exists()
    # Who objects afterwards is asked about no more.
    Relationship.objects.filter(creator=known).update(unprofiled_at=NOW)
    found = SuggestedValue.objects.get(creator=known, fact="language")
    with pytest.raises(AnswerRefused, match="objected"):
        answering.accept(suggestion_id=found.pk, at=NOW, actor=manager)
    refresh(brand=brand, at=NOW + DAY)
    found.refresh_from_db()
    assert found.status == "withdrawn"


def test_accepting_makes_it_a_fact_with_its_evidence(reviewer, manager):
    found = open_role(reviewer)
    answering.accept(suggestion_id=found.pk, at=NOW, actor=manager)
    [(value, source, note, author)] = role_of(reviewer)
    assert (value, source, author) == ("reviewer", Source.ESTIMATED, manager.pk)
    assert note.startswith("Suggested by word list 1 at 66 %: “")
    found.refresh_from_db()
    assert (found.status, found.chosen, found.closed_by) == ("accepted", ["reviewer"], manager)
    assert AuditEntry.objects.filter(verb="segmentation.suggested_value.accepted").count() == 1
    with pytest.raises(AnswerRefused, match="was answered by"):
        answering.not_enough(suggestion_id=found.pk, at=NOW, actor=manager)
    answering.take_back(suggestion_id=found.pk, at=NOW + DAY, actor=manager)
    assert [row[0] for row in role_of(reviewer)] == [None]
    assert open_role(reviewer).pk == found.pk


def test_what_the_field_no_longer_has_is_refused_in_words(brand, manager):
    found = suggested(brand, writes(brand), value="astronaut")
    with pytest.raises(AnswerRefused, match="no value of Content role any more"):
        answering.accept(suggestion_id=found.pk, at=NOW, actor=manager)
    assert not AuditEntry.objects.filter(verb__startswith="segmentation.suggested").exists()


def test_a_question_does_not_wait_again_of_who_objects_or_is_known(brand, manager):
    objects, known = suggested(brand, writes(brand)), suggested(brand, writes(brand))
    for found in (objects, known):
        answering.not_enough(suggestion_id=found.pk, at=NOW, actor=manager)
    Relationship.objects.filter(creator=objects.creator).update(unprofiled_at=NOW)
    set_values(
        brand=brand,
        creator_ids=[known.creator_id],
        values={"content_role": "educator"},
        at=NOW,
        actor=None,
    )
    for found in (objects, known):
        with pytest.raises(AnswerRefused, match="known by now"):
            answering.take_back(suggestion_id=found.pk, at=NOW, actor=manager)
        found.refresh_from_db()
        assert found.status == "not_enough"


def test_overriding_says_what_it_is_by_hand(reviewer, manager):
    found = open_role(reviewer)
    for values, words in (([], "Say what"), (["chef"], "chef"), (["educator", "reviewer"], "one")):
        with pytest.raises(AnswerRefused, match=words):
            answering.override(suggestion_id=found.pk, values=values, at=NOW, actor=manager)
    assert role_of(reviewer) == []
    answering.override(
        suggestion_id=found.pk, values=["educator"], at=NOW, actor=manager, note="Teaches mostly"
    )
    assert role_of(reviewer) == [("educator", Source.MANUAL, "Teaches mostly", manager.pk)]
    found.refresh_from_db()
    assert (found.status, found.value, found.chosen) == ("overridden", "reviewer", ["educator"])


def test_a_language_is_one(brand, manager):
    found = suggested(brand, writes(brand), fact="language", value="en")
    for given, words in (("n/a", "Say what"), ("klingonish", "no language that we know")):
        with pytest.raises(AnswerRefused, match=words):
            answering.override(suggestion_id=found.pk, values=[given], at=NOW, actor=manager)
    answering.override(suggestion_id=found.pk, values=["German"], at=NOW, actor=manager)
    assert Creator.objects.get(pk=found.creator_id).language == "de"


def test_of_too_many_each_has_a_turn(brand, monkeypatch):
    everybody = {writes(brand, "Bread and soup").pk for _ in range(5)}
    language = subjects_of(brand)[LANGUAGE]
    nights = [reading.to_ask(brand, language, NOW + timedelta(days=day)) for day in range(3)]
    assert {len(night) for night in nights} == {5}
    monkeypatch.setattr(reading, "MOST_ASKED", 2)
    nights = [reading.to_ask(brand, language, NOW + timedelta(days=day)) for day in range(3)]
    assert max(len(night) for night in nights) == 2
    assert {pk for night in nights for pk in night} == everybody


def test_who_writes_novels_is_learned_from_in_part(monkeypatch):
    monkeypatch.setattr(learning, "LETTERS_LEARNED", 10)
    document = Document(1, [Text(1, "eight ch"), Text(2, "four"), Text(3, "no")], "about")
    assert learning._newest(document) == Document(1, document.texts[:2], "about")


def test_not_enough_is_not_asked_again_for_ninety_days(brand, reviewer, manager):
    answering.not_enough(suggestion_id=open_role(reviewer).pk, at=NOW, actor=manager)
    assert role_of(reviewer) == []
    refresh(brand=brand, at=NOW + 89 * DAY)
    assert not SuggestedValue.objects.open().filter(fact="content_role").exists()
    refresh(brand=brand, at=NOW + 91 * DAY)
    assert open_role(reviewer).status == "open"


def test_niches_and_the_language_are_kept_where_they_always_are(brand, manager):
    cook = writes(brand, *["Recipe of the week: cake with chocolate from the kitchen"] * 4)
    refresh(brand=brand, at=NOW)
    for fact in ("niches", "language"):
        found = SuggestedValue.objects.get(creator=cook, fact=fact)
        answering.accept(suggestion_id=found.pk, at=NOW, actor=manager)
    kept = CreatorNiche.objects.get(creator=cook)
    assert (kept.niche.key, kept.source) == ("food", Source.ESTIMATED)
    assert Creator.objects.get(pk=cook.pk).language == "en"
    for found in SuggestedValue.objects.filter(creator=cook, status="accepted"):
        answering.take_back(suggestion_id=found.pk, at=NOW + DAY, actor=manager)
    assert not CreatorNiche.objects.filter(creator=cook).exists()
    assert Creator.objects.get(pk=cook.pk).language == ""


def test_many_are_accepted_only_where_that_was_shown_to_be_right(brand, manager):
    people = [writes(brand, *SAYS["reviewer"] * 5) for _ in range(24)]
    refresh(brand=brand, at=NOW)
    waiting = list(SuggestedValue.objects.filter(fact="content_role").order_by("creator"))
    assert {row.confidence >= 0.8 for row in waiting} == {True}
    many = {"brand": brand, "fact": "content_role", "at": NOW, "actor": manager}
    with pytest.raises(AnswerRefused, match="Look at 20"):
        answering.accept_all(**many, least=0.8)
    for row in waiting[:19]:
        answering.accept(suggestion_id=row.pk, at=NOW, actor=manager)
    answering.override(suggestion_id=waiting[19].pk, values=["educator"], at=NOW, actor=manager)
    with pytest.raises(AnswerRefused, match="80 %"):
        answering.accept_all(**many, least=0.5)
    number, past = answering.accept_all(**many, least=0.8)
    assert (number, past.looked_at, past.right) == (4, 20, 19)
    assert [row[0] for row in role_of(people[-1])] == ["reviewer"]
    # Nobody looked at them: they prove nothing.
    assert SuggestedValue.objects.filter(in_bulk=True, status="accepted").count() == 4
    with pytest.raises(AnswerRefused):
        answering.accept_all(**many | {"fact": "religion"}, least=0.8)


def niches_of(brand, count, **more):
    """So many who may write about food, nearly surely."""
    return [
        suggested(brand, writes(brand), fact="niches", value="food", confidence=0.95, **more)
        for _ in range(count)
    ]


def test_many_niches_cost_no_more_than_few(brand, manager, django_assert_max_num_queries):
    niches_of(brand, 20, status="accepted", chosen=["food"], closed_at=NOW, closed_by=manager)
    many = {"brand": brand, "fact": "niches", "least": 0.9, "at": NOW, "actor": manager}
    niches_of(brand, 2)
    with django_assert_max_num_queries(40) as few:
        answering.accept_all(**many)
    niches_of(brand, 6)
    with django_assert_max_num_queries(len(few)):
        assert answering.accept_all(**many)[0] == 6


def test_what_another_brand_accepted_at_once_is_not_learned_from(brand):
    other = BrandFactory()
    seen, unseen = (found.creator for found in niches_of(other, 2))
    food = NicheFactory(key="food")
    for creator in (seen, unseen):
        RelationshipFactory(brand=brand, creator=creator)
        CreatorNiche.objects.create(creator=creator, niche=food)
    SuggestedValue.objects.filter(creator=unseen).update(
        status="accepted", chosen=["food"], closed_at=NOW, in_bulk=True
    )
    told = reading.said(brand, subjects_of(brand)["niches"], NOW)
    assert [creator for creator, _uid, _values in told] == [seen.pk]


def learnable(brand, count, odd=""):
    """Creators with a role that somebody said, whose words no list knows."""
    words = {"reviewer": "quux wibble plugh", "educator": "xyzzy frotz grault"}
    made = []
    for number in range(count):
        role = sorted(words)[number % 2]
        uid = UUID(int=number + 1)
        one = writes(brand, f"{words[role]} {odd}", words[role], uid=uid)
        set_values(
            brand=brand, creator_ids=[one.pk], values={"content_role": role}, at=NOW, actor=None
        )
        made.append(one)
    return made


def test_what_people_said_is_learned_and_compared_on_creators_kept_aside(brand):
    made = learnable(brand, 80)
    asked = writes(brand, "quux plugh", "wibble quux")
    refresh(brand=brand, at=NOW)
    aside = sum(is_held_out(one.uid) for one in made)
    used = Classifier.objects.get(fact="content_role", status="in_use")
    assert (used.kind, used.number) == ("learned", 2)
    assert used.tested["it"]["creators"] == aside >= 10
    assert used.tested["it"]["right"] == aside
    assert used.tested["in_use"]["right"] == 0
    assert used.training["learned_from"] == 80 - aside
    first = Classifier.objects.get(fact="content_role", number=1)
    assert (first.status, first.kind) == ("retired", "lexicon")
    found = open_role(asked)
    assert (found.value, found.classifier) == ("reviewer", used)
    # Nothing new was said: nothing is learned.
    refresh(brand=brand, at=NOW + DAY)
    assert Classifier.objects.filter(fact="content_role").count() == 2
    # What is worse on those kept aside is refused, with both numbers.
    rows = FieldValue.objects.filter(field__key="content_role")
    for one in made:
        if not is_held_out(one.uid):
            wrong = "educator" if rows.get(creator=one).text == "reviewer" else "reviewer"
            rows.filter(creator=one).update(text=wrong)
    refresh(brand=brand, at=NOW + 2 * DAY)
    refused = Classifier.objects.get(fact="content_role", number=3)
    assert refused.status == "refused"
    assert refused.reason == (
        f"On {aside} creators that were kept aside it was right for 0, the one in use for {aside}."
    )
    assert Classifier.objects.get(fact="content_role", status="in_use") == used


def test_a_version_is_refused_where_another_came_into_use_meanwhile(brand, monkeypatch):
    learnable(brand, 80)
    keep = learning.arrays.keep

    def meanwhile(brand, learned):
        rows = Classifier.objects.filter(brand=brand, fact="content_role")
        rows.update(status="retired")
        digest = keep(brand, learned)
        rows.create(
            brand=brand,
            fact="content_role",
            number=7,
            kind="learned",
            status="in_use",
            digest=digest,
            made_at=NOW,
        )
        return digest

    monkeypatch.setattr(learning.arrays, "keep", meanwhile)
    made = learning.learn(brand, subjects_of(brand)["content_role"], NOW)
    assert (made.number, made.status) == (8, "refused")
    assert made.reason == "Another version was put to use while this one was compared."
    assert Classifier.objects.get(fact="content_role", status="in_use").number == 7
