"""Rules about where in a caption, title or description the label stands. One function a rule."""

from __future__ import annotations

from campaigns.disclosure.finding import Outcome
from campaigns.disclosure.labels import CAPTION, FRAME, SPEECH, TITLE, TOOL
from campaigns.disclosure.matcher import CLUSTER, NEAR_START, Form, cluster_of, tag_number
from campaigns.disclosure.packs import Placement
from campaigns.disclosure.view import View, failed, idle, passed, unknown
from campaigns.disclosure.vocabulary import Result

LONG = 8  # plain words before a label that make its place the end of the text
AFFILIATE = frozenset({"affiliate_commission", "discount_code"})


def in_the_post(view: View, rule: Placement) -> Outcome:
    return passed(f"{view.label.words!r} stands in the post itself ({view.label.kind}).")


def before_fold(view: View, rule: Placement) -> Outcome:
    match view.label.kind:
        case "caption":
            lines = rule.datum.params.get("lines")
            outcome = view.seen_at_once(lines=lines)
            if (
                outcome.result is Result.PASS
                and rule.datum.params.get("intro")
                and view.words_before > NEAR_START
            ):
                return unknown(f"{outcome.reason} It comes after an introduction.")
            return outcome
        case "speech":
            return unknown("The label is only heard; whether it is met at once was not seen.")
        case _:
            return passed(f"The label stands on the {view.label.kind}, which no fold hides.")


def start_of_caption(view: View, rule: Placement) -> Outcome:
    if view.label.kind == SPEECH:
        return unknown("The label is only heard; when, was not noted.")
    if view.label.kind == FRAME:
        first = view.label.surface is not None and view.label.surface.name == f"{FRAME} 1"
        if first:
            return passed("The label is on the first picture.")
        return failed("The label is on a later picture, not on the first.")
    if view.label.kind != CAPTION:
        return passed(f"The label stands first ({view.label.kind}).")
    seen = view.seen_at_once()
    before = view.words_before
    if before <= (0 if rule.datum.params.get("place") == "first" else NEAR_START):
        return seen if seen.result is not Result.PASS else passed("The label opens the caption.")
    if seen.result is Result.FAIL or rule.datum.params.get("place") == "first":
        return failed(f"{before} words stand before the label. {seen.reason}")
    if before >= LONG and view.words_after == 0:
        return failed(f"The label comes last, after {before} words.")
    return unknown(f"{before} words stand before the label, which is still seen at once.")


def title_or_first_line(view: View, rule: Placement) -> Outcome:
    if view.good_on(TITLE):
        return passed("The label stands in the title.")
    label = view.label
    if label.kind == CAPTION and label.surface and label.hit:
        line = label.surface.text.line_of(label.surface.text.place(label.hit.start))
        if line == 1:
            return passed("The label stands in the first line.")
        return failed(f"The label stands in line {line}, neither in the title nor in the first.")
    return unknown("Title and first line were not captured.")


def first_three_hashtags(view: View, rule: Placement) -> Outcome:
    label = view.label
    if (
        label.surface is None
        or label.hit is None
        or label.hit.form not in {Form.TAG, Form.BRAND_TAG}
    ):
        return idle("The label is no hashtag.")
    number = tag_number(label.surface.text, label.hit)
    if number <= 3:
        return passed(f"The label is hashtag number {number}.")
    return failed(f"The label is hashtag number {number}, not one of the first three.")


def not_in_hashtag_cluster(view: View, rule: Placement) -> Outcome:
    label = view.label
    if label.surface is None or label.hit is None:
        return passed("The platform shows its own label apart from the text.")
    cluster = cluster_of(label.surface.text, label.hit)
    if cluster.size < CLUSTER:
        return passed("The label stands apart from other hashtags and links.")
    where = f"number {cluster.position} in a row of {cluster.size} hashtags, mentions or links"
    if cluster.position == 1 and view.words_before == 0:
        return passed(f"The label is {where}, but opens the caption.")
    if rule.datum.params.get("edges") and cluster.position in {1, cluster.size}:
        return passed(f"The label is {where}: an end of the row is accepted here.")
    return failed(f"The label is {where}.")


def same_language(view: View, rule: Placement) -> Outcome:
    label, post = view.label.language, view.seen.language
    home = view.pack.languages
    if label is None:
        return passed("The pack lists the wording whatever the language.")
    match rule.datum.params.get("language"):
        case "jurisdiction":
            if label in home:
                return passed(f"The label is in the language of the country ({label}).")
            return failed(f"The label is in {label}, not in {', '.join(home)}.")
        case "english_or_post" if label == "en":
            return passed("English is accepted here beside the language of the post.")
    if post is None:
        if view.seen.language_hints <= {label}:
            return passed(f"Nothing in the post is in another language than the label ({label}).")
        return unknown("The language of the post is not known.")
    if label == post:
        return passed(f"Label and post are in the same language ({post}).")
    if view.seen.language_guessed:
        return unknown(f"The label is in {label}, the post seems to be in {post}.")
    return failed(f"The label is in {label}, the post in {post}.")


def legible(view: View, rule: Placement) -> Outcome:
    if view.label.kind in {CAPTION, TITLE, TOOL}:
        return passed("The platform sets the type of captions, alike for every word.")
    return unknown("Size and contrast on the picture were not noted.")


def all_devices(view: View, rule: Placement) -> Outcome:
    if view.label.kind != CAPTION:
        return before_fold(view, rule)
    captured, reckoned = view.seen_at_once(), view.reckoned_at_once
    if captured.result is Result.PASS and reckoned.result is not Result.PASS:
        # What somebody saw on one device says nothing of others.
        return unknown(f"{captured.reason} On other devices: {reckoned.reason}")
    return captured


def plainly_marked(view: View, rule: Placement) -> Outcome:
    if view.label.kind in {TITLE, TOOL}:
        return passed(f"The label stands on its own ({view.label.kind}).")
    if view.label.kind != CAPTION:
        return unknown("How plain the label is in picture or sound was not noted.")
    for outcome in (before_fold(view, rule), not_in_hashtag_cluster(view, rule)):
        if outcome.result is not Result.PASS:
            return unknown(f"{outcome.reason} Whether that is plain enough, a person decides.")
    return passed("The label is seen at once and stands out of other hashtags.")


def follower_count(view: View, rule: Placement) -> Outcome:
    return passed("The same rules hold however many follow.")


def affiliate_and_codes(view: View, rule: Placement) -> Outcome:
    kinds = {one.kind for one in view.seen.case.connections or ()}
    if kinds & AFFILIATE:
        return passed("The label covers the affiliate link or code of the post.")
    return idle("No affiliate link or code is on file.")


def audience_fit(view: View, rule: Placement) -> Outcome:
    if view.seen.case.creator.under_age or "minors" in view.seen.case.categories:
        return unknown("Whether children would understand the label, a person decides.")
    return idle("No special group is aimed at.")
