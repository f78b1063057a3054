"""Files of permits, incidents and causes: kept while something names them, deleted after."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from campaigns.models import CauseEvidence, CauseTag, Permit
from campaigns.services.causes import papers as cause_papers
from campaigns.services.incidents import files as incident_files
from campaigns.services.registers import papers as permit_papers
from crm.models import Brand
from tests.factories import NOW, RelationshipFactory

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF "
LATER = timedelta(days=2)


def test_what_nothing_names_any_more_goes(brand: Brand) -> None:
    relationship = RelationshipFactory(brand=brand)
    for number, module in enumerate((cause_papers, permit_papers)):
        kept = module.keep(brand=brand, name="a.pdf", content=PDF + b"%d" % number)
        gone = module.keep(brand=brand, name="b.pdf", content=PDF + b"%d" % (number + 10))
        named = {
            "file_name": kept.name,
            "file_type": kept.content_type,
            "file_size": kept.size,
            "file_sha256": kept.sha256,
        }
        if module is cause_papers:
            tag = CauseTag.objects.create(brand=brand, relationship=relationship, cause="nature")
            CauseEvidence.objects.create(tag=tag, what="A talk", on=NOW.date(), **named)
        else:
            Permit.objects.create(
                brand=brand,
                relationship=relationship,
                jurisdiction="AE",
                kind="permit",
                number="1",
                **named,
            )
        assert module.remove_orphans(brand, at=timezone.now()) == 0  # too young
        assert module.remove_orphans(brand, at=timezone.now() + LATER) == 1
        assert module.STORE.has(brand.pk, kept.sha256)
        assert not module.STORE.has(brand.pk, gone.sha256)
    assert incident_files.remove_orphans(brand, at=timezone.now() + LATER) == 0
