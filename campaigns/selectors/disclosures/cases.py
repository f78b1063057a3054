"""The case of a piece of content: everything that the rules are asked about, from the records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from campaigns.choices import ReviewStage
from campaigns.disclosure.case import Advertiser, Answer, Case, Media
from campaigns.disclosure.packs import Packs
from campaigns.disclosure.vocabulary import Format, Result
from campaigns.models import Deliverable, DisclosureReview, Draft, Evidence
from campaigns.selectors.briefs import version_for
from campaigns.selectors.connections import connections
from campaigns.selectors.rule_view import rule_view
from campaigns.services.briefs.document import Document
from crm.choices import ImportStatus, PostKind

# What a snapshot may hold: of each the newest that somebody captured counts.
SEEN = (
    "url",
    "title",
    "text",
    "visible_text",
    "frames",
    "spoken",
    "platform_tool",
    "label_seconds",
    "seconds",
    "is_retouched",
    "is_synthetic",
    "language",
)
_FORMATS = {
    PostKind.IMAGE: Format.PHOTO,
    PostKind.CAROUSEL: Format.CAROUSEL,
    PostKind.VIDEO: Format.VIDEO,
    PostKind.LIVE: Format.LIVE,
    PostKind.STORY: Format.STORY,
    PostKind.AUDIO: Format.PODCAST,
}
_SHORT = {
    "instagram": Format.REEL,
    "facebook": Format.REEL,
    "youtube": Format.SHORT,
}


@dataclass(frozen=True)
class Shown:
    """What all snapshots of a piece show together, and from which of them each part comes."""

    values: Mapping[str, Any]
    sources: Mapping[str, int]
    # The newest of them; None: nothing was captured.
    newest: Evidence | None

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)


def shown_of(rows: Iterable[Evidence]) -> Shown:
    """Of each part the newest that was captured; `rows` newest first."""
    values: dict[str, Any] = {}
    sources: dict[str, int] = {}
    newest = None
    for row in rows:
        newest = newest or row
        for name in SEEN:
            value = getattr(row, name)
            if name not in values and value is not None and value != "":
                values[name], sources[name] = value, row.pk
    return Shown(values, sources, newest)


def evidence_of(
    deliverable: Deliverable, stage: ReviewStage | str, draft: Draft | None
) -> Sequence[Evidence]:
    """The snapshots of a version, or of the published post; newest first.

    What an import brought that was undone shows nothing.
    """
    rows = Evidence.objects.filter(deliverable=deliverable, stage=stage, draft=draft).exclude(
        batch__status=ImportStatus.UNDONE
    )
    return list(rows.order_by("-captured_at", "-pk"))


def answers_of(review: DisclosureReview) -> dict[str, Answer]:
    """What people answered, by key of the item: the newest counts."""
    rows = review.answers.order_by("at", "pk").values_list("key", "result", "note")
    return {key: Answer(Result(result), note) for key, result, note in rows}


def case_of(
    deliverable: Deliverable,
    shown: Shown,
    *,
    packs: Packs,
    on: date,
    answers: Mapping[str, Answer] | None = None,
) -> Case:
    """The case of a piece as it was captured, by the rules of a day of the brand."""
    campaign = deliverable.engagement.campaign
    relationship = deliverable.engagement.relationship
    person = rule_view(relationship, on)
    return Case(
        platform=deliverable.platform_id,
        format=format_of(deliverable),
        jurisdictions=jurisdictions_of(
            campaign.jurisdictions, person.seat or relationship.creator.country, packs
        ),
        text=shown["text"],
        title=shown["title"],
        connections=connections(relationship, on),
        language=(shown["language"] or "").partition("-")[0].lower() or None,
        advertiser=Advertiser(campaign.brand.name, _aliases(deliverable)),
        creator=person.creator,
        media=Media(
            frames=tuple(shown["frames"]) if shown["frames"] is not None else None,
            spoken=shown["spoken"],
            label_seconds=shown["label_seconds"],
            seconds=shown["seconds"],
            retouched=shown["is_retouched"],
            synthetic=shown["is_synthetic"],
        ),
        platform_tool=shown["platform_tool"],
        categories=frozenset(campaign.goods) & packs.categories,
        answers=answers or {},
        visible=shown["visible_text"],
    )


def jurisdictions_of(named: Sequence[str], seat: str, packs: Packs) -> tuple[str, ...]:
    """Those that the campaign names, and the creator's seat where there are rules for it.

    A member state without a pack of its own goes by that of the union.
    """
    if not named:
        # The market is for people to say: a seat alone would look as if somebody had.
        return ()
    [seat] = packs.resolve([seat])
    if seat and seat not in packs.jurisdictions:
        above = packs.over(seat)
        seat = above.key if above else ""
    return tuple(dict.fromkeys([*packs.resolve(named), *([seat] if seat else [])]))


def format_of(deliverable: Deliverable) -> Format:
    """What the rule packs call the form of the piece."""
    form, platform = PostKind(deliverable.form), deliverable.platform_id
    if form == PostKind.SHORT_VIDEO:
        return _SHORT.get(platform, Format.VIDEO)
    if form == PostKind.ARTICLE:
        return Format.NEWSLETTER if platform == "newsletter" else Format.BLOG
    if form == PostKind.TEXT and platform == "threads":
        return Format.THREAD
    return _FORMATS.get(form, Format.POST)


def case_json(case: Case) -> dict[str, Any]:
    """The case in values that JSON knows, so that it can be checked again later."""
    plain = asdict(case)
    plain["categories"] = sorted(case.categories)
    return plain


def _aliases(deliverable: Deliverable) -> tuple[str, ...]:
    """The accounts that the brief wants mentioned: names under which the brand goes."""
    version = version_for(deliverable.engagement)
    if version is None:
        return ()
    mentions = Document.of(version.document).mentions
    return tuple(dict.fromkeys(name.removeprefix("@") for name in mentions))
