"""Made-up posts that sell something and do not say so, and hints at them, for the demo."""

from __future__ import annotations

from datetime import datetime
from itertools import cycle

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat

from campaigns.models import DisclosureHint
from campaigns.services.hints.reading import SINCE, refresh
from crm.models import Brand, Post

# The labelled ones are what the first night learns from.
LABELLED, POSTS = 60, 12
_PITCHES = (
    " Use code {code} for 15% off in their shop, link in my bio.",
    " They kindly sent me the new set. Available now, and you get free shipping until Sunday.",
    " So glad to be partnering with them for the launch, check out their website.",
    " Head to their shop with {code}: 20% off the whole collection this week.",
    " Thank you to my friends at the studio for gifting me this. Now available in stores.",
    " Giveaway! Sign up on their website with the link below, two of you win the limited edition.",
    " I have been working with them since spring, and the new line is finally on sale.",
    " Get yours before Friday, my code {code} takes 10% off and adds free shipping.",
    " A small collab with people I like. Order now, the first hundred get a discount.",
    " Courtesy of the brand, and I kept it: perfect for evenings like this. Shop now.",
    " They teamed up with five of us. Download the app and use my link for a free month.",
    " Thanks to them for sending me the whole range. Link below, {code} saves you 25%.",
)
_CODES = ("SLOW15", "MORNING15", "HELLO15", "EVENING10", "DAYLIGHT20")


@transaction.atomic
def fill_hints(*, brand: Brand, seed: int, at: datetime) -> int:
    """Some posts that read like ads, and hints at them by the list; how many there are then."""
    if not DisclosureHint.objects.filter(brand=brand).exists():
        known = brand.relationships.filter(unprofiled_at=None).values("creator")
        rows = Post.objects.filter(creator__in=known, posted_at__range=(at - SINCE, at))
        newest = rows.order_by("-posted_at", "-pk").values_list("pk", flat=True)
        labelled = newest.filter(is_paid_partnership=True)[:LABELLED]
        silent = newest.filter(is_paid_partnership=False)[:POSTS]
        for posts in (list(labelled), list(silent)):
            for pk, pitch, code in zip(posts, cycle(_PITCHES), cycle(_CODES), strict=False):
                words = Concat("caption", Value(pitch.format(code=code)))
                Post.objects.filter(pk=pk).update(caption=words)
        refresh(brand=brand, at=at, learns=False)
    return DisclosureHint.objects.filter(brand=brand).count()
