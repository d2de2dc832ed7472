"""The words for where a campaign stands, and the mark beside them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from campaigns.models import Campaign, CampaignState

INFERRED = "inferred"
VERIFIED = "verified"
BY_PERSON = "person"


@dataclass(frozen=True)
class Words:
    """`mark` is a `data-s` value of templates/parts/_state.html; `more` a line below the word."""

    mark: str
    text: str
    more: str = ""


def words(campaign: Campaign) -> Words:
    """Return how `campaign` stands, for people."""
    if campaign.ended_confirmed_at and not campaign.is_editable:
        return Words("done", _("Ended"), _("Somebody here saw it end."))
    return _BY_STATE[CampaignState(campaign.state)](campaign)


def _draft(_campaign: Campaign) -> Words:
    return Words("draft", _("Draft"), _("Only here. Nobody outside has seen it."))


def _waiting(_campaign: Campaign) -> Words:
    return Words("wait", _("Waiting"), _("It is on its way to TeleCMI."))


def _created(campaign: Campaign) -> Words:
    more = {
        INFERRED: _("Confirmed after a lost reply: TeleCMI knows the name that only we gave."),
        VERIFIED: _("Seen there."),
        BY_PERSON: _("Somebody here saw it at TeleCMI."),
    }
    return Words("at", _("Created at TeleCMI"), more.get(campaign.evidence, _("Confirmed.")))


def _by_hand(_campaign: Campaign) -> Words:
    return Words("at", _("Created by hand"), _("Somebody created it at TeleCMI; we did not."))


def _unsure(_campaign: Campaign) -> Words:
    return Words(
        "unsure",
        _("Not sure: needs your decision"),
        _("It may be at TeleCMI. Look there before anybody creates it again."),
    )


def _refused(_campaign: Campaign) -> Words:
    return Words("refused", _("Refused"), _("It was not created."))


_BY_STATE = {
    CampaignState.DRAFT: _draft,
    CampaignState.WAITING: _waiting,
    CampaignState.CREATED: _created,
    CampaignState.BY_HAND: _by_hand,
    CampaignState.UNSURE: _unsure,
    CampaignState.REFUSED: _refused,
}
