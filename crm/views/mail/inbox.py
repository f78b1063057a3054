"""The brand's inbox, and the conversations with one creator."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from crm.models import Mailbox, Thread
from crm.models.mail import ThreadQuerySet
from crm.paging import Order, capped_count, paginate
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import relationships_of


class Box(NamedTuple):
    """A list of the inbox."""

    label: str
    heading: str
    words: str


BY_TIME = Order("threads", key="last_at", descending=True)
LONGEST_FIRST = Order("waiting", key="reply_waiting_since")
ON_PAGE = 40
OF_CREATOR = 10
# Of each list: its name, and what it says when it is empty.
BOXES = {
    "waiting": Box(
        "Waiting",
        "Nobody waits for an answer",
        "When a creator writes, the conversation stands here until somebody answers it or says "
        "that it is done.",
    ),
    "unmatched": Box(
        "Whose?",
        "Every mail has its creator",
        "Mail of senders who are not known as creators comes here, for you to say whose it is.",
    ),
    "unsent": Box(
        "Not sent",
        "Nothing was left unsent",
        "Drafts stand here, and mails that were refused, that failed or of which nobody knows "
        "whether they left.",
    ),
    "all": Box(
        "All",
        "There is no mail yet",
        "Write to a creator from their page. What they write is fetched from the mailboxes in the "
        "settings.",
    ),
}


@require_safe
@brand_page(Can.READ_MAIL)
def inbox(request: BrandRequest) -> HttpResponse:
    """Conversations: those that wait, those of nobody, those with unsent mail, all."""
    box = request.GET.get("box", "waiting")
    if box not in BOXES:
        raise Http404(f"There is no list “{box}”.")
    mailboxes = list(Mailbox.objects.filter(brand=request.brand))
    chosen = next((one for one in mailboxes if str(one.pk) == request.GET.get("mailbox")), None)
    mine = Thread.objects.visible_to(request.user).filter(brand=request.brand)
    if chosen:
        mine = mine.filter(mailbox=chosen)
    rows = _rows(mine, box)
    page = paginate(
        rows.for_list(),
        LONGEST_FIRST if box == "waiting" else BY_TIME,
        cursor=request.GET.get("cursor"),
        size=ON_PAGE,
    )
    tabs = [
        {
            "key": key,
            "label": one.label,
            "count": None if key == "all" else capped_count(_rows(mine, key), cap=999),
            "is_here": key == box,
        }
        for key, one in BOXES.items()
    ]
    context = {
        "box": box,
        "tabs": tabs,
        "page": page,
        "mailboxes": mailboxes,
        "chosen": chosen,
        "empty": BOXES[box],
    }
    template = "crm/mail/inbox.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


@require_safe
@brand_page(Can.READ_MAIL)
def of_creator(request: BrandRequest, uid: UUID) -> HttpResponse:
    """The conversations with a creator: a panel of their page, and a page of its own."""
    relationship = get_object_or_404(
        relationships_of(request.brand).select_related("creator"), creator__uid=uid
    )
    threads = Thread.objects.filter(relationship=relationship).for_list()
    context = {
        "relationship": relationship,
        "creator": relationship.creator,
        "threads": threads.order_by("-last_at", "-pk")[:OF_CREATOR],
        "has_mailbox": Mailbox.objects.filter(brand=request.brand).usable_by(request.user).exists(),
    }
    template = "crm/mail/of_creator.html"
    if request.htmx and not request.htmx.boosted:
        template += "#panel"
    return render(request, template, context)


def _rows(threads: ThreadQuerySet, box: str) -> ThreadQuerySet:
    if box == "waiting":
        return threads.filter(reply_waiting_since__isnull=False, relationship__isnull=False)
    if box == "unmatched":
        return threads.unmatched()
    if box == "unsent":
        return threads.unsent()
    return threads.filter(set_aside_at=None)
