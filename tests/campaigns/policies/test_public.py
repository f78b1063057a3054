"""The brand's public page: what it says, when everybody reads it, versions that never change."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from campaigns.models import PublicPolicy, PublicPolicyVersion
from campaigns.services import public_policies as service
from campaigns.services.documents import digest_of
from campaigns.services.public_policies import Wanted
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.choices import RetentionPurpose
from crm.models import RetentionRule
from tests.campaigns.made import NOW

pytestmark = pytest.mark.django_db
SAYS = Wanted(
    "Acme ApS, Havnen 1", "Privacy@Acme.example", "- Also in podcasts", "# Thanks\nTo all"
)


def save(brand, actor, wanted=SAYS, version=None):
    return service.save(brand=brand, wanted=wanted, actor=actor, at=NOW, expected_version=version)


def publish(brand, actor, version=None):
    digest = digest_of(service.document_of(service.policy_of(brand)))
    return service.publish(
        brand=brand, digest=digest, actor=actor, at=NOW, expected_version=version
    )


def test_it_says_what_the_brand_and_its_settings_say(brand, legal):
    RetentionRule.objects.create(brand=brand, purpose=RetentionPurpose.CONTACTED, months=24)
    RetentionRule.objects.create(brand=brand, purpose=RetentionPurpose.MAILS, months=1)
    save(brand, legal)
    document = service.document_of(service.policy_of(brand))
    text = document["text"]
    assert f"Whoever gets something from {brand.name}" in text
    assert "- Creators written to, without a campaign: 24 months after they were" in text
    assert "- Mails: 1 month after they were last needed" in text
    assert "stay 10 years after they were made" in text
    assert "Where more than 20 % of all creators would move" in text
    assert "or write to privacy@acme.example." in text
    # The brand's own words stand after those on advertising, and at the end.
    assert text.index("- Also in podcasts") < text.index("# What we keep about creators")
    assert text.endswith("# Thanks\nTo all")
    assert "{" not in text


def test_nobody_reads_it_before_it_is_published(client, brand, legal):
    here = reverse("public_policy", args=[brand.slug])
    save(brand, legal)
    assert client.get(here).status_code == 404
    made = publish(brand, legal)
    assert (made.number, made.published_by) == (1, legal)
    page = client.get(here)
    assert page.status_code == 200
    assert "Acme ApS, Havnen 1" in page.content.decode()
    service.withdraw(brand=brand, actor=legal, at=NOW)
    assert client.get(here).status_code == 404
    with pytest.raises(CampaignRefused, match="is not public"):
        service.withdraw(brand=brand, actor=legal, at=NOW)
    # Published again as it was, it is the same version.
    assert publish(brand, legal).number == 1


def test_settings_that_change_ask_for_a_new_version(client, brand, legal):
    save(brand, legal)
    publish(brand, legal)
    with pytest.raises(CampaignRefused, match="published like that already"):
        publish(brand, legal)
    before = digest_of(service.document_of(service.policy_of(brand)))
    RetentionRule.objects.create(brand=brand, purpose=RetentionPurpose.NOTES, months=6)
    with pytest.raises(CampaignOutdated, match="settings changed"):
        service.publish(brand=brand, digest=before, actor=legal, at=NOW, expected_version=None)
    here = reverse("public_policy", args=[brand.slug])
    assert "Notes: 6 months" not in client.get(here).content.decode()
    assert publish(brand, legal).number == 2
    assert "Notes: 6 months" in client.get(here).content.decode()
    old = client.get(f"{here}?version=1").content.decode()
    assert "Notes: 6 months" not in old
    assert "There is a newer one." in old
    assert client.get(f"{here}?version=x").status_code == 200


def test_a_page_without_somebody_who_answers_is_not_published(brand, legal):
    save(brand, legal, Wanted(controller="Acme"))
    with pytest.raises(CampaignRefused) as refusal:
        publish(brand, legal)
    assert refusal.value.field == "contact_email"
    with pytest.raises(CampaignRefused, match="no e-mail address"):
        save(brand, legal, Wanted("Acme", "nobody"))
    save(brand, legal)
    publish(brand, legal)
    with pytest.raises(CampaignRefused, match="The page is public"):
        save(brand, legal, Wanted("Acme"))
    assert PublicPolicyVersion.objects.count() == 1
    with pytest.raises(CampaignOutdated):
        save(brand, legal, SAYS, version=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        PublicPolicy.objects.update(controller="")


def test_a_version_never_changes(brand, legal):
    save(brand, legal)
    made = publish(brand, legal)
    with pytest.raises(DatabaseError), transaction.atomic():
        PublicPolicyVersion.objects.filter(pk=made.pk).update(document={})


def test_pages(client, brand, legal, analyst):
    client.force_login(legal)
    here = reverse("campaigns:public_policy", args=[brand.slug])
    assert "Nothing was published yet." in client.get(here).content.decode()
    sent = {
        "controller": "Acme",
        "contact_email": "a@acme.example",
        "disclosure": "<b>Bold</b>",
        "more": "",
        "version": 0,
    }
    assert client.post(here, sent | {"contact_email": "x"}).status_code == 422
    assert client.post(here, sent).status_code == 302
    page = client.get(here)
    shown = page.content.decode()
    assert "&lt;b&gt;Bold" in shown
    form = page.context["publishing"].initial
    act = reverse("campaigns:public_policy_publish", args=[brand.slug])
    assert client.post(act, form | {"digest": "0" * 64}).status_code == 422
    assert not PublicPolicyVersion.objects.exists()
    assert client.post(act, form).status_code == 302
    assert PublicPolicy.objects.get().is_open
    client.force_login(analyst)
    assert client.get(here).status_code == 200
    away = reverse("campaigns:public_policy_withdraw", args=[brand.slug])
    for address in (here, act, away):
        assert client.post(address, form).status_code == 403
    assert PublicPolicy.objects.get().is_open
    client.force_login(legal)
    assert client.post(away).status_code == 302
    assert not PublicPolicy.objects.get().is_open
