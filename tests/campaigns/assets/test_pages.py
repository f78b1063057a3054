"""The library's pages: what may be used, asked and answered; uses; tags; files; other brands."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from campaigns.choices import AssetOrigin
from campaigns.models import Asset, AssetUse, UsageRight
from crm.choices import Role
from crm.models import Brand, Notification
from tests.campaigns.rights.worlds import asset_of, engagement_of, give, piece
from tests.factories import BrandFactory, PostFactory, RelationshipFactory
from tests.people import logged_in, person

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture
def brand() -> Brand:
    return BrandFactory(timezone="Europe/Copenhagen")


@pytest.fixture
def manager(brand):
    return person(brand, Role.MANAGER)


def at(brand, name, *args):
    return reverse(f"campaigns:{name}", args=[brand.slug, *args])


def test_the_library_says_what_may_be_done_today(brand, manager, django_assert_num_queries):
    client = logged_in(manager)
    engagement = engagement_of(brand)
    give(engagement, starts_on=date(2020, 1, 1), is_endless=True)
    asset_of(engagement)
    client.get(at(brand, "assets"))

    with django_assert_num_queries(11):
        answer = client.get(at(brand, "assets"))

    [item] = answer.context["items"]
    assert [(use.usage, use.word) for use in item.uses] == [
        ("organic", "no"),
        ("paid", "yes"),
        ("whitelisting", "no"),
    ]
    for _ in range(9):
        asset_of(engagement)
    with django_assert_num_queries(11):
        client.get(at(brand, "assets"))


def test_filters_narrow_and_what_cannot_be_read_is_left_out(brand, manager):
    client = logged_in(manager)
    engagement = engagement_of(brand)
    give(engagement, starts_on=date(2020, 1, 1), is_endless=True)
    mine = asset_of(engagement, tags=["summer"])
    loose = asset_of(brand=brand, title="Tasting")

    def found(query):
        return {row.asset.pk for row in client.get(at(brand, "assets") + query).context["items"]}

    assert found("") == {mine.pk, loose.pk}
    assert found("?rights=usable&usage=paid") == {mine.pk}
    assert found("?rights=unknown") == {loose.pk}
    assert found("?search=tast") == {loose.pk}
    assert found("?tag=Summer") == {mine.pk}
    assert found(f"?campaign={engagement.campaign.key}") == {mine.pk}
    assert found("?rights=nonsense") == {mine.pk, loose.pk}
    assert found("?is_archived=true") == set()


def test_the_export_has_what_the_list_shows(brand, manager):
    engagement = engagement_of(brand)
    give(engagement, starts_on=date(2020, 1, 1), ends_on=date(2090, 1, 1))
    asset_of(engagement, tags=["summer"])

    answer = logged_in(manager).get(at(brand, "assets_export", "csv"))

    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("title,kind,how it came,creator")
    assert "Morning light,Image,Made for a campaign," in lines[1]
    assert ",no,,yes,2090-01-01,no,," in lines[1]


def test_the_question_is_answered_at_an_address(brand, manager):
    engagement = engagement_of(brand)
    give(engagement, territory=("DK",), starts_on=date(2020, 1, 1), is_endless=True)
    asset = asset_of(engagement)
    client = logged_in(manager)

    yes = client.get(at(brand, "asset", asset.pk) + "?usage=paid&territory=Denmark&channel=website")
    no = client.get(at(brand, "asset", asset.pk) + "?usage=paid&territory=worldwide")
    unknown = client.get(at(brand, "asset", asset.pk) + "?usage=paid")
    unread = client.get(at(brand, "asset", asset.pk) + "?usage=paid&territory=Atlantis")

    assert yes.context["answer"].verdict == "yes"
    assert "Yes, without end" in yes.content.decode()
    assert no.context["answer"].verdict == "no"
    assert unknown.context["answer"].verdict == "unknown"
    assert unread.context["answer"] is None
    assert "cannot be read as countries" in unread.content.decode()


def test_a_file_is_put_into_the_library_and_shown_safely(brand, manager):
    client = logged_in(manager)
    said = {"title": "Box", "origin": AssetOrigin.UGC, "made_by": "Kim", "tags": "Summer, box"}

    made = client.post(
        at(brand, "asset_new"), said | {"file": SimpleUploadedFile("box.png", PNG, "text/html")}
    )

    asset = Asset.objects.get()
    assert made.status_code == 302
    assert (asset.kind, asset.content_type, asset.size) == ("image", "image/png", 72)
    assert (asset.tags, asset.made_by, asset.created_by) == (["box", "summer"], "Kim", manager)
    answer = client.get(at(brand, "asset_file", asset.pk))
    assert b"".join(answer.streaming_content) == PNG
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Content-Disposition"].startswith("inline")
    # The same once more leads to the one that is there.
    again = client.post(at(brand, "asset_new"), said | {"file": SimpleUploadedFile("b.png", PNG)})
    assert again.url == at(brand, "asset", asset.pk)
    assert Asset.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("page.html", b"<html><script>", "none of the kinds"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'>", "none of the kinds"),
        ("words.txt", b"\xff\xfe\0\0", "no plain text"),
        ("empty.png", b"", "empty"),
    ],
)
def test_what_could_run_or_says_nothing_is_refused(brand, manager, name, content, words):
    said = {"title": "Box", "origin": AssetOrigin.UGC}
    upload = SimpleUploadedFile(name, content)

    answer = logged_in(manager).post(at(brand, "asset_new"), said | {"file": upload})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Asset.objects.exists()


def test_the_address_of_a_known_post_brings_its_creator(brand, manager):
    relationship = RelationshipFactory(brand=brand)
    post = PostFactory(
        profile__creator=relationship.creator, url="https://www.instagram.com/p/abc/"
    )
    said = {"title": "Unboxing", "origin": AssetOrigin.UGC, "made_by": "x", "url": post.url}

    logged_in(manager).post(at(brand, "asset_new"), said)

    asset = Asset.objects.get()
    assert (asset.kind, asset.origin, asset.made_by) == ("page", "post", "")
    assert (asset.relationship, asset.post, asset.platform_id) == (relationship, post, "instagram")


def test_a_permission_of_a_customer_is_written_down_with_its_paper(brand, manager):
    asset = asset_of(brand=brand, made_by="Kim")
    client = logged_in(manager)
    said = {
        "usage": "paid",
        "territory": "EU",
        "channels": ["website"],
        "trigger": "day",
        "starts_on": "2026-01-01",
        "is_endless": "on",
        "note": "Mail of 3 May",
        "given_by": "Kim",
        "document": SimpleUploadedFile("yes.txt", b"Yes, please."),
    }

    made = client.post(at(brand, "asset_right_new", asset.pk), said)

    right = UsageRight.objects.get()
    assert made.url == at(brand, "right", right.pk)
    assert (len(right.territory), right.channels, right.source) == (27, ["website"], "hand")
    assert right.is_endless
    paper = client.get(at(brand, "right_document", right.pk))
    assert b"".join(paper.streaming_content) == b"Yes, please."
    assert paper["Content-Disposition"].startswith("attachment")
    assert "European Union" in client.get(at(brand, "right", right.pk)).content.decode()


def test_a_use_outside_of_the_rights_needs_a_reason_and_legal_hears_of_it(brand, manager):
    legal = person(brand, Role.LEGAL)
    asset = asset_of(brand=brand)
    client = logged_in(manager)
    said = {"usage": "paid", "channel": "website", "territory": "DK", "starts_on": "2026-11-01"}

    refused = client.post(at(brand, "asset_use", asset.pk), said)
    assert refused.status_code == 422
    assert "It is not known whether the rights allow this" in refused.content.decode()
    assert not AssetUse.objects.exists()
    client.post(
        at(brand, "asset_use", asset.pk), said | {"reason": "The customer said yes by phone"}
    )

    use = AssetUse.objects.get()
    assert (use.verdict, use.reason) == ("unknown", "The customer said yes by phone")
    assert use.answer["reasons"] == ["Nobody wrote down what may be done with it."]
    [told] = Notification.objects.all()
    assert (told.user, told.url) == (legal, at(brand, "asset", asset.pk))


def test_a_use_within_the_rights_needs_none_and_can_be_taken_down(brand, manager):
    engagement = engagement_of(brand)
    give(engagement, starts_on=date(2020, 1, 1), is_endless=True)
    asset = asset_of(engagement)
    client = logged_in(manager)
    said = {"usage": "paid", "channel": "website", "territory": "DK", "starts_on": "2026-01-01"}

    client.post(at(brand, "asset_use", asset.pk), said)
    use = AssetUse.objects.get()
    client.post(at(brand, "asset_use_end", use.pk))

    assert (use.verdict, use.reason, use.ends_on) == ("yes", "", None)
    use.refresh_from_db()
    assert use.ends_on is not None
    assert not Notification.objects.exists()


def test_tags_for_many_at_once_in_this_brand_only(brand, manager):
    mine, theirs = asset_of(brand=brand, tags=["a"]), asset_of(brand=BrandFactory())
    client = logged_in(manager)

    client.post(
        at(brand, "assets_tag"), {"asset": [mine.pk, theirs.pk], "tags": "B, c", "act": "add"}
    )
    client.post(at(brand, "assets_tag"), {"asset": [mine.pk], "tags": "a", "act": "drop"})

    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.tags, theirs.tags) == (["b", "c"], [])


def test_an_old_page_overwrites_nothing(brand, manager):
    asset = asset_of(brand=brand)
    client = logged_in(manager)
    said = {"title": "New", "origin": "ugc", "version": asset.version}

    client.post(at(brand, "asset", asset.pk), said)
    late = client.post(at(brand, "asset", asset.pk), said | {"title": "Later"})

    asset.refresh_from_db()
    assert (late.status_code, asset.title, asset.version) == (422, "New", 2)


def test_another_brands_library_is_not_there(brand, manager):
    other = BrandFactory()
    asset = asset_of(brand=other)
    right = give(asset)
    client = logged_in(manager)

    for name, pk in (
        ("asset", asset.pk),
        ("asset_file", asset.pk),
        ("asset_right_new", asset.pk),
        ("right", right.pk),
        ("right_document", right.pk),
        ("right_renew", right.pk),
    ):
        assert client.get(at(brand, name, pk)).status_code == 404
    for name, pk in (("asset_use", asset.pk), ("asset_away", asset.pk), ("right_revoke", right.pk)):
        assert client.post(at(brand, name, pk), {}).status_code == 404


def test_the_panel_of_a_creator_in_a_campaign(brand, manager):
    engagement = engagement_of(brand)
    give(engagement)
    kept = asset_of(engagement)
    piece(engagement)
    key = engagement.campaign.key

    answer = logged_in(manager).get(at(brand, "engagement_rights", key, engagement.pk))

    content = answer.content.decode()
    assert "Paid use worldwide on all channels" in content
    assert kept.title in content
    assert at(brand, "engagement_right_new", key, engagement.pk) in content


def test_a_right_is_renewed_from_the_day_after_and_taken_back(brand, manager):
    engagement = engagement_of(brand)
    right = give(engagement)
    client = logged_in(manager)

    form = client.get(at(brand, "right_renew", right.pk)).context["form"]
    assert form["starts_on"].value() == date(2027, 6, 3)
    said = {name: form[name].value() for name in ("usage", "territory", "trigger", "months")}
    said |= {"starts_on": "2027-06-03", "note": "Mail of 3 May"}
    client.post(at(brand, "right_renew", right.pk), said)
    client.post(at(brand, "right_revoke", right.pk), {"on": "2026-12-24", "reason": "Quarrel"})

    assert UsageRight.objects.get(renews=right).starts_on == date(2027, 6, 3)
    right.refresh_from_db()
    assert (right.revoked_on, right.revoked_reason) == (date(2026, 12, 24), "Quarrel")


def test_the_list_of_rights_narrows_and_exports(brand, manager):
    engagement = engagement_of(brand)
    now = give(engagement, starts_on=date(2020, 1, 1), is_endless=True)
    over = give(engagement, starts_on=date(2020, 1, 1), ends_on=date(2020, 2, 1))
    client = logged_in(manager)

    def found(query):
        return [right.pk for right, _ in client.get(at(brand, "rights") + query).context["items"]]

    assert found("") == [over.pk, now.pk]
    assert found("?view=now") == [now.pk]
    assert found("?view=ended") == [over.pk]
    assert found("?view=ending") == []
    assert found("?usage=organic") == []
    answer = client.get(at(brand, "rights_export", "csv"))
    assert len(b"".join(answer.streaming_content).decode().splitlines()) == 3
