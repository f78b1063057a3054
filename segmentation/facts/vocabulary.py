"""What people may add to and facts are made of: platforms, niches, tags, tiers, fields and more."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db import connection

from crm.models import Brand, CustomField, Niche, Platform, Tag, Tier
from segmentation.facts.clusters import ClusterName
from segmentation.facts.scores import ScoreName


def asked(brand: str, scheme: str) -> str:
    """SQL of all of it as one text; `brand` and `scheme` are SQL of the ids."""
    return f"""json_build_object(
  'platforms', (SELECT coalesce(json_agg(p), '[]') FROM (
    SELECT key, name, number FROM crm_platform ORDER BY position, key) p),
  'niches', (SELECT coalesce(json_agg(n), '[]') FROM (
    SELECT id, key, label FROM crm_niche ORDER BY label, id) n),
  'tags', (SELECT coalesce(json_agg(g), '[]') FROM (
    SELECT id, key, name FROM crm_tag WHERE brand_id = {brand} ORDER BY name, id) g),
  'tiers', (SELECT coalesce(json_agg(t), '[]') FROM (
    SELECT key, name, low, high FROM crm_tier WHERE scheme_id = {scheme} ORDER BY position) t),
  'fields', (SELECT coalesce(json_agg(f), '[]') FROM (
    SELECT key, label, description, type, unit, choices, archived_at FROM crm_customfield
    WHERE brand_id = {brand} ORDER BY position, label, id) f),
  'scores', (SELECT coalesce(json_agg(s), '[]') FROM (
    SELECT id, key, name, archived_at IS NOT NULL AS is_archived FROM segmentation_scoremodel
    WHERE brand_id = {brand} AND active_version_id IS NOT NULL ORDER BY name, id) s),
  'clusters', (SELECT coalesce(json_agg(k), '[]') FROM (
    SELECT number, coalesce(nullif(name, ''), nullif(array_to_string(terms[1:3], ' · '), ''),
      'Cluster ' || number) AS title FROM segmentation_cluster
    WHERE brand_id = {brand} AND gone_at IS NULL ORDER BY number) k))::text"""  # noqa: S608 - names of ours


@dataclass(frozen=True)
class Vocabulary:
    """The rows by kind, in order, with those columns only that facts are made of."""

    platforms: tuple[Platform, ...]
    niches: tuple[Niche, ...]
    tags: tuple[Tag, ...]
    tiers: tuple[Tier, ...]
    fields: tuple[CustomField, ...]
    scores: tuple[ScoreName, ...]
    clusters: tuple[ClusterName, ...]

    @classmethod
    def of(cls, text: str) -> Vocabulary:
        """What `vocabulary_text` says."""
        rows = json.loads(text)
        return cls(
            tuple(Platform(**row) for row in rows["platforms"]),
            tuple(Niche(**row) for row in rows["niches"]),
            tuple(Tag(**row) for row in rows["tags"]),
            tuple(Tier(**row) for row in rows["tiers"]),
            tuple(CustomField(**row) for row in rows["fields"]),
            tuple(ScoreName(**row) for row in rows["scores"]),
            tuple(ClusterName(**row) for row in rows["clusters"]),
        )


def vocabulary_text(brand: Brand) -> str:
    """All of it as one text: as long as that is the same, so are the brand's facts."""
    with connection.cursor() as cursor:
        given = [brand.pk, brand.tier_scheme_id, brand.pk, brand.pk, brand.pk]
        cursor.execute(f"SELECT {asked('%s', '%s')}", given)
        text: str = cursor.fetchone()[0]
    return text
