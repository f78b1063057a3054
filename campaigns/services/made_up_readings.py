"""What is computed each night, for the demo brand at once: flags, scores, risk, formats."""

from __future__ import annotations

from datetime import datetime

from campaigns.models import AuthenticityScore, TrustReading
from campaigns.services.authenticity import circles, looking, scoring
from campaigns.services.formats import reading as sorting_posts
from campaigns.services.reliability import reading as reliability
from campaigns.services.risk import assessing
from campaigns.services.trust import reading as trusting
from crm.models import Brand


def fill_readings(*, brand: Brand, seed: int, at: datetime) -> int:
    """Compute them in the order of the night; how many creators have an authenticity or a trust."""
    if not AuthenticityScore.objects.filter(brand=brand).exists():
        creators = list(brand.relationships.order_by("creator").values_list("creator", flat=True))
        for start in range(0, len(creators), looking.BATCH):
            looking.look_at(creators[start : start + looking.BATCH], at=at)
        circles.look_at_comments(brand=brand, at=at)
        scoring.score_brand(brand=brand, at=at)
        sorting_posts.read_brand(brand=brand, at=at)
        assessing.assess_brand(brand=brand, at=at)
        reliability.read_brand(brand=brand, at=at)
        trusting.read_brand(brand=brand, at=at)
    told = AuthenticityScore.objects.filter(brand=brand).values("relationship")
    trusted = TrustReading.objects.filter(brand=brand).values("relationship")
    return told.union(trusted).count()
