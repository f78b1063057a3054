"""What the rules ask about a creator: ties, papers, facts, and what counsel said of the packs."""

from django.db import models


class TieEntry(models.TextChoices):
    """What a row of the ledger of connections says."""

    TIE = "tie", "A connection"
    NONE = "none", "Somebody looked, and there is none"
    # Takes the place of a row that should not have been written.
    WITHDRAWN = "withdrawn", "Taken back"


class PaperKind(models.TextChoices):
    """What a creator needs, or has to be in, to advertise somewhere."""

    PERMIT = "permit", "Permit"
    REGISTER = "register", "Entry in a register"


class PaperState(models.TextChoices):
    """Whether the creator has it."""

    HELD = "held", "Has it"
    NONE = "none", "Has none"


class BasedOn(models.TextChoices):
    """On whom a virtual creator is modelled."""

    NOBODY = "nobody", "Nobody: made up"
    PEOPLE = "people", "One or more people"


class LikenessPart(models.TextChoices):
    """What of a person a virtual creator has."""

    FACE = "face", "Face"
    VOICE = "voice", "Voice"
    BODY = "body", "Body or movements"
    NAME = "name", "Name or story"


class DignityView(models.TextChoices):
    """What somebody found who looked at whether a character respects whom it is like."""

    FINE = "fine", "Nothing speaks against it"
    CONCERN = "concern", "There are concerns"


class RuleFactKey(models.TextChoices):
    """What the rules ask about a person that nothing else on file answers."""

    SEAT = "seat", "Where the creator is based"
    RUN_BY = "run_by", "Who owns or runs the virtual creator"
    UNDER_AGE = "under_age", "Under 18"
    AUDIENCE_UNDER_18 = "audience_under_18", "Share of the audience under 18, %"
    VIDEOS = "videos_12_months", "Videos in the last 12 months"
    MONTHLY_VIEWS = "monthly_views", "Average monthly views"
    INCOME = "income_eur", "Yearly income from content, EUR"
    PERMIT_SHOWN = "permit_shown", "The account shows the permit number"


class AlertLevel(models.TextChoices):
    """Whether something is due, or whether that is for a person to find out."""

    DUE = "due", "Due"
    ASK = "ask", "To be found out"


class AlertState(models.TextChoices):
    """What became of an alert."""

    OPEN = "open", "Open"
    RESOLVED = "resolved", "Resolved"
    ASIDE = "aside", "Set aside"


class AdditionKind(models.TextChoices):
    """What a brand adds to the rules of a jurisdiction."""

    INSUFFICIENT = "insufficient", "Wording that is not enough for us"
    REQUIREMENT = "requirement", "Requirement beyond the pack"
    # Looser than the pack: only with a reason and counsel's name, and shown as such.
    ACCEPTED = "accepted", "Wording that counsel accepts"
