"""The edges of Celery: ids and text in, one service call, safe to run twice."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from campaigns.selectors.markets import these
from campaigns.services.authenticity import circles, dismissing, scoring
from campaigns.services.authenticity import looking as looking_at_audiences
from campaigns.services.causes import papers as cause_papers
from campaigns.services.contracts import expiring
from campaigns.services.deliverables import rechecking, reminding
from campaigns.services.disclosures import evidence
from campaigns.services.disclosures.catching_up import open_missing
from campaigns.services.disclosures.chasing import remind as remind_of_reviews
from campaigns.services.disclosures.reminding import remind_of_stories
from campaigns.services.formats import reading as sorting_posts
from campaigns.services.hints import reading as hinting
from campaigns.services.holds import end_what_ran_out
from campaigns.services.incidents import files as incident_files
from campaigns.services.keywords.counting import count_uses
from campaigns.services.keywords.referring import count_references
from campaigns.services.offers.deciding import expire_due
from campaigns.services.payments import invoices, sweeping
from campaigns.services.publishing import captures
from campaigns.services.publishing.watching import watch
from campaigns.services.registers import looking, permit_endings
from campaigns.services.registers import papers as permit_papers
from campaigns.services.registers import virtual as consents
from campaigns.services.reliability import reading
from campaigns.services.remediation.chasing import chase
from campaigns.services.rights.ending import tell_endings
from campaigns.services.risk import assessing
from campaigns.services.submissions import erasing as submissions_erasing
from campaigns.services.topics.rising import find_rising
from campaigns.services.tracking import removing, spikes, writing
from campaigns.services.tracking.server import Away
from campaigns.services.trust import reading as trusting
from campaigns.services.watching import weeks
from campaigns.services.whereabouts import erasing as whereabouts_erasing
from crm.models import Brand


@shared_task(acks_late=True)  # type: ignore[untyped-decorator] # Celery ships no types
def expire_offers(**_later: Any) -> None:
    """Expire what was sent and is valid no longer."""
    expire_due(at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def watch_publications(**_later: Any) -> None:
    """Look what imports tell of publications, how these do, and tell people what is missing.

    Reviews that nobody opened are opened, and stories that are gone soon told of.
    """
    now = timezone.now()
    watch(at=now)
    open_missing(at=now)
    remind_of_stories(at=now)


@shared_task  # type: ignore[untyped-decorator]
def remove_captures(**_later: Any) -> None:
    """Delete files whose rows are gone, as when a creator was erased."""
    for brand in Brand.objects.order_by("pk"):
        captures.remove_orphans(brand, at=timezone.now())
        invoices.remove_orphans(brand, at=timezone.now())
        evidence.remove_orphans(brand, at=timezone.now())
        cause_papers.remove_orphans(brand, at=timezone.now())
        permit_papers.remove_orphans(brand, at=timezone.now())
        consents.remove_orphans(brand, at=timezone.now())
        incident_files.remove_orphans(brand, at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def erase_submissions(**_later: Any) -> None:
    """Erase what the public handed in and whose time is over."""
    submissions_erasing.erase_due(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def erase_whereabouts(**_later: Any) -> None:
    """Erase where creators were, once it is nobody's business any more."""
    whereabouts_erasing.erase_due(at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator] # Celery ships no types
def look_at_payments(**_later: Any) -> None:
    """Move what has reached its milestone, and plan what accepted contracts owe."""
    sweeping.sweep_all(at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def end_contracts(**_later: Any) -> None:
    """End contracts that have had their last day, and tell of those that soon will."""
    now = timezone.now()
    expiring.end_due(at=now)
    expiring.tell_ending(at=now)


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def tell_of_ending_rights(**_later: Any) -> None:
    """Tell people of rights that end soon, once at each step."""
    tell_endings(at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def look_at_registers(*, relationship_id: int | None = None, **_later: Any) -> None:
    """Look for contracts, registers and permits that are due: of one creator, or of all."""
    now = timezone.now()
    if relationship_id is None:
        looking.look_at_all(at=now)
        permit_endings.tell_endings(at=now)
        return
    for brand in Brand.objects.filter(relationships=relationship_id):
        looking.look(brand=brand, relationships=these(brand, [relationship_id]), at=now)


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def remind_of_gates(**_later: Any) -> None:
    """Remind people of drafts that wait for them, and tell of those that are late."""
    reminding.remind(at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def recheck_drafts(*, brand_id: int | None = None, **_later: Any) -> None:
    """Open the reviews that do not hold any more: of one brand, or of all."""
    brands = Brand.objects.order_by("pk")
    for brand in brands if brand_id is None else brands.filter(pk=brand_id):
        rechecking.recheck(brand=brand, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def chase_remediations(**_later: Any) -> None:
    """Remind people of disclosures to be put right, and report those that were not as incidents."""
    chase(at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def assess_risk(**_later: Any) -> None:
    """Compute the risk of all creators of whom anything is known, brand by brand."""
    now = timezone.now()
    for brand in Brand.objects.order_by("pk"):
        assessing.assess_brand(brand=brand, at=now)


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def look_at_audiences(**_later: Any) -> None:
    """Look for signs in the numbers of all accounts and in who comments, and score them."""
    now = timezone.now()
    looking_at_audiences.look_at_all(at=now)
    for brand in Brand.objects.order_by("pk"):
        circles.look_at_comments(brand=brand, at=now)
        scoring.score_brand(brand=brand, at=now)


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def read_formats(**_later: Any) -> None:
    """Look in which formats creators post, brand by brand."""
    for brand in Brand.objects.order_by("pk"):
        sorting_posts.read_brand(brand=brand, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def hint_at_ads_of(*, brand_id: int, **_later: Any) -> None:
    """Learn how a brand's creators write when they advertise, and hint at posts that read so."""
    brand = Brand.objects.filter(pk=brand_id).first()
    if brand is not None:
        hinting.refresh(brand=brand, at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def hint_at_ads(**_later: Any) -> None:
    """Have posts read in every brand."""
    for brand_id in Brand.objects.order_by("pk").values_list("pk", flat=True):
        hint_at_ads_of.delay(brand_id=brand_id)


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def read_reliability(**_later: Any) -> None:
    """Compute how reliable creators were, and trust of which it is a part, brand by brand."""
    now = timezone.now()
    for brand in Brand.objects.order_by("pk"):
        reading.read_brand(brand=brand, at=now)
        trusting.read_brand(brand=brand, at=now)


@shared_task  # type: ignore[untyped-decorator]
def end_pauses(**_later: Any) -> None:
    """Close the pauses, and the words about risks and flags, whose time is over."""
    now = timezone.now()
    end_what_ran_out(now)
    assessing.end_overrides(now)
    dismissing.end_what_ran_out(now)


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def remind_of_disclosures(**_later: Any) -> None:
    """Remind people of published posts to look at, and tell of those that are late."""
    remind_of_reviews(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def write_clicks(**_later: Any) -> None:
    """Write the clicks that wait in Valkey; where it is away they wait on."""
    try:
        writing.drain()
    except Away:
        return


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def find_spikes(**_later: Any) -> None:
    """Look for days on which codes and links were used far more than ever."""
    now = timezone.now()
    for brand in Brand.objects.order_by("pk"):
        spikes.find_spikes(brand=brand, at=now)


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def look_at_platforms(**_later: Any) -> None:
    """Compute what whole platforms did in the last weeks, brand by brand."""
    now = timezone.now()
    for brand in Brand.objects.order_by("pk"):
        weeks.look_at_platforms(brand=brand, at=now)


@shared_task  # type: ignore[untyped-decorator]
def remove_clicks(**_later: Any) -> None:
    """Delete clicks whose time is over; their counts stay."""
    now = timezone.now()
    for brand in Brand.objects.order_by("pk"):
        removing.remove_old(brand=brand, at=now)


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def count_keywords(*, brand_id: int | None = None, **_later: Any) -> None:
    """Read posts for search words and for what points to a brand: of one brand, or of all."""
    brands = Brand.objects.order_by("pk")
    for brand in brands if brand_id is None else brands.filter(pk=brand_id):
        count_uses(brand=brand, at=timezone.now())
        count_references(brand=brand, at=timezone.now())


@shared_task(acks_late=True)  # type: ignore[untyped-decorator]
def find_topics(**_later: Any) -> None:
    """Find words that more creators use than before, brand by brand."""
    for brand in Brand.objects.order_by("pk"):
        find_rising(brand=brand, at=timezone.now())
