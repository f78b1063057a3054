"""Some made-up content and rights to it, for the demo brand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from campaigns.choices import AssetOrigin, RightSource, StartTrigger, Usage
from campaigns.models import Asset, Engagement
from campaigns.models.engagements import BOUND
from campaigns.services.assets.library import Facts, add
from campaigns.services.assets.using import Use, log_use
from campaigns.services.days import today_of
from campaigns.services.rights.evidence import Evidence
from campaigns.services.rights.granting import grant
from campaigns.services.rights.terms import Terms, last_day
from crm.choices import Role
from crm.models import Brand, User

NUMBER = 6
# What was made, and how many days ago its rights began.
_MADE = (
    ("Night routine, morning light", 20),
    ("Ten nights, ten faces", 85),
    ("Why retinol waits for the evening", 170),
    ("Unboxing by candle light", 200),
    ("The jar on the nightstand", 60),
    ("Three drops, no filter", 5),
)


@transaction.atomic
def fill_rights(*, brand: Brand, seed: int, at: datetime) -> int:
    """Content of creators who are bound, with rights at every age; how many assets there are."""
    held = Asset.objects.filter(brand=brand).count()
    actor = User.objects.filter(roles__brand=brand, roles__role=Role.MANAGER).first()
    places = list(
        Engagement.objects.filter(campaign__brand=brand, stage__in=BOUND)
        .select_related("campaign__brand", "relationship__creator")
        .order_by("pk")[:NUMBER]
    )
    if held or actor is None or not places:
        return held
    today = today_of(brand, at)
    for number, place in enumerate(places):
        title, days = _MADE[(number + seed) % len(_MADE)]
        _content(place, title, today - timedelta(days=days), actor, at)
    _customers(brand, today, actor, at)
    return Asset.objects.filter(brand=brand).count()


def _content(place: Engagement, title: str, since: date, actor: User, at: datetime) -> None:
    """Organic use without end; paid use for six months, of which some have passed."""
    brand = place.campaign.brand
    evidence = Evidence(
        given_by=place.relationship.creator.name, note="Their mail with the signed terms."
    )
    paid = Terms(
        Usage.PAID,
        territory=("DK", "SE"),
        channels=("instagram", "website", "newsletter"),
        trigger=StartTrigger.DAY,
        starts_on=since,
        months=6,
        may_edit=False,
        credit=f"Content by {place.relationship.creator.name}",
    )
    for terms in (Terms(Usage.ORGANIC, starts_on=since, is_endless=True), paid):
        grant(
            engagement=place,
            terms=terms,
            source=RightSource.HAND,
            evidence=evidence,
            actor=actor,
            at=at,
        )
    asset = add(
        brand=brand,
        facts=Facts(
            title=title,
            origin=AssetOrigin.CAMPAIGN,
            url=f"https://www.example.com/{brand.slug}/{place.pk}/",
            engagement=place,
            tags=("night cream", "routine"),
            alt_text="A woman puts cream on her cheek in front of a window.",
            releases="held",
        ),
        actor=actor,
        at=at,
    )
    last = last_day(since, 6)
    if since <= today_of(brand, at) <= last:
        use = Use(Usage.PAID, "website", since, ends_on=last, territory=("DK",))
        log_use(asset_id=asset.pk, brand=brand, use=use, actor=actor, at=at)


def _customers(brand: Brand, today: date, actor: User, at: datetime) -> None:
    """A picture with its permission, and one of which nobody asked."""
    known, _unknown = (
        add(
            brand=brand,
            facts=Facts(
                title=title,
                origin=AssetOrigin.UGC,
                url=f"https://www.example.com/{brand.slug}/customers/{number}/",
                made_by=name,
                tags=("customer",),
            ),
            actor=actor,
            at=at,
        )
        for number, (title, name) in enumerate(
            (("Shelf after a month", "Kim"), ("Travel size in the snow", "Robin")), start=1
        )
    )
    grant(
        asset=known,
        terms=Terms(Usage.ORGANIC, starts_on=today - timedelta(days=30), is_endless=True),
        source=RightSource.HAND,
        evidence=Evidence(given_by="Kim", note="Answered yes to our message under the picture."),
        actor=actor,
        at=at,
    )
