"""The platform registry and the tier schemes of the documents: data that an admin may add to."""

from django.db import migrations

# key, number, name, address, hosts, what the audience is called, mark, handle pattern
PLATFORMS = [
    (
        "instagram",
        1,
        "Instagram",
        "https://www.instagram.com/{handle}/",
        "instagram.com",
        "followers",
        "IG",
        r"^[a-z0-9._]{1,30}$",
    ),
    (
        "tiktok",
        2,
        "TikTok",
        "https://www.tiktok.com/@{handle}",
        "tiktok.com",
        "followers",
        "TT",
        r"^[a-z0-9._]{1,24}$",
    ),
    (
        "youtube",
        3,
        "YouTube",
        "https://www.youtube.com/@{handle}",
        "youtube.com,youtu.be",
        "subscribers",
        "YT",
        r"^.{1,200}$",
    ),
    (
        "twitch",
        4,
        "Twitch",
        "https://www.twitch.tv/{handle}",
        "twitch.tv",
        "followers",
        "TW",
        r"^.{1,60}$",
    ),
    (
        "x",
        5,
        "X",
        "https://x.com/{handle}",
        "x.com,twitter.com",
        "followers",
        "X",
        r"^[a-z0-9_]{1,15}$",
    ),
    (
        "linkedin",
        6,
        "LinkedIn",
        "https://www.linkedin.com/in/{handle}/",
        "linkedin.com",
        "followers",
        "IN",
        r"^\S{1,100}$",
    ),
    (
        "pinterest",
        7,
        "Pinterest",
        "https://www.pinterest.com/{handle}/",
        "pinterest.com",
        "followers",
        "PIN",
        r"^[a-z0-9_-]{1,30}$",
    ),
    (
        "snapchat",
        8,
        "Snapchat",
        "https://www.snapchat.com/add/{handle}",
        "snapchat.com",
        "subscribers",
        "SC",
        r"^[a-z0-9._-]{1,15}$",
    ),
    ("podcast", 9, "Podcast", "", "", "listeners", "POD", r"^.{1,200}$"),
    ("newsletter", 10, "Newsletter", "", "substack.com", "readers", "NL", r"^.{1,200}$"),
    ("blog", 11, "Blog", "https://{handle}/", "", "readers", "BLG", r"^.{1,200}$"),
    ("custom", 12, "Other", "", "", "followers", "OTH", r"^.{1,200}$"),
]

SEED_2 = "Influencer Marketing glossary, influencer tier comparison"
HARVARD = "Harvard Media, quoted by Quantumrun Foresight, Mikro-influencers, 17 October 2023"
# key, name, source, year, [(tier, name, low, high, ER low, ER high, best use, advantages)]
SCHEMES = [
    (
        "glossary_6",
        "Glossary, six tiers",
        SEED_2,
        2025,
        [
            (
                "nano",
                "Nano",
                1_000,
                10_000,
                0.08,
                0.15,
                "Local businesses, niche products",
                "High authenticity, low cost, strong community connection",
            ),
            (
                "micro",
                "Micro",
                10_000,
                100_000,
                0.05,
                0.10,
                "Targeted campaigns, product reviews",
                "Balanced reach and engagement, cost-effective",
            ),
            (
                "mid",
                "Mid-tier",
                100_000,
                500_000,
                0.03,
                0.07,
                "Brand awareness, broader reach",
                "Professional content quality, established audience",
            ),
            (
                "macro",
                "Macro",
                500_000,
                1_000_000,
                0.02,
                0.05,
                "Major campaigns, mass market appeal",
                "Significant reach, media coverage potential",
            ),
            (
                "mega",
                "Mega",
                1_000_000,
                None,
                0.01,
                0.03,
                "Global campaigns, celebrity endorsements",
                "Maximum reach, mainstream media attention",
            ),
            # A manual flag that overrides the count, hence without bounds.
            (
                "celebrity",
                "Celebrity",
                None,
                None,
                0.01,
                0.02,
                "Luxury brands, major launches",
                "Massive reach, prestige association, PR value",
            ),
        ],
    ),
    (
        "glossary_4",
        "Glossary, four tiers",
        "Influencer Marketing glossary, text on influencer tiers",
        2025,
        [
            ("nano", "Nano", 1_000, 10_000, None, None, "", ""),
            ("micro", "Micro", 10_000, 100_000, None, None, "", ""),
            ("macro", "Macro", 100_000, 1_000_000, None, None, "", ""),
            ("mega", "Mega", 1_000_000, None, None, None, "", ""),
        ],
    ),
    (
        "harvard_media",
        "Harvard Media",
        HARVARD,
        2023,
        [
            ("nano", "Nano", 500, 1_000, None, None, "", ""),
            ("micro", "Micro", 1_000, 5_000, 0.05, 0.05, "", ""),
            ("mid", "Mid-tier", 5_000, 10_000, None, None, "", ""),
            ("macro", "Macro", 10_000, 25_000, None, None, "", ""),
            ("mega", "Mega", 25_000, 50_000, None, None, "", ""),
            ("all-star", "All-star", 50_000, None, None, None, "", ""),
        ],
    ),
]


def load(apps, schema_editor):
    platform = apps.get_model("crm", "Platform")
    for key, number, name, url, hosts, word, mark, pattern in PLATFORMS:
        platform.objects.create(
            key=key,
            number=number,
            name=name,
            url_template=url,
            hosts=hosts,
            audience_word=word,
            mark=mark,
            handle_pattern=pattern,
            position=number,
            is_custom=key == "custom",
        )
    scheme_model, tier_model = apps.get_model("crm", "TierScheme"), apps.get_model("crm", "Tier")
    for key, name, source, year, tiers in SCHEMES:
        scheme = scheme_model.objects.create(key=key, name=name, source=source, year=year)
        for position, (tier, label, low, high, er_low, er_high, use, advantages) in enumerate(
            tiers
        ):
            tier_model.objects.create(
                scheme=scheme,
                key=tier,
                name=label,
                low=low,
                high=high,
                engagement_low=er_low,
                engagement_high=er_high,
                best_use=use,
                advantages=advantages,
                position=position,
            )


def unload(apps, schema_editor):
    apps.get_model("crm", "Tier").objects.all().delete()
    apps.get_model("crm", "TierScheme").objects.all().delete()
    apps.get_model("crm", "Platform").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial")]
    operations = [migrations.RunPython(load, unload)]
