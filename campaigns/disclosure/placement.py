"""The third layer: whether the label stands where and as each rule in force asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from campaigns.disclosure import media_rules, text_rules
from campaigns.disclosure.finding import Item, LayerKey, item
from campaigns.disclosure.labels import Seen
from campaigns.disclosure.packs import Pack, Placement
from campaigns.disclosure.view import Rule, View, idle, unknown
from campaigns.disclosure.vocabulary import REACHES, Format, Result
from campaigns.disclosure.words import QUESTIONS

# Rules that other layers answer.
ELSEWHERE = frozenset(
    {
        "name_advertiser",
        "use_platform_tool",
        "platform_tool_not_sufficient_alone",
        "permit_number_displayed",
    }
)
ADVICE = frozenset({"best_practice_position"})

RULES: Mapping[str, Rule] = MappingProxyType({
    "with_endorsement": text_rules.in_the_post,
    "not_in_bio": text_rules.in_the_post,
    "per_post": text_rules.in_the_post,
    "before_fold": text_rules.before_fold,
    "start_of_caption": text_rules.start_of_caption,
    "title_or_first_line": text_rules.title_or_first_line,
    "first_three_hashtags": text_rules.first_three_hashtags,
    "not_in_hashtag_cluster": text_rules.not_in_hashtag_cluster,
    "same_language": text_rules.same_language,
    "legible": text_rules.legible,
    "all_devices": text_rules.all_devices,
    "clearly_marked": text_rules.plainly_marked,
    "clear_legible": text_rules.plainly_marked,
    "per_follower_count": text_rules.follower_count,
    "affiliate_and_codes": text_rules.affiliate_and_codes,
    "audience_fit": text_rules.audience_fit,
    "superimpose_on_image": media_rules.on_the_picture,
    "each_story_frame": media_rules.each_frame,
    "story_first_last": media_rules.first_and_last_frame,
    "in_video_and_description": media_rules.in_video_and_description,
    "spoken_and_visual": media_rules.spoken_and_visual,
    "min_duration": media_rules.min_duration,
    "video_start_end_repeat": media_rules.title_or_repeated,
    "throughout": media_rules.throughout,
    "adapt_to_format": media_rules.fits_the_format,
    "on_image_full_duration": media_rules.whole_picture,
    "retouch_mark": media_rules.retouch_mark,
    "repeat_in_live": media_rules.for_a_person,
    "continuous_in_live": media_rules.for_a_person,
    "audio_cadence": media_rules.for_a_person,
    "audio_rule": media_rules.for_a_person,
    "video_rules": media_rules.for_a_person,
    "best_practice_position": media_rules.for_a_person,
})  # fmt: skip


def rules_for(seen: Seen, pack: Pack) -> Iterator[tuple[Placement, bool]]:
    """The rules in force for this post, and whether each binds; advice does not."""
    packs = seen.packs
    own = [rule for rule in pack.placement if _applies(seen, rule)]
    yield from ((rule, True) for rule in own)
    has_own = {rule.rule for rule in own}
    above = packs.over(pack.key)
    for rule in above.placement if above else ():
        if rule.rule not in has_own and _applies(seen, rule):
            yield rule, rule.datum.params.get("members") == "binding"
    if above is None and not has_own & {"before_fold", "start_of_caption"}:
        yield from ((rule, True) for rule in packs.baseline.placement)


def not_asked(seen: Seen, pack: Pack) -> tuple[str, ...]:
    """For a "post" of unknown medium: the rules for pictures and film that were left out."""
    if seen.case.format is not Format.POST:
        return ()
    return tuple(
        f"{QUESTIONS[rule.rule]} (for {', '.join(sorted(rule.formats))})"
        for rule in pack.placement
        if rule.formats and rule.datum.holds(seen.at)
    )


def _applies(seen: Seen, rule: Placement) -> bool:
    if not rule.datum.holds(seen.at) or rule.rule in ELSEWHERE:
        return False
    if rule.platforms and seen.case.platform not in rule.platforms:
        return False
    reached = {seen.case.format}
    if not rule.formats:
        return True
    return any(reached & (REACHES.get(one, set()) | {one}) for one in rule.formats)


def check(view: View) -> list[Item]:
    """The items of the layer for the chosen label."""
    rules = list(rules_for(view.seen, view.pack))
    outcomes = {rule.datum.key: RULES[rule.rule](view, rule) for rule, _ in rules}
    by_rule = {rule.rule: outcomes[rule.datum.key] for rule, _ in rules}
    items = []
    for rule, binding in rules:
        outcome = outcomes[rule.datum.key]
        other = by_rule.get(rule.datum.params.get("or", ""))
        if outcome.result is not Result.PASS and other is not None and other.result is Result.PASS:
            outcome = idle("The other way that this jurisdiction allows is kept.")
        if outcome.result is Result.FAIL and rule.datum.params.get("binding") is False:
            outcome = unknown(f"{outcome.reason} This pack does not say so itself: decide.")
        items.append(
            item(
                view.seen.case,
                layer=LayerKey.PLACEMENT,
                key=f"{view.pack.key}.{_tail(rule.datum.key)}",
                question=QUESTIONS[rule.rule],
                outcome=outcome,
                datum=rule.datum,
                blocks=binding and rule.rule not in ADVICE,
            )
        )
    return items


def _tail(key: str) -> str:
    """The key of a rule without its jurisdiction: a member's item is named for the member."""
    return key.partition(".")[2]
