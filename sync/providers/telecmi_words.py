"""Our sentence and next step for each of TeleCMI's documented messages (seeds 000, 001, 003)."""

from __future__ import annotations

from .base import Explanation
from .words import Meaning
from .words import gettext_noop as _

LEADS, CONTACTS, CAMPAIGN = ("leads",), ("contacts", "contacts_read"), ("campaign",)
SIGN_IN, WITH_SECRET = ("login",), ("leads", "campaign", "agents_read")

_ACCOUNT = Explanation(
    "telecmi-account",
    _("TeleCMI does not accept this account number and secret, so nothing goes to it."),
    _("Ask an admin to compare both with the App id and secret in the TeleCMI dashboard."),
    "credentials",
)
_SIGN_IN = Explanation(
    "telecmi-sign-in",
    _("The TeleCMI sign-in for the phone book has expired or is not known."),
    _("Ask an admin to sign in again, or to paste a new user token."),
    "credentials",
)
_SERVER = Explanation(
    "telecmi-trouble",
    _("TeleCMI had a problem and does not say whether it took this."),
    _("It is tried again by itself where that cannot make a second copy."),
    "wait",
)
_FORMAT = Explanation(
    "telecmi-format",
    _("TeleCMI refused the format. Nothing was added."),
    _("Correct the field that TeleCMI names, then send again."),
    "edit_records",
)

TABLE = (
    Meaning(
        "duplicate lead_id found",
        Explanation(
            "telecmi-repeated-id",
            _("Two leads carry the same internal id. Nothing was added."),
            _("Tell your admin: this is ours to correct, not yours."),
            "ask_admin",
        ),
        LEADS,
    ),
    Meaning(
        "lead_id already exists",
        Explanation(
            "telecmi-lead-known",
            _("Some of these leads were sent before, in another TeleCMI list. Nothing was added."),
            _("Send the list again: its leads get new TeleCMI ids."),
            "send_again",
        ),
        LEADS,
    ),
    Meaning(
        "duplicate phone numbers",
        Explanation(
            "telecmi-repeated-number",
            _("TeleCMI found the same number twice, and added none of the list."),
            _(
                "No number stands twice in this part, so it is likely in another TeleCMI list. "
                "Look there, leave those leads out, then send again."
            ),
            "edit_records",
        ),
        LEADS,
    ),
    Meaning(
        "lead name already exists",
        Explanation(
            "telecmi-list-name",
            _("A TeleCMI list with this name already exists. Nothing was added."),
            _("Rename the list here, then send it again."),
            "rename",
        ),
        LEADS,
    ),
    Meaning("account not found", _ACCOUNT),
    Meaning("app not found", _ACCOUNT),
    Meaning("user record not found", _SIGN_IN),
    Meaning(
        "duplicate contact detected",
        Explanation(
            "telecmi-contact-known",
            _("This contact was in the TeleCMI phone book already. Nothing was changed there."),
            _("Nothing to do, unless the details differ: then change them in TeleCMI."),
        ),
        CONTACTS,
    ),
    Meaning(
        "invalid request param",
        Explanation(
            "telecmi-contact-details",
            _("TeleCMI refused the details of this contact."),
            _("Check the phone number, both names and the email, then send it again."),
            "edit_records",
        ),
        CONTACTS,
    ),
    Meaning(
        "campaign name already exists",
        Explanation(
            "telecmi-campaign-name",
            _("A campaign with this name already exists in TeleCMI."),
            _("Rename the campaign here, then send it again."),
            "campaign",
        ),
        CAMPAIGN,
    ),
    Meaning(
        "leads id not found",
        Explanation(
            "telecmi-list-id",
            _("TeleCMI has no lead list with this id."),
            _("Copy the id again from TeleCMI, Leads, and paste it on the list's page."),
            "list_id",
        ),
        CAMPAIGN,
    ),
    Meaning(
        "lead already mapped",
        Explanation(
            "telecmi-list-taken",
            _("This TeleCMI list already belongs to another campaign."),
            _("Choose another part of the list, or look for that campaign in TeleCMI."),
            "campaign",
        ),
        CAMPAIGN,
    ),
    Meaning(
        "invalid agent ids",
        Explanation(
            "telecmi-agent-unknown",
            _("TeleCMI does not know at least one of these agents, and does not say which."),
            _("Compare the agents with TeleCMI, Users, and correct the list."),
            "agents",
        ),
        CAMPAIGN,
    ),
    Meaning(
        "user already mapped",
        Explanation(
            "telecmi-agent-taken",
            _("At least one agent is in another campaign already. TeleCMI does not say which."),
            _("Take that agent out of this campaign or of the other one, then send again."),
            "agents",
        ),
        CAMPAIGN,
    ),
    Meaning(
        "validation failed",
        Explanation(
            "telecmi-campaign-format",
            _("TeleCMI refused a value of the campaign."),
            _("Open the campaign and correct the field that TeleCMI names."),
            "campaign",
        ),
        CAMPAIGN,
    ),
    Meaning("validation", _FORMAT),
    Meaning("something went wrong", _SERVER),
    Meaning("internal server error", _SERVER),
    Meaning(
        "",
        Explanation(
            "telecmi-password",
            _("TeleCMI does not accept this user id and password."),
            _("Ask an admin to correct them; nobody tries again by itself."),
            "credentials",
        ),
        SIGN_IN,
        ("400", "401", "404", "422"),
    ),
    Meaning(
        "",
        Explanation(
            "telecmi-other-account",
            _("This user belongs to another TeleCMI account number than the one entered."),
            _("Ask an admin to check both before contacts go to the wrong company."),
            "credentials",
        ),
        SIGN_IN,
        ("other_account",),
    ),
    Meaning("", _ACCOUNT, WITH_SECRET, ("404",)),
    Meaning("", _SIGN_IN, CONTACTS, ("404",)),
    Meaning("", _FORMAT, (*LEADS, *CONTACTS), ("422",)),
    Meaning("", _SERVER, (), ("408", "500", "502", "503", "504")),
    Meaning(
        "",
        Explanation(
            "telecmi-speed",
            _("TeleCMI limits the speed."),
            _("It goes on by itself in a moment."),
            "wait",
        ),
        (),
        ("429",),
    ),
)
