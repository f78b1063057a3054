"""What becomes of this app's tables when a brand is taken along (docs/round-trip.md)."""

from __future__ import annotations

from crm.services.round_trip.decisions import Taken, take, take_as


def add_round_trip() -> None:
    """Say it once, when the apps are ready."""
    take("campaigns", _WHOLE)
    # An address that a shop calls is closed until it has a new secret.
    take_as(Taken("campaigns.ConversionFeed", absent={"secret": "absent"}))
    # What is put back where a file is taken back, and what a draft and an amount rest on.
    take_as(Taken("campaigns.SeriesBatch", inside={"replaced": {"*.0": "campaigns.DailySeries"}}))
    take_as(
        Taken(
            "campaigns.VisitBatch",
            inside={
                "replaced": {
                    "*.id": "campaigns.VisitDay",
                    "*.batch_id": "campaigns.VisitBatch",
                }
            },
        )
    )
    take_as(Taken("campaigns.Draft", inside={"basis": {"brief": "campaigns.BriefVersion"}}))
    take_as(
        Taken(
            "campaigns.Payable",
            inside={
                "evidence": {
                    "shown.*.deliverable": "campaigns.Deliverable",
                    "shown.*.post": "crm.Post",
                    "commission": "campaigns.Commission",
                    "by": "crm.User",
                }
            },
        )
    )
    # Lines of what is fixed cannot be added any more.
    take_as(Taken("campaigns.OfferDeliverable", first=True))
    take_as(Taken("campaigns.OfferRight", first=True))
    take_as(Taken("campaigns.DraftFile", first=True))


_WHOLE = """
    Campaign BudgetLine Deadline Competitor Engagement EngagementStay Deliverable
    DeliverableEvent Asset AssetUse AttributionSettings AuthenticityReading FlagDismissal Event
    EventInvitation InvitationEvent EventPost GuestLink Brief BriefVersion BriefDecision
    BriefAcceptance Slot SlotFill CauseTag CauseEvidence Donation Claim TrackingSettings
    TrackingLink Click ClickDay PromoCode Spike Comment Opinion Offer OfferEvent Contract
    ContractEvent PayRules Invoice PayableEvent Payment Commission CommissionStatement
    CommissionLine ConnectionEntry Clause ContractRules ContractVersion ContractAcceptance
    ConversionBatch Conversion Refund Evidence EvidenceFile DisclosureReview DisclosureFinding
    DisclosureAnswer DisclosureDecision DisclosureHint ExclusiveElsewhere WorkingWeek ReviewPlan
    Delegation
    GateTurn Correction ChecklistEntry Gift GiftEvent CampaignHold AffectedCampaign ValueSet
    ChannelResult OfferVersion PackSignOff PackAddition Permit Policy PolicyVersion
    PolicyReading PolicyAcceptance Guideline PublicPolicy PublicPolicyVersion Publication
    Sighting FirstReading PostSetAside ExchangeRate ReliabilityReading Remediation
    RemediationEvent ReportCopy UsageRight RightEvent RiskAssessment RiskOverride RuleAlert
    RuleFact DailySeries DailyValue DayNote SeriesLift SubmissionPage Submission
    SubmissionPermission_rights SubmissionPermission SurveyRule SurveyBatch SurveyAnswer
    VirtualCreator Likeness VisitDay WatchSettings PlatformWeek WhereaboutsRule
    Whereabouts FastLane KeywordList Keyword KeywordAssignment KeywordUse SearchSettings
    PostReference TopicWeek RisingTopic TopicPost
    CommenterReading CommentTie AuthenticityScore TrustWeights TrustReading
    PostFormat FormatReading
"""
