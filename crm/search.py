"""One search over everything: kinds of finds, each in its own words and within what a role may see.

Upper apps add kinds and actions. Each kind is asked under a time limit of its own, so that one that
takes long leaves the others their answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.urls import reverse

from crm.choices import ContactKind, Role, Stage
from crm.limits import TookTooLong, limited
from crm.models import (
    Application,
    ApplicationAccount,
    Brand,
    ContactPoint,
    Message,
    Note,
    Relationship,
    Tag,
    User,
)
from crm.models.creators import Fold
from crm.models.mail import SUBJECT_FOLDED
from crm.models.mail import TEXT_FOLDED as MAIL_FOLDED
from crm.models.relationships import TEXT_FOLDED
from crm.permissions import Can, may
from crm.registry import Registry
from crm.selectors import relationships_of

# Shorter words are looked for at the beginning of names only: they occur in most of them.
LETTERS, CANDIDATES, HITS = 3, 1_000, 6
MAX_WORDS = 100
SECONDS = 1.0
_OTHER_WAYS = ("enable_seqscan", "enable_indexscan", "enable_hashjoin", "enable_mergejoin")
AROUND = 40


@dataclass(frozen=True)
class Asked:
    """Who asks for what."""

    brand: Brand
    user: User
    role: Role
    words: str


@dataclass(frozen=True)
class Hit:
    """A thing that was found."""

    title: str
    url: str
    detail: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of things: what it is called, its icon, how it is looked for, and who may see it."""

    label: str
    icon: str
    find: Callable[[Asked], Iterable[Hit]]
    can: Can = Can.VIEW


@dataclass(frozen=True)
class Action:
    """A page that one may want to go to, by its name; `words` are further ones it is found by."""

    label: str
    page: str
    can: Can = Can.VIEW
    words: str = ""


@dataclass(frozen=True)
class Group:
    """The finds of one kind; `is_slow`: it took too long, and what is missing is not known."""

    label: str
    icon: str
    hits: Sequence[Hit] = field(default=())
    is_slow: bool = False


KINDS: Registry[Kind] = Registry()
ACTIONS: Registry[Action] = Registry()


def search(asked: Asked) -> list[Group]:
    """What is found of each kind that the role may see; kinds without finds are left out."""
    words = " ".join(asked.words.split())[:MAX_WORDS]
    asked = Asked(asked.brand, asked.user, asked.role, words.replace("\0", ""))
    groups = []
    for kind in KINDS:
        if not may(asked.role, kind.can):
            continue
        try:
            with limited(SECONDS):
                hits = list(kind.find(asked))[:HITS]
        except TookTooLong:
            groups.append(Group(kind.label, kind.icon, is_slow=True))
        else:
            if hits:
                groups.append(Group(kind.label, kind.icon, hits))
    actions = list(islice(find_actions(asked), HITS))
    return [*groups, Group("Go to", "chevron-right", actions)] if actions else groups


def find_creators(asked: Asked) -> Iterable[Hit]:
    """By name, handle or an e-mail address that the brand was given; most followers first."""
    if not asked.words:
        return
    ids = _by_address(asked) if "@" in asked.words[1:] else {*_by_name(asked), *_by_handle(asked)}
    rows = Relationship.objects.filter(pk__in=ids).select_related("creator__metrics")
    for row in rows.order_by(F("creator__metrics__followers").desc(nulls_last=True), "pk")[:HITS]:
        metrics = getattr(row.creator, "metrics", None)
        handle = f"{metrics.primary_handle} · " if metrics and metrics.primary_handle else ""
        yield Hit(
            row.creator.name,
            reverse("crm:creator", args=[asked.brand.slug, row.creator.uid]),
            f"{handle}{Stage(row.stage).label}",
        )


def find_notes(asked: Asked) -> Iterable[Hit]:
    """Whose words all occur, the last one at least begun; newest first."""
    found = _all_words(asked.words)
    if found is None:
        return
    query, last = found
    notes = (
        Note.objects.standing()
        .readable(by=asked.user, reads_restricted=may(asked.role, Can.READ_RESTRICTED))
        .alias(words=SearchVector(TEXT_FOLDED, config="simple"))
        .filter(words=query, relationship__brand=asked.brand)
        .select_related("relationship__creator")
        .order_by("-created_at", "-pk")
    )
    for note in notes[:HITS]:
        creator = note.relationship.creator
        url = reverse("crm:creator", args=[asked.brand.slug, creator.uid])
        yield Hit(_around(note.text, last), url, f"{creator.name}, {note.created_at:%-d %b %Y}")


def find_mails(asked: Asked) -> Iterable[Hit]:
    """Conversations by the words of one of their mails, as in notes; of each the newest such mail.

    What repeats earlier mails is not looked through, nor what is about no creator in somebody
    else's own mailbox.
    """
    found = _all_words(asked.words)
    if found is None:
        return
    query, last = found
    mails = (
        Message.objects.visible_to(asked.user)
        .alias(words=SearchVector(SUBJECT_FOLDED, MAIL_FOLDED, config="simple"))
        .filter(words=query, brand=asked.brand)
        .select_related("thread__relationship__creator")
        .order_by("-at", "-pk")
    )
    seen: set[int] = set()
    # A conversation may say it in each of its mails.
    for row in mails[: 5 * HITS]:
        if row.thread_id in seen:
            continue
        seen.add(row.thread_id)
        of = row.thread.relationship
        who = of.creator.name if of else row.from_name or row.from_address
        url = reverse("crm:thread", args=[asked.brand.slug, row.thread_id])
        line = _around(f"{row.subject}: {row.text}", last)
        yield Hit(line, url, f"{who}, {row.at:%-d %b %Y}")


def find_tags(asked: Asked) -> Iterable[Hit]:
    """By name: leads to the list of those who have it."""
    if not asked.words:
        return
    tags = Tag.objects.filter(brand=asked.brand, name__icontains=asked.words).order_by("name", "pk")
    address = reverse("crm:creators", args=[asked.brand.slug])
    for tag in tags[:HITS]:
        yield Hit(tag.name, f"{address}?tag={tag.key}", "creators with this tag")


def find_applications(asked: Asked) -> Iterable[Hit]:
    """Those that wait, by name, address or account."""
    words = asked.words.removeprefix("@")
    if len(words) < LETTERS:
        return
    there = (
        Q(name__icontains=words)
        | Q(email__istartswith=words)
        | Exists(
            ApplicationAccount.objects.filter(
                application=OuterRef("pk"), handle__icontains=words.lower()
            )
        )
    )
    waiting = Application.objects.filter(brand=asked.brand).waiting()
    for found in waiting.filter(there).order_by("-submitted_at", "-pk")[:HITS]:
        url = reverse("crm:application", args=[asked.brand.slug, found.pk])
        yield Hit(found.name, url, f"applied on {found.submitted_at:%-d %b %Y}")


def find_actions(asked: Asked) -> Iterable[Hit]:
    """Pages to go to, by their names; without words the first of them."""
    wanted = asked.words.casefold().split()
    for action in ACTIONS:
        text = f"{action.label} {action.words}".casefold()
        if may(asked.role, action.can) and all(word in text for word in wanted):
            yield Hit(action.label, reverse(action.page, args=[asked.brand.slug]))


def _all_words(text: str) -> tuple[SearchQuery, str] | None:
    """Asks for texts in which all words occur, the last one at least begun; and that last one."""
    words = re.findall(r"\w+", text)
    if len(text) < LETTERS or not words:
        return None
    wanted = Value(" & ".join([*words[:-1], f"{words[-1]}:*"]), output_field=TextField())
    return SearchQuery(Fold(wanted), config="simple", search_type="raw"), words[-1]


def _by_name(asked: Asked) -> Iterable[int]:
    """Some of those with the words in their name; of a short one, at its beginning."""
    lookup = "contains" if len(asked.words) >= LETTERS else "startswith"
    folded = Fold(Value(asked.words, output_field=TextField()))
    rows = relationships_of(asked.brand).alias(folded=Fold("creator__name"))
    with _by_trigrams():
        return list(_some(rows.filter(**{f"folded__{lookup}": folded})))


@contextmanager
def _by_trigrams() -> Iterator[None]:
    """Have names looked up by their index: folding each of 100,000 names takes seconds.

    The planner takes folding for as cheap as any comparison, and would rather read until it has
    found enough.
    """
    with connection.cursor() as cursor:
        for name in _OTHER_WAYS:
            cursor.execute(f"SET LOCAL {name} = off")
        yield
        for name in _OTHER_WAYS:
            cursor.execute(f"SET LOCAL {name} TO DEFAULT")


def _by_handle(asked: Asked) -> Iterable[int]:
    """Some of those with the words in a handle; handles are stored in small letters."""
    handle = asked.words.removeprefix("@").lower()
    if len(handle) < LETTERS:
        return ()
    rows = relationships_of(asked.brand)
    return _some(rows.filter(creator__profiles__handle__contains=handle))


def _by_address(asked: Asked) -> Iterable[int]:
    """Some of those with an e-mail address that begins like this."""
    addresses = ContactPoint.objects.filter(
        brand=asked.brand, kind=ContactKind.EMAIL, value__startswith=asked.words.lower()
    )
    return _some(relationships_of(asked.brand).filter(creator__in=addresses.values("creator")))


def _some(rows: QuerySet[Any, Any]) -> Iterable[int]:
    """The best of very many are not looked for: who types on narrows them."""
    found: Iterable[int] = rows.order_by().values_list("pk", flat=True)[:CANDIDATES]
    return found


def _around(text: str, word: str) -> str:
    """The part of a text in which a word stands, on one line."""
    line = " ".join(text.split())
    at = max(line.casefold().find(word.casefold()) - AROUND, 0)
    part = line[at : at + 2 * AROUND + len(word)]
    return f"{'… ' if at else ''}{part}{' …' if at + len(part) < len(line) else ''}"


def add_own_kinds() -> None:
    """Once, when the apps are ready."""
    KINDS.add("creators", Kind("Creators", "users", find_creators))
    KINDS.add("notes", Kind("Notes", "message", find_notes))
    KINDS.add("mails", Kind("Mail", "mail", find_mails, Can.READ_MAIL))
    KINDS.add("tags", Kind("Tags", "tag", find_tags))
    applications = Kind("Applications", "user-plus", find_applications, Can.TRIAGE)
    KINDS.add("applications", applications)
    for key, action in {
        "day": Action("My day", "crm:day", words="home today"),
        "creators": Action("Creators", "crm:creators", words="list"),
        "board": Action("Board", "crm:board", words="stages kanban"),
        "applications": Action("Applications", "crm:applications", Can.TRIAGE, "triage applied"),
        "application_page": Action(
            "Page of applications", "crm:application_page", Can.TRIAGE, "public form apply consent"
        ),
        "new_creator": Action("Add creator", "crm:creator_new", Can.EDIT_CREATORS, "new"),
        "tasks": Action("Tasks", "crm:tasks", words="to do"),
        "imports": Action("Imports", "crm:imports", words="upload file csv excel"),
        "reviews": Action("Reviews", "crm:reviews", words="vetting blind"),
        "review_form": Action("Review form", "crm:review_form", words="criteria anchors vetting"),
        "agreement": Action(
            "Agreement of reviewers", "crm:review_agreement", words="krippendorff alpha"
        ),
        "reviewers": Action(
            "Reviewers beside each other", "crm:review_drift", words="drift lean calibration"
        ),
        "views": Action("Views of the list", "crm:saved_views", words="saved filters"),
        "jobs": Action("Tasks in the background", "crm:jobs", words="progress undo export"),
        "notifications": Action("Notifications", "crm:notifications"),
        "me": Action("Your page", "crm:me", words="my name settings calendar ics"),
        "fields": Action("Fields", "crm:fields", words="custom"),
        "settings": Action("Settings", "crm:settings", Can.MANAGE_BRAND, "people tokens brand"),
    }.items():
        ACTIONS.add(key, action)
