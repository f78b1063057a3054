"""The list of creators: what it shows, its fragments, its export, adding one; constant queries."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.choices import Source, Stage
from crm.models import (
    AuditEntry,
    ContactPoint,
    Creator,
    FactChange,
    MetricSnapshot,
    Platform,
    Profile,
    Relationship,
    StageChange,
)
from crm.services.creators import CreatorRefused, add_creator, add_profile, change_creator
from tests.factories import (
    NOW,
    BrandFactory,
    ContactPointFactory,
    CreatorFactory,
    CreatorMetricsFactory,
    ProfileFactory,
    RelationshipFactory,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def known(brand, number, **metrics):
    """`number` creators with an account and metrics each, in bulk."""
    start = Creator.objects.count()
    creators = Creator.objects.bulk_create(
        Creator(name=f"Creator {n:06d}") for n in range(start, start + number)
    )
    Profile.objects.bulk_create(
        Profile(creator=c, platform_id="instagram", handle=f"handle{c.pk}") for c in creators
    )
    CreatorMetricsFactory._meta.model.objects.bulk_create(
        CreatorMetricsFactory.build(creator=c, followers=n, **metrics)
        for n, c in enumerate(creators)
    )
    relationships = Relationship.objects.bulk_create(
        Relationship(brand=brand, creator=c, since=NOW, stage_since=NOW) for c in creators
    )
    StageChange.objects.bulk_create(
        StageChange(relationship=r, stage=r.stage, entered_at=NOW) for r in relationships
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE crm_creator, crm_profile, crm_creatormetrics, crm_relationship")
    return relationships


def names(response):
    return re.findall(r'fw-medium" href="[^"]+">([^<]+)</a>', response.content.decode())


def test_a_row_shows_what_is_known_and_says_what_is_not(brand, analyst_client, manager):
    creator = CreatorFactory(name="Ida <Holm>")
    ProfileFactory(creator=creator, handle="ida.cooks", followers=12_345)
    CreatorMetricsFactory(
        creator=creator,
        followers=12_345,
        engagement_rate=0.0251,
        last_post_at=timezone.now() - timedelta(days=3, hours=1),
    )
    RelationshipFactory(brand=brand, creator=creator, owner=manager, next_step="Call", stage="core")
    RelationshipFactory(brand=brand, creator=CreatorFactory(name="Nobody Knows"))
    page = analyst_client.get("/acme/creators/").content.decode()
    for shown in (
        "Ida &lt;Holm&gt;",
        '<abbr class="mark" title="Instagram">IG</abbr> ida.cooks',
        '<span title="12,345">12.3k</span>',
        "2.51\u202f%",
        "Micro",
        "Core partner",
        "manager",
        "Call",
        "3\xa0days ago",
        "<strong>2</strong> creators",
    ):
        assert shown in page
    assert page.count("not known") >= 4


def test_another_brands_creators_are_not_there(brand, other_brand, manager_client):
    RelationshipFactory(brand=brand, creator__name="Mine")
    elsewhere = RelationshipFactory(brand=other_brand, creator__name="Theirs")
    assert names(manager_client.get("/acme/creators/")) == ["Mine"]
    assert manager_client.get(f"/acme/creators/{elsewhere.creator.uid}/").status_code == 404
    assert (
        "Theirs"
        not in b"".join(manager_client.get("/acme/creators/export.csv").streaming_content).decode()
    )


def test_pages_by_plain_links_and_by_htmx(brand, manager_client):
    known(brand, 120)
    first = manager_client.get("/acme/creators/")
    assert len(names(first)) == 50
    following = re.search(r'rel="next" href="([^"]+)"', first.content.decode()).group(1)
    second = manager_client.get(f"/acme/creators/{following.replace('&amp;', '&')}", headers=HTMX)
    assert len(names(second)) == 50
    assert not set(names(first)) & set(names(second))
    assert "<html" not in second.content.decode()


def test_the_pushed_address_has_only_what_was_asked(brand, manager_client):
    response = manager_client.get(
        "/acme/creators/?search=&stage=core&followers_min=&sort=name", headers=HTMX
    )
    assert response["HX-Push-Url"] == "/acme/creators/?stage=core&sort=name"
    assert manager_client.get("/acme/creators/", headers=HTMX)["HX-Push-Url"] == "/acme/creators/"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_bad_filter_is_an_error_beside_its_field(brand, manager_client, headers):
    RelationshipFactory(brand=brand, creator__name="Ida")
    response = manager_client.get("/acme/creators/?followers_min=many", headers=headers)
    assert response.status_code == 200
    assert "Enter a whole number." in response.content.decode()
    assert names(response) == []


def test_a_bad_cursor_gives_page_one_with_words(brand, manager_client):
    RelationshipFactory(brand=brand, creator__name="Ida")
    response = manager_client.get("/acme/creators/?cursor=nonsense")
    assert names(response) == ["Ida"]
    assert "Start again from page one" in response.content.decode()


def test_empty_lists_say_what_to_do(brand, manager_client, legal_client):
    assert "Add creator" in manager_client.get("/acme/creators/").content.decode()
    assert "A manager can import" in legal_client.get("/acme/creators/").content.decode()
    filtered = manager_client.get("/acme/creators/?stage=core").content.decode()
    assert "Nobody matches" in filtered


def test_query_count_is_constant(brand, manager_client):
    def queries():
        counts = {}
        for sort in ("-followers", "name", "-added", "followers"):
            with CaptureQueriesContext(connection) as captured:
                assert manager_client.get(f"/acme/creators/?sort={sort}").status_code == 200
            counts[sort] = len(captured)
        return counts

    known(brand, 100)
    few = queries()
    known(brand, 900)
    assert queries() == few
    assert max(few.values()) <= 17


def test_the_export_has_the_lists_filter_and_order(brand, manager_client, manager):
    for number in range(3):
        relationship = RelationshipFactory(
            brand=brand, stage=Stage.CORE, creator__name=f"=Formula {number}", owner=manager
        )
        ProfileFactory(creator=relationship.creator, handle=f"h{number}")
        CreatorMetricsFactory(
            creator=relationship.creator, followers=2_000 + number, engagement_rate=0.05
        )
    RelationshipFactory(brand=brand, creator__name="Not core")
    response = manager_client.get("/acme/creators/export.csv?stage=core&sort=followers")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert 'attachment; filename="creators-acme-' in response["Content-Disposition"]
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(r["name"], r["followers"], r["profiles"]) for r in rows] == [
        ("'=Formula 0", "2000", "instagram:h0"),
        ("'=Formula 1", "2001", "instagram:h1"),
        ("'=Formula 2", "2002", "instagram:h2"),
    ]
    assert rows[0]["tier"] == "nano"
    assert rows[0]["engagement_rate"] == "0.05"
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.data) == (
        "crm.creators.exported",
        {"query": "stage=core&sort=followers"},
    )


def test_a_bad_filter_exports_nothing(brand, manager_client):
    response = manager_client.get("/acme/creators/export.csv?stage=nowhere")
    assert response.status_code == 400
    assert not AuditEntry.objects.exists()


NEW = {"name": "Ida Holm", "platform": "instagram", "handle": "@Ida.Cooks"}


def test_add_a_creator_by_hand(brand, manager, manager_client):
    form = NEW | {"followers": "1200", "country": "DK", "email": "Ida@Example.com"}
    response = manager_client.post("/acme/creators/new/", form)
    relationship = Relationship.objects.get()
    assert response["Location"] == f"/acme/creators/{relationship.creator.uid}/"
    profile = Profile.objects.get()
    assert (profile.handle, profile.followers, profile.metrics_source, profile.url) == (
        "ida.cooks",
        1_200,
        Source.MANUAL,
        "https://www.instagram.com/ida.cooks/",
    )
    assert MetricSnapshot.objects.get().followers == 1_200
    assert relationship.creator.metrics.followers == 1_200
    assert ContactPoint.objects.get().value == "ida@example.com"
    assert StageChange.objects.get().actor == manager
    assert AuditEntry.objects.get().verb == "crm.relationship.created"
    assert FactChange.objects.get().creator == relationship.creator


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Creator, Profile, Relationship, ContactPoint, MetricSnapshot, AuditEntry)
    ]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (NEW, "is in your list already"),
        (NEW | {"handle": "https://www.instagram.com/ida.cooks/"}, "is in your list already"),
        (NEW | {"handle": "not a handle!"}, "cannot be a handle on instagram"),
        (NEW | {"handle": "https://www.tiktok.com/@ida"}, "is an address of tiktok"),
        (NEW | {"handle": ""}, "This field is required"),
        (NEW | {"handle": "other", "email": "taken@example.com"}, "belongs to Ida Holm"),
        (NEW | {"handle": "other", "followers": "-3"}, "greater than or equal to 0"),
        (NEW | {"handle": "other", "name": "a\x00b"}, "Null characters"),
    ],
)
def test_a_refused_creator_leaves_nothing(brand, manager_client, form, words):
    first = RelationshipFactory(brand=brand, creator__name="Ida Holm")
    ProfileFactory(creator=first.creator, handle="ida.cooks")
    ContactPointFactory(brand=brand, creator=first.creator, value="taken@example.com")
    before = everything()
    response = manager_client.post("/acme/creators/new/", form)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert everything() == before


def test_an_account_of_another_brand_is_the_same_creator(brand, other_brand, manager):
    theirs = RelationshipFactory(brand=other_brand, creator__name="Ida Holm", stage=Stage.CORE)
    ProfileFactory(creator=theirs.creator, handle="ida.cooks")
    mine = add_creator(
        brand=brand,
        name="Ida",
        platform=Platform.objects.get(key="instagram"),
        handle="ida.cooks",
        actor=manager,
        at=NOW,
    )
    assert mine.creator == theirs.creator
    assert (mine.stage, mine.creator.name) == ("prospect", "Ida Holm")
    assert Creator.objects.count() == 1


def test_add_an_account_or_a_newer_count(brand, manager):
    relationship = RelationshipFactory(brand=brand)
    tiktok = Platform.objects.get(key="tiktok")
    for followers, at in ((900, NOW), (1_000, NOW + timedelta(days=1))):
        add_profile(
            relationship=relationship,
            platform=tiktok,
            handle="ida",
            actor=manager,
            at=at,
            followers=followers,
        )
    assert Profile.objects.get().followers == 1_000
    assert list(MetricSnapshot.objects.values_list("followers", flat=True)) == [1_000, 900]
    with pytest.raises(CreatorRefused, match="has the account ida already"):
        add_profile(relationship=relationship, platform=tiktok, handle="ida", actor=manager, at=NOW)


@pytest.mark.parametrize(
    ("is_known", "words"),
    [
        (True, r"belongs to another creator: The other\.$"),
        (False, r"belongs to another creator\.$"),  # whose name is not for this brand
    ],
)
def test_an_account_of_somebody_else_is_refused(brand, manager, is_known, words):
    theirs = ProfileFactory(handle="ida", creator__name="The other")
    relationship = RelationshipFactory(brand=brand)
    if is_known:
        RelationshipFactory(brand=brand, creator=theirs.creator)
    with pytest.raises(CreatorRefused, match=words):
        add_profile(
            relationship=relationship,
            platform=Platform.objects.get(key="instagram"),
            handle="ida",
            actor=manager,
            at=NOW,
        )
    assert not AuditEntry.objects.exists()


def test_corrections_are_recorded_with_before_and_after(brand, manager):
    relationship = RelationshipFactory(brand=brand, creator__name="Ida")
    change_creator(
        relationship=relationship,
        changes={"name": "Ida Holm", "country": "DK", "language": ""},
        actor=manager,
        at=NOW,
    )
    assert AuditEntry.objects.get().data == {"name": ["Ida", "Ida Holm"], "country": ["", "DK"]}
    assert FactChange.objects.get().brand is None


def test_a_new_brand_knows_nobody(manager_client, db):
    BrandFactory(slug="empty")
    assert manager_client.get("/empty/creators/").status_code == 404
