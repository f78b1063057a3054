"""Rules about the label in picture, film and sound. One function a rule."""

from __future__ import annotations

from campaigns.disclosure.finding import Outcome
from campaigns.disclosure.folds import is_moving
from campaigns.disclosure.labels import CAPTION, FRAME, SPEECH, TITLE, TOOL
from campaigns.disclosure.packs import Placement
from campaigns.disclosure.view import View, failed, idle, passed, unknown


def on_the_picture(view: View, rule: Placement) -> Outcome:
    there = view.heard_or_seen(FRAME)
    if there is None:
        return unknown("The words on the picture were not captured.")
    return (
        passed("The label is on the picture.")
        if there
        else failed("The label is not on the picture.")
    )


def each_frame(view: View, rule: Placement) -> Outcome:
    frames = view.seen.on(FRAME)
    if not frames:
        return unknown("The words on the picture were not captured.")
    with_label = {one.surface.name for one in view.good if one.surface is not None}
    without = [frame.name for frame in frames if frame.name not in with_label]
    if without:
        return failed(f"No label on {', '.join(without)}.")
    return passed("Every frame that was captured bears the label.")


def first_and_last_frame(view: View, rule: Placement) -> Outcome:
    frames = view.seen.on(FRAME)
    if not frames:
        return unknown("The words on the picture were not captured.")
    with_label = {one.surface.name for one in view.good if one.surface is not None}
    without = [frame.name for frame in (frames[0], frames[-1]) if frame.name not in with_label]
    if without:
        return failed(f"No label on {', '.join(dict.fromkeys(without))}.")
    return passed("The first and the last frame bear the label.")


def in_video_and_description(view: View, rule: Placement) -> Outcome:
    if not view.good_on(CAPTION):
        return failed("The label is not in the description.")
    seen, heard = view.heard_or_seen(FRAME), view.heard_or_seen(SPEECH)
    if seen or heard:
        return passed("The label is in the video and in the description.")
    if seen is None or heard is None:
        return unknown("The label is in the description; the video was not captured whole.")
    return failed("The label is only in the description, not in the video.")


def spoken_and_visual(view: View, rule: Placement) -> Outcome:
    missing = {
        "on the screen": view.heard_or_seen(FRAME),
        "in the sound": view.heard_or_seen(SPEECH),
    }
    absent = [where for where, there in missing.items() if there is False]
    unseen = [where for where, there in missing.items() if there is None]
    if absent:
        return failed(f"The label is not {' and not '.join(absent)}.")
    if unseen:
        return unknown(f"Whether the label is {' and '.join(unseen)} was not captured.")
    return passed("The label is on the screen and in the sound.")


def min_duration(view: View, rule: Placement) -> Outcome:
    media, steps = view.seen.case.media, rule.datum.params.get("durations")
    if media.label_seconds is None or not steps or media.seconds is None:
        return unknown("How long the label is shown was not noted, or the rule names no time.")
    for step in steps:
        if media.seconds <= step.get("up_to", media.seconds):
            needed = step.get("seconds", media.seconds * step.get("share", 1))
            shown = (
                f"{media.label_seconds:g} of {media.seconds:g} seconds; {needed:g} are asked for"
            )
            if media.label_seconds >= needed:
                return passed(f"The label is shown for {shown}.")
            return failed(f"The label is shown for {shown}.")
    return unknown("The rule names no time for a film of that length.")


def title_or_repeated(view: View, rule: Placement) -> Outcome:
    if view.good_on(TITLE):
        return passed("The label stands in the title.")
    return unknown("Not in the title; whether it is at start and end and repeated was not noted.")


def throughout(view: View, rule: Placement) -> Outcome:
    if not is_moving(view.format) and view.label.kind in {CAPTION, TITLE, TOOL}:
        return passed("The label stands beside the content as long as that is looked at.")
    if view.label.kind == TOOL:
        return passed("The platform shows its own label all the time.")
    return unknown("Whether the label is there all the time was not noted.")


def fits_the_format(view: View, rule: Placement) -> Outcome:
    if not is_moving(view.format):
        return passed("The label stands in the text, which this format is read by.")
    if view.good_on(FRAME) or view.good_on(SPEECH):
        return passed("The label is in the film or sound itself.")
    return unknown("Whether the film or sound itself bears a label was not captured.")


def whole_picture(view: View, rule: Placement) -> Outcome:
    if view.seen.on(FRAME):
        return each_frame(view, rule)
    return unknown("Whether the label is on the picture all the time was not captured.")


def retouch_mark(view: View, rule: Placement) -> Outcome:
    match view.seen.case.media.retouched:
        case False:
            return idle("No body or face was altered.")
        case True:
            return unknown("A body or face was altered: look for the mark and its size.")
        case None:
            return unknown("Whether a body or face was altered is not known.")


def for_a_person(view: View, rule: Placement) -> Outcome:
    return unknown("A person must look or listen.")
