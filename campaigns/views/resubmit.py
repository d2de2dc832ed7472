"""One press that is saved here and sent by the floor above."""

from __future__ import annotations

from django.http import HttpResponseRedirect


class Resubmit(HttpResponseRedirect):
    """A redirect that keeps method and body: the ledger's page gets the same press."""

    status_code = 307
