"""Search words: taken in whole, found in posts as typed or otherwise, and told by campaign."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from campaigns.choices import DeliverableState, WordLanguage
from campaigns.models import Keyword, KeywordAssignment, KeywordList, KeywordUse, PostReference
from campaigns.selectors import keywords as selectors
from campaigns.services.keywords import importing, keeping, referring
from campaigns.services.keywords.counting import count_uses
from campaigns.services.keywords.keeping import KeywordsRefused, Searched
from campaigns.services.keywords.referring import count_references
from crm.importers.tables import TableRefused
from crm.models import AuditEntry, Post
from tests.campaigns.publishing.pieces import piece, producing, running
from tests.factories import NOW, CreatorFactory, PostFactory, ProfileFactory, RelationshipFactory
from tests.people import logged_in

pytestmark = pytest.mark.django_db


def write(brand, caption: str, **values) -> Post:
    """A post of a new creator of the brand."""
    creator = CreatorFactory()
    RelationshipFactory(brand=brand, creator=creator)
    profile = ProfileFactory(creator=creator)
    return PostFactory(profile=profile, creator=creator, caption=caption, **values)


def make(brand, *queries: str, name="Soap", language=WordLanguage.ENGLISH) -> KeywordList:
    return keeping.create_list(
        brand=brand,
        name=name,
        language=language,
        words=[Searched(query) for query in queries],
        actor=None,
        at=NOW,
    )


def found(brand) -> dict[tuple[str, str], bool]:
    """By search and caption: whether it stands there as it is typed."""
    count_uses(brand=brand, at=NOW)
    rows = KeywordUse.objects.filter(keyword__keyword_list__brand=brand)
    return {
        (query, caption): is_exact
        for query, caption, is_exact in rows.values_list(
            "keyword__query", "post__caption", "is_exact"
        )
    }


def take(brand, text: str, name="Soap") -> KeywordList:
    upload = SimpleUploadedFile("words.csv", text.encode())
    return importing.import_list(
        brand=brand,
        name=name,
        language=WordLanguage.ENGLISH,
        upload=upload,
        actor=None,
        at=NOW,
    )


def test_a_file_is_taken_whole_with_what_is_not_known(brand):
    made = take(
        brand,
        "Keyword,Volume,Intent\nBest  hand soap,1200,C\nsoap near me,,Local\n"
        'what is soap,90,"Informational, Commercial"\nsoap,n/a,\nBest hand SOAP,1200,commercial\n',
    )
    rows = Keyword.objects.filter(keyword_list=made).order_by("query")
    assert list(rows.values_list("query", "folded", "volume", "intent")) == [
        ("Best hand soap", "best hand soap", 1200, "commercial"),
        ("soap", "soap", None, ""),
        ("soap near me", "soap near me", None, "local"),
        ("what is soap", "what is soap", 90, "informational"),
    ]
    assert AuditEntry.objects.get().verb == "campaigns.keywords.list_made"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("query,volume\nsoap,many\n", "Line 2"),
        ("query,intent\nsoap,curious\n", "“curious” is no intent"),
        ("query\nsoap\n!!!\n", "Line 3: A search has words"),
        ("query,volume\nsoap,1\nSoap,2\n", "Line 3: “Soap” is here twice"),
        ("words_of,volume\nsoap,1\n", "A column is missing"),
    ],
)
def test_a_file_with_a_fault_is_not_taken(brand, text, words):
    with pytest.raises(TableRefused) as refusal:
        take(brand, text)
    assert words in str(refusal.value)
    assert not KeywordList.objects.exists()


def test_a_list_has_a_name_of_its_own(brand, other_brand):
    make(brand, "soap")
    with pytest.raises(KeywordsRefused, match="already"):
        make(brand, "soap", name="SOAP")
    make(other_brand, "soap")


def test_words_are_found_as_typed_in_another_form_and_joined(brand, other_brand):
    make(brand, "clean running shoes", "Crème brûlée", "how to be", "soap")
    exact = "Watch me clean running-shoes!"
    variant = "The shoe I was running in is clean"
    joined = "Look #CleanRunningShoes"
    dessert = "my CREME BRULEE recipe"
    stop = "How to be kind"
    nothing = "Be how to, https://soap.example/clean/running/shoes soapbox"
    for caption in (exact, variant, joined, dessert, stop, nothing):
        write(brand, caption)
    write(other_brand, "soap")
    assert found(brand) == {
        ("clean running shoes", exact): True,
        ("clean running shoes", variant): False,
        ("clean running shoes", joined): False,
        ("Crème brûlée", dessert): True,
        ("how to be", stop): True,
    }


def test_endings_are_those_of_the_lists_language(brand):
    make(brand, "rote Schuhe", name="Deutsch", language=WordLanguage.GERMAN)
    make(brand, "rote Schuhe", name="Plain", language=WordLanguage.SIMPLE)
    write(brand, "ein roter Schuh")
    count_uses(brand=brand, at=NOW)
    uses = KeywordUse.objects.values_list("keyword__keyword_list__name", "is_exact")
    assert list(uses) == [("Deutsch", False)]


def test_a_post_that_changes_is_read_again(brand, monkeypatch):
    monkeypatch.setattr("campaigns.services.keywords.counting.SPAN", 1)
    made = make(brand, "hand soap")
    post = write(brand, "hand soap")
    second = write(brand, "soap for a hand")
    assert set(found(brand).values()) == {True, False}
    made.refresh_from_db()
    assert made.counted_at == NOW
    Post.objects.filter(pk=post.pk).update(caption="nothing")
    Post.objects.filter(pk=second.pk).update(caption="my hand soap")
    assert found(brand) == {("hand soap", "my hand soap"): True}


def test_what_a_campaign_is_for_is_told_with_its_pieces(
    brand, manager, other_brand, django_assert_num_queries
):
    made = make(brand, "hand soap", "soap dish", "bath oil")
    campaign, elsewhere = running(brand, manager), running(brand, manager, name="Other")
    engagement = producing(campaign)
    post = PostFactory(
        profile=engagement.relationship.creator.profiles.get(),
        creator=engagement.relationship.creator,
        caption="hand soap, a dish of soap",
    )
    done = piece(
        engagement, DeliverableState.PUBLISHED, post=post, published_at=NOW, state_since=NOW
    )
    for one in (campaign, elsewhere):
        keeping.assign(
            keyword_list=made, keywords=None, campaign=one, brief=None, actor=manager, at=NOW
        )
    again = keeping.assign(
        keyword_list=made, keywords=None, campaign=campaign, brief=None, actor=manager, at=NOW
    )
    assert again == 0
    count_uses(brand=brand, at=NOW)
    ids = dict(Keyword.objects.values_list("query", "pk"))
    with django_assert_num_queries(3):
        covered = selectors.coverage_of(list(ids.values()))
    assert [covered[ids[one]].pieces for one in ("hand soap", "soap dish", "bath oil")] == [1, 1, 0]
    assert covered[ids["hand soap"]].campaigns == ["Other", "Spring launch"]
    assert (covered[ids["soap dish"]].exact, covered[ids["soap dish"]].variant) == (0, 1)
    rows = list(selectors.assigned_to(campaign).order_by("keyword__query"))
    with django_assert_num_queries(2):
        written = selectors.written(campaign, rows)
    assert [(one.exact, one.variant) for one in written] == [([], []), ([done], []), ([], [done])]
    assert not any(one.exact for one in selectors.written(elsewhere, rows))
    total = selectors.sum_of(made)
    assert (total.words, total.exact, total.variant, total.nowhere, total.known) == (3, 1, 1, 1, 0)
    assert (
        keeping.unassign(
            keyword_list=made,
            keywords=[ids["bath oil"]],
            campaign=campaign,
            actor=manager,
            at=NOW,
        )
        == 1
    )
    assert KeywordAssignment.objects.filter(campaign=campaign).count() == 2
    foreign = running(other_brand)
    with pytest.raises(KeywordsRefused, match="no such campaign"):
        keeping.assign(
            keyword_list=made, keywords=None, campaign=foreign, brief=None, actor=manager, at=NOW
        )


def test_links_and_mentions_are_seen_and_seen_to_go(brand):
    referring.set_search(
        brand=brand,
        hosts=["https://www.Acme.example/"],
        accounts=["@acme.soap"],
        version=1,
        actor=None,
        at=NOW,
    )
    post = write(brand, "https://shop.acme.example/Soap?x=1 and acme.example. Thanks @Acme.Soap!")
    write(brand, "notacme.example acme.example.org me@acme.example @acme.soapy @acme.soap_2")
    assert count_references(brand=brand, at=NOW) == 3
    rows = PostReference.objects.order_by("target")
    assert list(rows.values_list("kind", "target")) == [
        ("link", "acme.example"),
        ("mention", "acme.soap"),
        ("link", "shop.acme.example/soap"),
    ]
    Post.objects.filter(pk=post.pk).update(caption="see acme.example")
    assert count_references(brand=brand, at=NOW) == 1
    assert PostReference.objects.filter(gone_at=NOW).count() == 2
    Post.objects.filter(pk=post.pk).update(caption="@acme.soap acme.example")
    assert count_references(brand=brand, at=NOW) == 2
    for hosts, version, words in ((["acme"], 2, "no host"), (["acme.example"], 1, "changed this")):
        with pytest.raises(KeywordsRefused, match=words):
            referring.set_search(
                brand=brand, hosts=hosts, accounts=[], version=version, actor=None, at=NOW
            )


def page(name: str, *args) -> str:
    return reverse(f"campaigns:{name}", args=["acme", *args])


def test_pages_make_a_list_assign_it_and_cost_the_same(
    brand, manager, legal, django_assert_num_queries
):
    client = logged_in(manager)
    assert "No list yet" in client.get(page("keyword_lists")).content.decode()
    refused = client.post(page("keyword_list_new"), {"name": "Soap", "language": "english"})
    assert refused.status_code == 422
    assert "one of the two" in refused.content.decode()
    said = {"name": "Soap", "language": "english", "words": "hand soap\nsoap dish"}
    made = client.post(page("keyword_list_new"), said)
    found_list = KeywordList.objects.get()
    assert made["Location"] == page("keyword_list", found_list.pk)
    campaign = running(brand, manager)
    write(brand, "hand soap")
    unread = client.get(made["Location"]).content.decode()
    assert "2 searches: which of them stand in posts of your creators is not known" in unread
    count_uses(brand=brand, at=timezone.now())
    keyword = Keyword.objects.get(query="hand soap")
    chosen = {"campaign": campaign.pk, "brief": "", "keyword": [keyword.pk]}
    assert client.post(page("keyword_list_assign", found_list.pk), chosen).status_code == 302
    with django_assert_num_queries(15):
        shown = client.get(page("keyword_list", found_list.pk)).content.decode()
    assert "Of 2 searches 1 stand in posts" in shown
    assert "Spring launch" in shown
    keeping.add_words(
        keyword_list=found_list,
        words=[Searched(f"soap {n}") for n in range(20)],
        actor=None,
        at=NOW,
    )
    count_uses(brand=brand, at=NOW)
    with django_assert_num_queries(15):
        client.get(page("keyword_list", found_list.pk))
    assert "hand soap" in client.get(page("keyword", keyword.pk)).content.decode()
    assert "not known" in client.get(page("campaign_keywords", campaign.key)).content.decode()
    exported = client.get(page("keyword_list_export", found_list.pk, "csv"))
    lines = b"".join(exported.streaming_content).decode().splitlines()
    assert lines[1].startswith("hand soap,,,1,0,1,")
    away = page("keyword_list_unassign", found_list.pk)
    assert client.post(away, chosen | {"keyword": [0]}).status_code == 422
    assert KeywordAssignment.objects.count() == 1
    taken = client.post(away, chosen, follow=True).content.decode()
    assert "1 search less for Spring launch." in taken
    assert not KeywordAssignment.objects.exists()
    assert client.post(page("keyword_list_assign", found_list.pk), chosen).status_code == 302
    assert logged_in(legal).post(page("keyword_list_remove", found_list.pk)).status_code == 403
    assert client.post(page("keyword_list_remove", found_list.pk)).status_code == 302
    assert not KeywordAssignment.objects.exists()


def test_the_page_of_links_keeps_what_to_look_for(brand, manager):
    client = logged_in(manager)
    assert "Nothing to look for yet" in client.get(page("post_references")).content.decode()
    bad = client.post(page("post_references"), {"hosts": "acme", "accounts": "", "version": 1})
    assert bad.status_code == 422
    assert "write shop.example" in bad.content.decode()
    good = {"hosts": "acme.example", "accounts": "acme", "version": 1}
    assert client.post(page("post_references"), good).status_code == 302
    write(brand, "see acme.example and @acme", external_id="p1")
    count_references(brand=brand, at=NOW)
    shown = client.get(page("post_references") + "?kind=link").content.decode()
    assert "acme.example" in shown
    assert "@acme</th>" not in shown
    exported = client.get(page("post_references_export", "csv"))
    assert len(b"".join(exported.streaming_content).decode().splitlines()) == 3
