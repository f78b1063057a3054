"""The collections of the API that take batches, each with what its rows look like."""

from __future__ import annotations

from campaigns.api.channels import (
    ChannelResultSerializer,
    ChannelResultViewSet,
    NewChannelResult,
)
from campaigns.api.deliverable_bodies import ContentPieceSerializer
from campaigns.api.deliverables import DeliverableViewSet, NewPieces
from campaigns.api.engagements import (
    EngagementActViewSet,
    EngagementChange,
    WholeEngagementSerializer,
)
from campaigns.api.gifts import GiftChange, GiftSerializer, GiftViewSet, NewGift
from campaigns.api.payments import NewPayment, PaymentAct, PaymentSerializer, PaymentViewSet
from campaigns.api.registers import NewPermit, PermitChange, PermitSerializer, PermitViewSet
from campaigns.api.tracking import PromoCodeViewSet, TrackingLinkViewSet
from campaigns.api.tracking_bodies import (
    NewPromoCode,
    NewTrackingLink,
    PromoCodeChange,
    PromoCodeSerializer,
    TrackingLinkChange,
    TrackingLinkSerializer,
)
from crm.api.addresses import AddressChange, AddressSerializer, AddressViewSet, NewAddress
from crm.api.batches import BatchViewSet, batch_of
from crm.api.contacts import ContactChange, ContactSerializer, ContactViewSet, NewContact
from crm.api.creator_bodies import CreatorChange, NewCreator, NewProfile
from crm.api.creators import CreatorDetailSerializer, CreatorViewSet
from crm.api.notes import NewNote, NoteSerializer, NoteText, NoteViewSet
from crm.api.profiles import ProfileDetailSerializer, ProfileViewSet
from crm.api.relationships import (
    RelationshipChange,
    RelationshipDetailSerializer,
    RelationshipViewSet,
)
from crm.api.suppressions import NewSuppression, SuppressionSerializer, SuppressionViewSet
from crm.api.tasks import NewTask, TaskChange, TaskSerializer, TaskViewSet
from segmentation.api.overrides import NewOverride, OverrideSerializer, OverrideViewSet

BATCHES: dict[str, type[BatchViewSet]] = {
    "creators": batch_of(
        "Creators", CreatorViewSet, CreatorDetailSerializer, new=NewCreator, update=CreatorChange
    ),
    "profiles": batch_of("Profiles", ProfileViewSet, ProfileDetailSerializer, new=NewProfile),
    "relationships": batch_of(
        "Relationships",
        RelationshipViewSet,
        RelationshipDetailSerializer,
        update=RelationshipChange,
    ),
    "contacts": batch_of(
        "Contacts",
        ContactViewSet,
        ContactSerializer,
        new=NewContact,
        update=ContactChange,
        removes=True,
    ),
    "addresses": batch_of(
        "Addresses",
        AddressViewSet,
        AddressSerializer,
        new=NewAddress,
        update=AddressChange,
        removes=True,
    ),
    "notes": batch_of("Notes", NoteViewSet, NoteSerializer, new=NewNote, update=NoteText),
    "tasks": batch_of("Tasks", TaskViewSet, TaskSerializer, new=NewTask, update=TaskChange),
    "suppressions": batch_of(
        "Suppressions", SuppressionViewSet, SuppressionSerializer, new=NewSuppression
    ),
    "engagements": batch_of(
        "Engagements", EngagementActViewSet, WholeEngagementSerializer, change=EngagementChange
    ),
    "deliverables": batch_of(
        "Deliverables", DeliverableViewSet, ContentPieceSerializer, new=NewPieces
    ),
    "gifts": batch_of("Gifts", GiftViewSet, GiftSerializer, new=NewGift, update=GiftChange),
    "payments": batch_of(
        "Payments", PaymentViewSet, PaymentSerializer, new=NewPayment, act=PaymentAct
    ),
    "channel-results": batch_of(
        "ChannelResults",
        ChannelResultViewSet,
        ChannelResultSerializer,
        new=NewChannelResult,
        removes=True,
    ),
    "tracking-links": batch_of(
        "TrackingLinks",
        TrackingLinkViewSet,
        TrackingLinkSerializer,
        new=NewTrackingLink,
        update=TrackingLinkChange,
    ),
    "promo-codes": batch_of(
        "PromoCodes",
        PromoCodeViewSet,
        PromoCodeSerializer,
        new=NewPromoCode,
        update=PromoCodeChange,
    ),
    "permits": batch_of(
        "Permits", PermitViewSet, PermitSerializer, new=NewPermit, update=PermitChange
    ),
    "overrides": batch_of("Overrides", OverrideViewSet, OverrideSerializer, new=NewOverride),
}
