"""Who may be one and the same, and why; what people said about it stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.models import AuditEntry, ContactPoint, DuplicatePair, FormerHandle, Job
from crm.services import duplicates, jobs
from tests.factories import NOW, ContactPointFactory, ProfileFactory, RelationshipFactory

pytestmark = pytest.mark.django_db


def known(brand, name, *, country="", handle="", platform="instagram", bio=""):
    creator = RelationshipFactory(brand=brand, creator__name=name, creator__country=country).creator
    if handle:
        ProfileFactory(creator=creator, handle=handle, platform_id=platform, bio=bio)
    return creator


def found(brand):
    return {
        (pair.first.name, pair.second.name): (
            pair.score,
            [(reason["kind"], reason["value"]) for reason in pair.reasons],
        )
        for pair in DuplicatePair.objects.filter(brand=brand).select_related("first", "second")
    }


def test_pairs_are_found_by_what_they_share_with_the_reasons(brand, other_brand):
    known(brand, "Ida Holm", country="DK", handle="ida.holm")
    known(brand, "Holm, Ida", country="DK", handle="idaholm", platform="tiktok")
    mila = known(brand, "Mila Frost", handle="mila_paints")
    milas = known(brand, "Atelier M", handle="atelier.m")
    ContactPointFactory(brand=brand, creator=mila, value="mi.la@gmail.com")
    ContactPointFactory(brand=brand, creator=milas, value="mila+work@gmail.com")
    known(brand, "Jo Berg", handle="jo_one", bio="Shop: https://jo.example/shop/ now")
    known(brand, "Bergs Shop", handle="bergshop", bio="my shop www.jo.example/shop")
    # The same name in two countries, another brand's creator, a common name alone: no pair.
    known(brand, "Eva Lind", country="SE", handle="evalind_se")
    known(brand, "Eva Lind", country="US", handle="lindeva_us")
    known(other_brand, "Ida Holm", country="DK", handle="theirs")
    assert duplicates.find(brand=brand, at=NOW) == 3
    assert found(brand) == {
        ("Ida Holm", "Holm, Ida"): (
            90,
            [("handle", "ida.holm / idaholm"), ("name", "Ida Holm / Holm, Ida")],
        ),
        ("Mila Frost", "Atelier M"): (60, [("email", "mi.la@gmail.com / mila+work@gmail.com")]),
        ("Jo Berg", "Bergs Shop"): (40, [("link", "jo.example/shop")]),
    }


def test_a_key_that_many_share_tells_nothing(brand):
    for number in range(7):
        known(brand, f"Person {number}", handle=f"shop.{'_' * number}info")
    assert duplicates.find(brand=brand, at=NOW) == 0


def test_a_former_handle_leads_to_who_has_it_now(brand):
    first = known(brand, "Ida Holm", handle="ida_old")
    profile = first.profiles.get()
    profile.handle = "ida_new"
    profile.save()
    assert FormerHandle.objects.get().handle == "ida_old"
    known(brand, "Ida Holmm", handle="ida_old")
    assert duplicates.find(brand=brand, at=NOW) == 1
    [(score, reasons)] = found(brand).values()
    assert score == 65
    assert reasons == [("former_handle", "ida_old"), ("name", "Ida Holm / Ida Holmm")]


def test_what_a_person_said_is_remembered_and_can_be_taken_back(brand, manager):
    known(brand, "Ida Holm", country="DK", handle="ida.holm")
    known(brand, "Ida Holm", country="DK", handle="idaholm", platform="tiktok")
    duplicates.find(brand=brand, at=NOW)
    pair = DuplicatePair.objects.get()
    with pytest.raises(duplicates.DecisionRefused, match="Say how you know"):
        duplicates.say_different(pair=pair, why=" ", actor=manager, at=NOW)
    assert not AuditEntry.objects.exists()
    duplicates.say_different(pair=pair, why="Twins", actor=manager, at=NOW)
    duplicates.find(brand=brand, at=NOW + timedelta(days=1))
    pair.refresh_from_db()
    assert (pair.why_different, pair.decided_by, pair.found_at) == ("Twins", manager, NOW)
    with pytest.raises(duplicates.DecisionRefused, match="manager said so already: “Twins”"):
        duplicates.say_different(pair=pair, why="Two", actor=manager, at=NOW)
    duplicates.ask_again(pair=pair, actor=manager, at=NOW)
    assert DuplicatePair.objects.open().get() == pair


def test_a_pair_that_nothing_speaks_for_any_more_goes(brand):
    first = known(brand, "A Frost", handle="one_handle")
    second = known(brand, "B Lind", handle="two_handle")
    ContactPointFactory(brand=brand, creator=first, value="x+a@mail.example")
    ContactPointFactory(brand=brand, creator=second, value="x+b@mail.example")
    assert duplicates.find(brand=brand, at=NOW) == 1
    ContactPoint.objects.filter(creator=second).delete()
    # New creators are looked at alone, and say nothing of others.
    assert duplicates.find(brand=brand, at=NOW + timedelta(days=1), only=[second.pk]) == 0
    assert DuplicatePair.objects.exists()
    assert duplicates.find(brand=brand, at=NOW + timedelta(days=1)) == 0
    assert not DuplicatePair.objects.exists()


def test_a_search_is_a_job_and_there_is_one_at_a_time(brand, manager):
    known(brand, "Ida Holm", country="DK", handle="ida.holm")
    known(brand, "Ida Holm", country="DK", handle="idaholm", platform="tiktok")
    job = duplicates.ask(brand=brand, actor=manager, at=NOW)
    assert duplicates.ask(brand=brand, actor=manager, at=NOW) == job
    jobs.run(job_id=job.pk, at=NOW)
    assert Job.objects.get().result == "1 pair to look at."
    assert DuplicatePair.objects.count() == 1
