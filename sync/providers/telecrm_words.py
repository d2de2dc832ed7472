"""Our sentence and next step for Telecrm's documented answers (seed 002 and its public pages)."""

from __future__ import annotations

from .base import Explanation
from .telecrm_answers import UNEXPECTED
from .words import Meaning
from .words import gettext_noop as _

_TOKEN = Explanation(
    "telecrm-token",
    _("Telecrm rejects the token, so nothing goes to it."),
    _("Ask an admin for an Async token of this workspace, or a Sync token for reading back."),
    "credentials",
)
_SYNC_TOKEN = Explanation(
    "telecrm-sync-token",
    _("Telecrm rejects the Sync token. Leads still go to it, but are not looked up there."),
    _("Ask an admin for a Sync token of this workspace, which is another kind than the Async one."),
    "credentials",
)
_GONE = Explanation(
    "telecrm-lead-gone",
    _("This lead no longer exists in Telecrm."),
    _("Send the lead again as a new one, or leave it out."),
    "send_again",
)
_LICENCE = Explanation(
    "telecrm-licence",
    _("Telecrm has no free licence for this."),
    _("Ask an admin to add or free one in Telecrm."),
    "ask_admin",
)
_SPEED = Explanation(
    "telecrm-speed",
    _("Telecrm limits the speed to 18,000 leads an hour. Nothing is lost."),
    _("It goes on by itself."),
    "wait",
)

TABLE = (
    Meaning("", _SYNC_TOKEN, ("lead_search", "metadata"), ("NOT_AUTHORIZED", "401", "403")),
    Meaning("", _TOKEN, codes=("NOT_AUTHORIZED", "401")),
    Meaning(
        "",
        Explanation(
            "telecrm-identifier",
            _("This field identifies the lead in Telecrm and cannot be changed from here."),
            _("Change it in Telecrm, then correct it here."),
            "edit_records",
        ),
        codes=("INVALID_LEAD",),
    ),
    Meaning("", _GONE, codes=("LEAD_NOT_FOUND",)),
    Meaning(
        "",
        Explanation(
            "telecrm-lead-known",
            _("This lead is in Telecrm already. Nothing was changed there."),
            _("Nothing to do, unless the details differ."),
        ),
        codes=("LEAD_ALREADY_EXISTS",),
    ),
    Meaning("", _LICENCE, codes=("BUY_LICENSE", "402")),
    Meaning(
        "",
        Explanation(
            "telecrm-enterprise",
            _("Telecrm does not know this enterprise id, or the address is not its API."),
            _("Ask an admin to compare the enterprise id and the base URL with Telecrm."),
            "credentials",
        ),
        codes=("ENTERPRISE_NOT_FOUND", "404"),
    ),
    Meaning("", _SPEED, codes=("429",)),
    Meaning(
        "",
        Explanation(
            "telecrm-unexpected",
            _("Telecrm took the lead, but answered in a form that its documents do not have."),
            _("Look the lead up in Telecrm once; if it is there, nothing is to do."),
        ),
        codes=(UNEXPECTED,),
    ),
    Meaning(
        "queued",
        Explanation(
            "telecrm-queued",
            _("Telecrm took the lead. It does not report here what became of it."),
            _("With a Sync token in the account it is looked up by itself."),
        ),
    ),
    Meaning(
        "",
        Explanation(
            "telecrm-action-open",
            _("No clear answer. Telecrm may or may not have recorded this on the lead."),
            _("Open the lead in Telecrm, look at its timeline, then decide here."),
            "decide",
        ),
        ("actions",),
        ("408", "500", "502", "503", "504", "unreadable"),
    ),
    Meaning(
        "",
        Explanation(
            "telecrm-trouble",
            _("Telecrm had a problem and does not say whether it took this."),
            _("It is tried again by itself; a lead is updated, never doubled."),
            "wait",
        ),
        ("leads",),
        ("408", "500", "502", "503", "504"),
    ),
    Meaning(
        "",
        Explanation(
            "telecrm-format",
            _("Telecrm refused this lead."),
            _("Correct what Telecrm names, then send the lead again."),
            "edit_records",
        ),
        codes=("400", "413", "422", "BAD_REQUEST", "INVALID_REQUEST"),
    ),
)
