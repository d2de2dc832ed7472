"""Our sentence and next step for Smartflo's documented answers (seed 004 and its public pages)."""

from __future__ import annotations

from .base import Explanation
from .smartflo_answers import LOGIN_FAILED, TOO_MANY
from .words import Meaning
from .words import gettext_noop as _

_SPEED = Explanation(
    "smartflo-speed",
    _("Smartflo limits the speed. Nothing is lost."),
    _("It goes on by itself in a moment."),
    "wait",
)
_SIGN_IN = Explanation(
    "smartflo-sign-in",
    _("The Smartflo sign-in has expired or is not known."),
    _("Ask an admin to paste a new token, or to enter email and password again."),
    "credentials",
)
_TROUBLE = Explanation(
    "smartflo-trouble",
    _("Smartflo had a problem and does not say whether it took these leads."),
    _("It is tried again by itself where that cannot make a second entry."),
    "wait",
)

TABLE = (
    Meaning(TOO_MANY, _SPEED),
    Meaning("", _SPEED, codes=("429",)),
    Meaning(
        "",
        Explanation(
            "smartflo-password",
            _(
                "Smartflo rejects the email or the password. Nothing more is tried, so that the "
                "account is not locked."
            ),
            _("Ask an admin to correct them."),
            "credentials",
        ),
        codes=(LOGIN_FAILED,),
    ),
    Meaning("", _SIGN_IN, codes=("401", "403")),
    Meaning(
        "",
        Explanation(
            "smartflo-list-gone",
            _("This lead list no longer exists in Smartflo, or its id is another one."),
            _("Choose the Smartflo list again on the list's page."),
            "list_settings",
        ),
        ("leads", "read_back"),
        ("404",),
    ),
    Meaning(
        "",
        Explanation(
            "smartflo-format",
            _("Smartflo refused these leads."),
            _("Check the Smartflo list, its columns and the phone numbers, then send again."),
            "edit_records",
        ),
        ("leads",),
        ("200", "400", "413", "422"),
    ),
    Meaning("", _TROUBLE, codes=("408", "500", "502", "503", "504")),
)
