"""Made-up rows for tests. Numbers are unknown unless a test gives them."""

from __future__ import annotations

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from crm import models
from crm.choices import ContactKind, Role, Stage
from crm.services.fields import add_standard_fields

# The moment at which tests live unless they say otherwise: in 2026Q4.
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = models.User

    email = factory.Sequence(lambda n: f"person{n}@example.com")


class BrandFactory(DjangoModelFactory):
    class Meta:
        model = models.Brand

    slug = factory.Sequence(lambda n: f"brand{n}")
    name = factory.Sequence(lambda n: f"Brand {n}")
    tier_scheme = factory.LazyFunction(lambda: models.TierScheme.objects.get(key="glossary_6"))

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        """With the fields that every brand has from the start."""
        brand = super()._create(model_class, *args, **kwargs)
        add_standard_fields(brand=brand)
        return brand


class UserRoleFactory(DjangoModelFactory):
    class Meta:
        model = models.UserRole

    user = factory.SubFactory(UserFactory)
    brand = factory.SubFactory(BrandFactory)
    role = Role.MANAGER


class CreatorFactory(DjangoModelFactory):
    class Meta:
        model = models.Creator

    name = factory.Sequence(lambda n: f"Creator {n:05d}")


class ProfileFactory(DjangoModelFactory):
    """On Instagram unless `platform_id` says otherwise."""

    class Meta:
        model = models.Profile

    creator = factory.SubFactory(CreatorFactory)
    platform_id = "instagram"
    handle = factory.Sequence(lambda n: f"handle{n}")


class MetricSnapshotFactory(DjangoModelFactory):
    class Meta:
        model = models.MetricSnapshot

    profile = factory.SubFactory(ProfileFactory)
    captured_at = NOW


class PostFactory(DjangoModelFactory):
    """Posted at NOW, with no counts known."""

    class Meta:
        model = models.Post

    profile = factory.SubFactory(ProfileFactory)
    creator = factory.SelfAttribute("profile.creator")
    external_id = factory.Sequence(lambda n: f"post{n}")
    posted_at = NOW


class PostMetricSnapshotFactory(DjangoModelFactory):
    class Meta:
        model = models.PostMetricSnapshot

    post = factory.SubFactory(PostFactory)
    captured_at = NOW


class CreatorMetricsFactory(DjangoModelFactory):
    class Meta:
        model = models.CreatorMetrics

    creator = factory.SubFactory(CreatorFactory)
    as_of = NOW


class NicheFactory(DjangoModelFactory):
    class Meta:
        model = models.Niche

    key = factory.Sequence(lambda n: f"niche{n}")
    label = factory.Sequence(lambda n: f"Niche {n}")


class CreatorNicheFactory(DjangoModelFactory):
    class Meta:
        model = models.CreatorNiche

    creator = factory.SubFactory(CreatorFactory)
    niche = factory.SubFactory(NicheFactory)


class ContactPointFactory(DjangoModelFactory):
    """An e-mail address of one brand's file."""

    class Meta:
        model = models.ContactPoint

    brand = factory.SubFactory(BrandFactory)
    creator = factory.SubFactory(CreatorFactory)
    kind = ContactKind.EMAIL
    value = factory.Sequence(lambda n: f"creator{n}@example.com")


class RelationshipFactory(DjangoModelFactory):
    """Since NOW, with the first stay of its ledger open."""

    class Meta:
        model = models.Relationship
        skip_postgeneration_save = True

    brand = factory.SubFactory(BrandFactory)
    creator = factory.SubFactory(CreatorFactory)
    stage = Stage.PROSPECT
    since = NOW
    stage_since = factory.SelfAttribute("since")

    @factory.post_generation
    def first_stay(self, create, _extracted, **_kwargs):
        if create:
            models.StageChange.objects.create(
                relationship=self, stage=self.stage, entered_at=self.stage_since
            )


class NoteFactory(DjangoModelFactory):
    class Meta:
        model = models.Note

    relationship = factory.SubFactory(RelationshipFactory)
    text = "Answered within the hour."
    created_at = NOW
