"""Assets are added, described, tagged and put away; a file or an address stays what it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from campaigns.choices import AssetKind, AssetOrigin
from campaigns.models import Asset, Deliverable, DraftFile, Engagement
from campaigns.services.assets import files
from campaigns.services.assets.saying import address, text
from campaigns.services.deliverables.files import Kept
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.audit import Act
from crm.models import Brand, Platform, Post, Relationship, User

TAG_MAX, TAGS_MAX, MANY_MAX = 40, 20, 500


class AssetThere(CampaignRefused):
    """The library has this file or address already."""

    def __init__(self, asset: Asset, field: str) -> None:
        super().__init__(
            f"The library has it already: “{asset.title}”.", code="there_already", field=field
        )
        self.asset = asset


@dataclass(frozen=True)
class Facts:
    """What is said about an asset."""

    title: str
    origin: AssetOrigin
    url: str = ""
    made_by: str = ""
    relationship: Relationship | None = None
    engagement: Engagement | None = None
    deliverable: Deliverable | None = None
    post: Post | None = None
    platform: Platform | None = None
    tags: tuple[str, ...] = ()
    alt_text: str = ""
    ai_use: str = ""
    releases: str = ""
    people: str = ""


@transaction.atomic
def add(
    *, brand: Brand, facts: Facts, kept: Kept | None = None, actor: User | None, at: datetime
) -> Asset:
    """A new asset: of a file that is kept, or of an address. Raises CampaignRefused, AssetThere."""
    values = _checked(facts, brand)
    if kept is None and not values["url"]:
        raise CampaignRefused(
            "Choose a file, or give the address of the post or page.", field="file"
        )
    _refuse_twice(brand, kept, values["url"])
    asset = Asset(
        brand=brand,
        kind=files.kind_of(kept.content_type) if kept else AssetKind.PAGE,
        created_by=actor,
        created_at=at,
        **values,
    )
    if kept is not None:
        asset.sha256, asset.file_name = kept.sha256, kept.name
        asset.content_type, asset.size = kept.content_type, kept.size
    _save(asset, kept)
    _log(asset, "added", actor, at, kind=asset.kind, origin=asset.origin)
    return asset


@transaction.atomic
def change(
    *,
    asset_id: int,
    brand: Brand,
    facts: Facts,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Asset:
    """Say something else about it. Raises Asset.DoesNotExist, CampaignRefused, AssetThere."""
    asset = _taken(asset_id, brand, expected_version)
    values = _checked(facts, brand)
    if not asset.sha256 and not values["url"]:
        raise CampaignRefused("Without a file it needs its address.", field="url")
    if values["engagement"] and not asset.engagement_id and asset.rights.exists():
        raise CampaignRefused(
            "It has rights of its own: take them back before it is put under a campaign, whose "
            "rights would hold for it then.",
            field="engagement",
        )
    _refuse_twice(brand, None, values["url"], but=asset)
    changed = sorted(name for name, value in values.items() if getattr(asset, name) != value)
    if not changed:
        return asset
    for name in changed:
        setattr(asset, name, values[name])
    asset.version += 1
    _save(asset, None)
    _log(asset, "changed", actor, at, fields=changed)
    return asset


@transaction.atomic
def put_away(*, asset_id: int, brand: Brand, is_away: bool, actor: User, at: datetime) -> Asset:
    """Out of the library's list, or back; its log and its rights stay. Raises DoesNotExist."""
    asset = _taken(asset_id, brand, None)
    if bool(asset.archived_at) != is_away:
        asset.archived_at = at if is_away else None
        asset.version += 1
        asset.save(update_fields=["archived_at", "version"])
        _log(asset, "archived" if is_away else "restored", actor, at)
    return asset


@transaction.atomic
def tag_many(
    *,
    brand: Brand,
    ids: Iterable[int],
    add_tags: Sequence[str] = (),
    drop_tags: Sequence[str] = (),
    actor: User,
    at: datetime,
) -> int:
    """Put tags on assets, or take them off; how many changed. Raises CampaignRefused."""
    wanted, unwanted = _tags(add_tags), set(_tags(drop_tags))
    if not wanted and not unwanted:
        raise CampaignRefused("Write a tag.", field="tags")
    numbers = sorted(set(ids))
    if not 0 < len(numbers) <= MANY_MAX:
        raise CampaignRefused(f"Choose 1 to {MANY_MAX} assets.", field="ids")
    rows = (
        Asset.objects.select_for_update(no_key=True)
        .filter(brand=brand, pk__in=numbers)
        .order_by("pk")
    )
    changed = []
    for asset in rows:
        tags = [tag for tag in asset.tags if tag not in unwanted]
        tags = sorted({*tags, *wanted})
        if len(tags) > TAGS_MAX:
            raise CampaignRefused(
                f"“{asset.title}” would have more than {TAGS_MAX} tags.", field="tags"
            )
        if tags != asset.tags:
            asset.tags = tags
            asset.version += 1
            changed.append(asset)
    Asset.objects.bulk_update(changed, ["tags", "version"])
    data = {"added": list(wanted), "dropped": sorted(unwanted)}
    audit.record_many(
        brand=brand,
        verb="campaigns.asset.tagged",
        of=Asset,
        acts=[Act(asset.pk, asset.title, data) for asset in changed],
        actor=actor,
        at=at,
    )
    return len(changed)


def facts_of(asset: Asset) -> Facts:
    """What is said about an asset now."""
    values = {name: getattr(asset, name) for name in Facts.__dataclass_fields__}
    return Facts(**values | {"tags": tuple(asset.tags), "origin": AssetOrigin(asset.origin)})


def facts_with(asset: Asset, **said: Any) -> Facts:
    """What is said about an asset now, with what is said otherwise.

    Whose it is stays, also without a campaign, as of a post; which piece of content it is, as long
    as the campaign does.
    """
    kept = facts_of(asset)
    made = replace(kept, **said)
    is_same = made.engagement is not None and made.engagement.pk == asset.engagement_id
    return made if is_same else replace(made, deliverable=None)


def stored(asset: Asset) -> DraftFile:
    """Its file as the store has it, where drafts lie too."""
    return DraftFile(
        brand_id=asset.brand_id,
        sha256=asset.sha256,
        name=asset.file_name,
        content_type=asset.content_type,
        size=asset.size or 0,
    )


def _taken(asset_id: int, brand: Brand, expected_version: int | None) -> Asset:
    rows = Asset.objects.select_for_update(no_key=True, of=("self",)).select_related("brand")
    asset = rows.get(pk=asset_id, brand=brand)
    if expected_version is not None and asset.version != expected_version:
        raise CampaignOutdated(
            "Somebody changed this asset since you loaded it. Nothing of yours was saved; load it "
            "again."
        )
    return asset


def _checked(facts: Facts, brand: Brand) -> dict[str, Any]:
    values: dict[str, Any] = {
        "title": text(facts.title, 200, "title"),
        "origin": AssetOrigin(facts.origin),
        "url": address(facts.url),
        "made_by": text(facts.made_by, 120, "made_by"),
        "platform": facts.platform,
        "post": facts.post,
        "tags": _tags(facts.tags),
        "alt_text": text(facts.alt_text, 1_000, "alt_text"),
        "ai_use": facts.ai_use,
        "releases": facts.releases,
        "people": text(facts.people, 300, "people"),
    }
    if not values["title"]:
        raise CampaignRefused("Give it a title, by which people will look for it.", field="title")
    if len(values["tags"]) > TAGS_MAX:
        raise CampaignRefused(f"{TAGS_MAX} tags are the most.", field="tags")
    return values | _whose(facts, brand)


def _whose(facts: Facts, brand: Brand) -> dict[str, Any]:
    """Creator, campaign and piece of content belong together, and to the brand."""
    engagement, deliverable = facts.engagement, facts.deliverable
    if deliverable is not None:
        if engagement is not None and deliverable.engagement_id != engagement.pk:
            raise CampaignRefused(
                "This piece of content belongs to another creator or campaign.", field="deliverable"
            )
        engagement = deliverable.engagement
    relationship = engagement.relationship if engagement is not None else facts.relationship
    if relationship is not None and relationship.brand_id != brand.pk:
        msg = "A creator's relationship is with this brand."
        raise ValueError(msg)
    if facts.origin == AssetOrigin.CAMPAIGN and engagement is None:
        raise CampaignRefused("Say in which campaign it was made.", field="engagement")
    if facts.origin == AssetOrigin.OWN and (relationship is not None or facts.made_by.strip()):
        raise CampaignRefused(
            "What a creator or a customer made is not the brand's own: say how it came to you.",
            field="origin",
        )
    return {"relationship": relationship, "engagement": engagement, "deliverable": deliverable}


def _refuse_twice(brand: Brand, kept: Kept | None, url: str, but: Asset | None = None) -> None:
    others = Asset.objects.filter(brand=brand)
    if but is not None:
        others = others.exclude(pk=but.pk)
    if kept is not None and (there := others.filter(sha256=kept.sha256).first()):
        raise AssetThere(there, "file")
    if url and (there := others.filter(url=url).first()):
        raise AssetThere(there, "url")


def _save(asset: Asset, kept: Kept | None) -> None:
    """Save it; of two who add the same at once the second is told of the first. AssetThere."""
    try:
        with transaction.atomic():
            asset.save()
    except IntegrityError:
        _refuse_twice(asset.brand, kept, asset.url, but=asset if asset.pk else None)
        raise


def _tags(tags: Iterable[str]) -> list[str]:
    found = set()
    for tag in tags:
        word = " ".join(tag.replace("\0", "").split()).lower()
        if len(word) > TAG_MAX:
            raise CampaignRefused(f"A tag has {TAG_MAX} characters at most.", field="tags")
        if word:
            found.add(word)
    return sorted(found)


def _log(asset: Asset, verb: str, actor: User | None, at: datetime, **data: Any) -> None:
    """Last."""
    audit.record(
        brand=asset.brand,
        verb=f"campaigns.asset.{verb}",
        target=asset,
        actor=actor,
        at=at,
        data=data,
    )
