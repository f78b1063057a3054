"""The log of where assets are used: outside of the rights only with a reason, which legal hears."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from campaigns.choices import Usage, Verdict
from campaigns.models import Asset, AssetUse
from campaigns.selectors.rights import answers
from campaigns.services.assets.saying import address, text
from campaigns.services.days import EARLIEST, LATEST, today_of
from campaigns.services.refusals import CampaignOutdated, CampaignRefused, ReasonNeeded
from campaigns.services.rights.channels import channels
from campaigns.services.rights.questions import Answer, Question
from campaigns.services.rights.terms import Terms, checked
from crm import audit
from crm.choices import NotificationKind, Role
from crm.models import Brand, User, UserRole
from crm.services.notifications import notify_all

REASON_MAX = NOTE_MAX = 500


@dataclass(frozen=True)
class Use:
    """What is done with an asset; without a last day it is until further notice."""

    usage: Usage
    channel: str
    starts_on: date
    ends_on: date | None = None
    territory: tuple[str, ...] = ()
    url: str = ""
    note: str = ""

    @property
    def question(self) -> Question:
        """Whether the rights allow it."""
        return Question(
            usage=self.usage,
            on=self.starts_on,
            until=self.ends_on,
            is_open=self.ends_on is None,
            territory=self.territory,
            channel=self.channel,
        )


@transaction.atomic
def log_use(
    *, asset_id: int, brand: Brand, use: Use, reason: str = "", actor: User, at: datetime
) -> AssetUse:
    """Write down a use. Raises Asset.DoesNotExist, CampaignRefused, ReasonNeeded.

    What the rights say is asked while the asset is locked, and kept with the use.
    """
    asset = (
        Asset.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "relationship__creator")
        .get(pk=asset_id, brand=brand)
    )
    use = _checked(use)
    why = text(reason, REASON_MAX, "reason")
    found = answers(use.question, [asset])[asset.pk]
    if found.verdict != Verdict.YES and not why:
        no = "The rights do not allow this"
        unknown = "It is not known whether the rights allow this"
        words = no if found.verdict == Verdict.NO else unknown
        raise ReasonNeeded(
            f"{words}. {' '.join(found.reasons)} {found.todo} If it is done all the same, say why: "
            "legal is told."
        )
    made = AssetUse.objects.create(
        asset=asset,
        usage=use.usage,
        territory=list(use.territory),
        channel=use.channel,
        starts_on=use.starts_on,
        ends_on=use.ends_on,
        url=use.url,
        note=use.note,
        verdict=found.verdict,
        answer=as_kept(found),
        reason="" if found.verdict == Verdict.YES else why,
        created_by=actor,
        created_at=at,
    )
    if found.verdict != Verdict.YES:
        _tell_legal(made, asset, actor, at)
    _log(made, asset, "used", actor, at)
    return made


@transaction.atomic
def end_use(
    *,
    use_id: int,
    brand: Brand,
    on: date,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> AssetUse:
    """It was taken down on a day. Raises AssetUse.DoesNotExist, CampaignRefused."""
    use = (
        AssetUse.objects.select_for_update(no_key=True, of=("self",))
        .select_related("asset__brand")
        .get(pk=use_id, asset__brand=brand)
    )
    if expected_version is not None and use.version != expected_version:
        raise CampaignOutdated("Somebody changed this use since you loaded it. Load it again.")
    if on < use.starts_on:
        raise CampaignRefused(f"It began on {use.starts_on:%-d %B %Y} only.", field="on")
    if on > today_of(brand, at):
        raise CampaignRefused("This day is still to come.", field="on")
    if use.ends_on is not None and use.ends_on < on:
        raise CampaignRefused(
            f"It ended on {use.ends_on:%-d %B %Y} already.", code="not_in_this_state"
        )
    use.ends_on = on
    use.version += 1
    use.save(update_fields=["ends_on", "version"])
    _log(use, use.asset, "use_ended", actor, at)
    return use


def as_kept(found: Answer) -> dict[str, object]:
    """An answer as a log holds it."""
    return {
        "verdict": found.verdict,
        "reasons": list(found.reasons),
        "rights": [right.pk for right in found.rights],
        "until": found.until.isoformat() if found.until else None,
        "is_endless": found.is_endless,
        "todo": found.todo,
        "heed": list(found.heed),
    }


def _checked(use: Use) -> Use:
    if use.channel not in channels():
        raise CampaignRefused("Say on which channel.", field="channel")
    for name, day in (("starts_on", use.starts_on), ("ends_on", use.ends_on)):
        if day is not None and not EARLIEST <= day.year <= LATEST:
            raise CampaignRefused(f"The year must be {EARLIEST} to {LATEST}.", field=name)
    if use.ends_on is not None and use.ends_on < use.starts_on:
        raise CampaignRefused("It would end before it begins.", field="ends_on")
    # Countries are checked as those of a right are.
    place = checked(
        Terms(use.usage, territory=use.territory, starts_on=use.starts_on, is_endless=True)
    )
    return Use(
        usage=use.usage,
        channel=use.channel,
        starts_on=use.starts_on,
        ends_on=use.ends_on,
        territory=place.territory,
        url=address(use.url),
        note=text(use.note, NOTE_MAX, "note"),
    )


def _tell_legal(use: AssetUse, asset: Asset, actor: User, at: datetime) -> None:
    roles = UserRole.objects.filter(brand=asset.brand).exclude(user=actor).select_related("user")
    legal = [role.user for role in roles if role.role == Role.LEGAL]
    notify_all(
        # Where nobody is legal, the admins are.
        users=legal or [role.user for role in roles if role.role == Role.ADMIN],
        brand=asset.brand,
        kind=NotificationKind.CAMPAIGN,
        text=f"Used outside of its rights: {asset.title}. {use.reason}",
        url=reverse("campaigns:asset", args=[asset.brand.slug, asset.pk]),
        at=at,
        key=f"asset-use-{use.pk}",
    )


def _log(use: AssetUse, asset: Asset, verb: str, actor: User, at: datetime) -> None:
    """Last."""
    audit.record(
        brand=asset.brand,
        verb=f"campaigns.asset.{verb}",
        target=asset,
        actor=actor,
        at=at,
        data={
            "use": use.pk,
            "usage": use.usage,
            "channel": use.channel,
            "starts_on": use.starts_on,
            "ends_on": use.ends_on,
            "verdict": use.verdict,
        },
    )
