"""A creator of whom a brand has something in nearly every table, under one name and one word."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, connection, models, transaction
from django.db.utils import DataError

from campaigns.models import Deliverable, ReportCopy
from campaigns.services import gifts, guests
from campaigns.services.documents import digest_of
from crm.audit.subjects import ways_to_creators
from crm.choices import RequestKind, RequestOrigin, Source
from crm.models import (
    Agent,
    Brand,
    Creator,
    DuplicatePair,
    Relationship,
    Representation,
    User,
    Vetting,
)
from crm.services.contacts import set_address
from crm.services.notes import add_note
from crm.services.outreach.enrolling import enrol
from crm.services.post_comments.keeping import Told, tell
from crm.services.post_comments.scoring import score_waiting
from crm.services.privacy.blanking import KEPT, OURS
from crm.services.privacy.requests import open_request
from crm.services.tasks import add_task
from tests.campaigns.contracts.worlds import drafted, place
from tests.campaigns.deliverables.worlds import hand_in
from tests.campaigns.rights.worlds import asset_of, give, piece
from tests.crm.imports.state import imported
from tests.crm.outreach.worlds import MONDAY, mail, mailbox_of, policy_of, sequence_of
from tests.crm.reviews.world import publish
from tests.factories import NOW, CreatorFactory, PostFactory, RelationshipFactory

NAME, HANDLE, EMAIL = "Zyxmara Quillfeather", "zyxmara.q", "zyxmara@quill.example"
HERS = frozenset({"crm.Creator.name", "crm.Profile.handle", "crm.ContactPoint.value"})
# Stands in every text that is hers, beside her name.
MARKER = "zyxmarkerzyx"
LIST = f"""username,full name,followers,country,email
{HANDLE},{NAME},13000,Denmark,{EMAIL}
@someone.else,Bo Andersen,1500,Denmark,bo@example.com
"""


def somebody(brand: Brand, put: object, actor: User) -> Relationship:
    """Her, as a list brought her; nobody has written to her."""
    path: Path = put(LIST)  # type: ignore[operator]
    imported(brand, path, actor=actor)
    return Relationship.objects.select_related("brand", "creator").get(
        brand=brand, creator__name=NAME
    )


def whole_world(brand: Brand, put: object, actor: User, other: User) -> Relationship:
    """Her with notes, mails, papers, drafts, files and all that."""
    her = somebody(brand, put, actor)
    post = PostFactory(profile=her.creator.profiles.get(), creator=her.creator, caption=NAME)
    tell(
        brand=brand,
        comments=[Told(post.pk, "c1", f"I love what {NAME} says about mornings")],
        source=Source.VENDOR,
        actor=actor,
        at=NOW,
    )
    score_waiting()
    address = {"recipient": NAME, "street": "Havnegade 1", "city": "Aarhus", "country": "DK"}
    set_address(relationship=her, values=address, actor=actor, at=NOW)
    add_note(relationship=her, text=f"{NAME} likes mornings. @{other.email}", author=actor, at=NOW)
    add_task(
        brand=brand,
        title=f"Ring {NAME}",
        relationship=her,
        assignee=other,
        details=EMAIL,
        actor=actor,
        at=NOW,
    )
    policy_of(brand)
    mailbox = mailbox_of(brand)
    mail(her, mailbox, at=NOW, subject=NAME, text=f"Dear {NAME}", to=[EMAIL])
    enrol(
        sequence_id=sequence_of(brand).pk,
        relationships=[her.pk],
        mailbox=mailbox,
        actor=actor,
        at=MONDAY,
    )
    Vetting.objects.create(
        brand=brand,
        relationship=her,
        form=publish(brand, actor),
        reviewers=1,
        reason=NAME,
        due_on=NOW.date(),
        requested_by=actor,
        requested_at=NOW,
    )
    twin = RelationshipFactory(brand=brand, creator=CreatorFactory(name="Zyx Q."))
    DuplicatePair.objects.create(
        brand=brand,
        first_id=min(her.creator_id, twin.creator_id),
        second_id=max(her.creator_id, twin.creator_id),
        score=60,
        reasons=[{"kind": "email", "value": EMAIL, "weight": 60}],
        found_at=NOW,
    )
    agent = Agent.objects.create(brand=brand, name=f"Agent of {NAME}", emails=["a@quill.example"])
    Representation.objects.create(agent=agent, creator=her.creator)
    engagement = place(brand, actor, relationship=her)
    drafted(engagement, actor, creator_name=NAME)
    reel = piece(engagement)
    Deliverable.objects.filter(pk=reel.pk).update(post=post, title=f"Reel of {NAME}")
    hand_in(reel, actor, text=f"{NAME} in the morning")
    asset_of(engagement, reel, title=f"{NAME} smiles")
    give(engagement)
    guests.make_link(target=engagement, name=NAME, actor=actor, at=NOW)
    gifts.plan_gift(
        relationship=her, details=gifts.Details("Shoes", "39", 120, "EUR"), actor=actor, at=NOW
    )
    report = {"creators": [{"uid": str(her.creator.uid), "name": NAME, "posts": 1}]}
    ReportCopy.objects.create(campaign=engagement.campaign, report=report, digest=digest_of(report))
    return her


def ask_about_data(brand: Brand, actor: User) -> None:
    """One request on the register."""
    open_request(
        brand=brand,
        kind=RequestKind.ACCESS,
        origin=RequestOrigin.MAIL,
        received_on=NOW.date(),
        relationship=Relationship.objects.filter(brand=brand).earliest("pk"),
        actor=actor,
        at=NOW,
    )


def mark(creator: Creator) -> list[str]:
    """Write the word into every text of every row that leads to her; which columns took it.

    The rows are found from their side, by the way over their foreign keys, as the ledger finds
    them: not as the erasure does. What the database checks against a list refuses the word.
    """
    marked = []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for label, ways in sorted(ways_to_creators().items()):
            if label == "crm.factchange":
                continue  # waits to be looked at, with a word of ours
            model = apps.get_model(label)
            theirs = [model._base_manager.filter(**{way: creator.pk}).values("pk") for way in ways]
            pks = [row["pk"] for rows in theirs for row in rows]
            rows = model._base_manager.filter(pk__in=pks)
            for column in model._meta.concrete_fields:
                if column.choices or column.primary_key or column.remote_field:
                    continue
                name = f"{model._meta.label}.{column.name}"
                if column.name in OURS or name in KEPT or name in HERS:
                    continue
                if _marked(rows, column):
                    marked.append(f"{model._meta.label}.{column.name}")
        cursor.execute("SET LOCAL session_replication_role = origin")
    return marked


def _marked(rows: models.QuerySet[models.Model], column: models.Field) -> bool:
    if isinstance(column, models.JSONField):
        value: object = {"x": MARKER}
    elif isinstance(column, ArrayField) and isinstance(column.base_field, models.CharField):
        value = [MARKER]
    elif isinstance(column, models.CharField | models.TextField):
        value = MARKER
    else:
        return False
    try:
        with transaction.atomic():
            return bool(rows.update(**{column.name: value}))
    except (IntegrityError, DataError):  # a list of the database's, or two rows alike
        return False


def places_of(*words: str) -> list[str]:
    """Every table of the database in which one of the words stands."""
    found = []
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table.startswith("imp_"):
                continue  # an import's own, until its transaction ends
            name = connection.ops.quote_name(table)
            cursor.execute(
                f"SELECT t::text FROM {name} t WHERE lower(t::text) LIKE ANY(%s) LIMIT 1",  # noqa: S608
                [[f"%{word.lower()}%" for word in words]],
            )
            row = cursor.fetchone()
            if row:
                found.append(f"{table}: {row[0][:300]}")
    return found
