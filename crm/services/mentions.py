"""People who are named with @ in notes and tasks: found among the brand's own, told once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from crm.choices import NotificationKind
from crm.models import Brand, Mention, Note, Notification, Task, User
from crm.selectors import people_of
from crm.services.notifications import notify_all

# "@maria" or "@maria@acme.example", but not the middle of an address.
_NAMED = re.compile(r"(?<![\w.@+-])@([\w.+-]+(?:@[\w.-]+)?)")
# A full stop or a dash after a name belongs to the sentence.
_NOT_OF_NAMES = ".-+"


def handles(people: Iterable[User]) -> dict[str, User]:
    """What may follow the @: the whole address, its first part where only one has it, one's own.

    A name that somebody chose comes before a colleague's address that begins with it.
    """
    known = list(people)
    short = Counter(user.email.partition("@")[0].lower() for user in known)
    found = {user.email.lower(): user for user in known}
    for user in known:
        name = user.email.partition("@")[0].lower()
        if short[name] == 1:
            found[name] = user
    return found | {user.handle: user for user in known if user.handle}


def handle_of(user: User, known: Mapping[str, User]) -> str:
    """The handle by which `user` is named: their own, else the shortest."""
    if user.handle:
        return user.handle
    name = user.email.partition("@")[0].lower()
    return name if known.get(name) == user else user.email.lower()


def named_in(text: str, brand: Brand) -> set[User]:
    """The people of the brand whom `text` names. No query where it has no @."""
    written = {match.lower() for match in _NAMED.findall(text)}
    if not written:
        return set()
    known = handles(people_of(brand))
    return {user for word in written if (user := _whom(word, known)) is not None}


def pieces(text: str, known: Mapping[str, User]) -> Iterator[tuple[str, User | None]]:
    """The text in pieces, each @ that names somebody on its own with whom it names."""
    end = 0
    for match in _NAMED.finditer(text):
        user = _whom(match[1].lower(), known)
        if user is None:
            continue
        written = match[0] if match[1].lower() in known else match[0].rstrip(_NOT_OF_NAMES)
        yield text[end : match.start()], None
        yield written, user
        end = match.start() + len(written)
    yield text[end:], None


def _whom(word: str, known: Mapping[str, User]) -> User | None:
    return known.get(word) or known.get(word.rstrip(_NOT_OF_NAMES))


def mention_in_note(*, note: Note, author: User, at: datetime) -> None:
    """Keep whom the note names, and tell those whom it names for the first time."""
    brand = note.relationship.brand
    named = named_in(note.text, brand)
    _sync(Mention.objects.filter(note=note), [Mention(note=note, user=user) for user in named])
    creator = note.relationship.creator
    notify_all(
        users=named - {author},
        brand=brand,
        kind=NotificationKind.MENTION,
        text=f"{author} mentioned you in a note about {creator}",
        url=reverse("crm:creator", args=[brand.slug, creator.uid]),
        at=at,
        key=f"mention:note:{note.pk}",
    )


def forget_mention(note: Note) -> None:
    """Nobody who did not read it yet is sent to a note that is gone."""
    Notification.objects.filter(
        brand=note.relationship.brand, key=f"mention:note:{note.pk}"
    ).unread().delete()


def mention_in_task(*, task: Task, author: User, at: datetime) -> None:
    """As in a note. Who is given the task hears of it anyway."""
    named = named_in(f"{task.title}\n{task.details}", task.brand)
    _sync(Mention.objects.filter(task=task), [Mention(task=task, user=user) for user in named])
    notify_all(
        users=[user for user in named if user not in {author, task.assignee}],
        brand=task.brand,
        kind=NotificationKind.MENTION,
        text=f"{author} mentioned you in a task: {task.title}",
        url=reverse("crm:task", args=[task.brand.slug, task.pk]),
        at=at,
        key=f"mention:task:{task.pk}",
    )


def _sync(held: QuerySet[Mention], wanted: list[Mention]) -> None:
    """Bring the stored mentions of one thing to those that its text has now."""
    held.exclude(user__in=[mention.user_id for mention in wanted]).delete()
    Mention.objects.bulk_create(wanted, ignore_conflicts=True)
