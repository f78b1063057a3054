"""The tier schemes of known vendors beside those of the documents: data that an admin may add to."""

from django.db import migrations

K, M = 1_000, 1_000_000
# Each: key, name, source, year, platform and the tiers with key, name, low, high.
SCHEMES = [
    (
        "mediakix",
        "Mediakix",
        "STIM (Mediakix), influencer tiers; Hootsuite names the same bounds",
        None,
        None,
        [
            ("nano", "Nano", K, 10 * K),
            ("micro", "Micro", 10 * K, 50 * K),
            ("mid", "Mid-tier", 50 * K, 500 * K),
            ("macro", "Macro", 500 * K, M),
            ("mega", "Mega", M, None),
        ],
    ),
    (
        "hypeauditor",
        "HypeAuditor, five tiers",
        "HypeAuditor, its older five tiers",
        None,
        None,
        [
            ("nano", "Nano", K, 5 * K),
            ("micro", "Micro", 5 * K, 20 * K),
            ("mid", "Mid-tier", 20 * K, 100 * K),
            ("macro", "Macro", 100 * K, M),
            ("mega", "Mega", M, None),
        ],
    ),
    (
        "later_fohr",
        "Later x Fohr",
        "Later and Fohr, influencer report 2021",
        2021,
        None,
        [
            ("nano", "Nano", 0, 10 * K),
            ("micro", "Micro", 10 * K, 100 * K),
            ("mid", "Mid-tier", 100 * K, 500 * K),
            ("macro", "Macro", 500 * K, M),
            ("mega", "Mega macro", M, None),
        ],
    ),
    (
        "tagger",
        "Sprout Social (Tagger), nine tiers",
        "Sprout Social Influencer Marketing, formerly Tagger, fixed tiers",
        None,
        None,
        [
            ("micro-3", "Micro 3", 0, 5 * K),
            ("micro-2", "Micro 2", 5 * K, 10 * K),
            ("micro-1", "Micro 1", 10 * K, 25 * K),
            ("mid-3", "Mid 3", 25 * K, 150 * K),
            ("mid-2", "Mid 2", 150 * K, 500 * K),
            ("mid-1", "Mid 1", 500 * K, M),
            ("macro-3", "Macro 3", M, 5 * M),
            ("macro-2", "Macro 2", 5 * M, 10 * M),
            ("macro-1", "Macro 1", 10 * M, None),
        ],
    ),
    (
        "captiv8",
        "Captiv8, all-star",
        "Captiv8, reported by EMARKETER: TikTok all-stars only, no other tier is named",
        None,
        "tiktok",
        [("all-star", "All-star", 1_500 * K, None)],
    ),
]


def load(apps, schema_editor):
    scheme_model, tier_model = apps.get_model("crm", "TierScheme"), apps.get_model("crm", "Tier")
    for key, name, source, year, platform, tiers in SCHEMES:
        scheme, made = scheme_model.objects.get_or_create(
            key=key,
            defaults={"name": name, "source": source, "year": year, "platform_id": platform},
        )
        # Somebody made one of this key by hand: theirs stays.
        for position, (tier, label, low, high) in enumerate(tiers if made else ()):
            tier_model.objects.create(
                scheme=scheme, key=tier, name=label, low=low, high=high, position=position
            )


def unload(apps, schema_editor):
    keys = [scheme[0] for scheme in SCHEMES]
    schemes = apps.get_model("crm", "TierScheme").objects.filter(key__in=keys)
    # One that a brand uses stays.
    used = apps.get_model("crm", "Brand").objects.filter(tier_scheme__in=schemes)
    schemes.exclude(pk__in=used.values("tier_scheme")).delete()


class Migration(migrations.Migration):
    dependencies = [("crm", "0007_tier_markets")]
    operations = [migrations.RunPython(load, unload)]
