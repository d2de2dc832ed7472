"""The one box that takes TeleCMI's ids of all parts of a list."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from access import audit
from access.requests import TeamRequest
from access.roles import Right, needs
from campaigns import addresses, ids, readiness
from campaigns.views.asked import list_of
from campaigns.views.resubmit import Resubmit
from leads.models import ListPart


@needs(Right.SEND)
@require_POST
def part_ids(request: TeamRequest) -> HttpResponse:
    """Match the pasted lines to parts by name; keep what fits, say what does not."""
    lead_list = list_of(request, request.POST.get("list"))
    parts = list(ListPart.objects.filter(lead_list=lead_list).order_by("account", "number"))
    pasted = request.POST.get("ids", "")[:200_000]
    found = ids.match(pasted, parts)
    with transaction.atomic():
        saved = ids.save(found)
        if saved:
            audit.record("part.ids", actor=request.user, target=lead_list, count=saved)
    if saved:
        words = ngettext("%(n)s id saved", "%(n)s ids saved", saved) % {"n": saved}
        messages.success(request, words)
    if found.problems or not saved:
        problems = found.problems or [_("There is no id in what was pasted.")]
        context = {"lead_list": lead_list, "problems": problems, "pasted": pasted, "saved": saved}
        context |= {"parts": parts, "list_url": addresses.of_list(lead_list.pk)}
        return render(request, "campaigns/ids.html", context, status=422)
    wanted = readiness.wanted(found.by_part)
    if wanted and (of_send := addresses.page("sync:send_campaigns", otherwise="")):
        chosen = urlencode({"campaign": [campaign.pk for campaign in wanted]}, doseq=True)
        return Resubmit(f"{of_send}?{chosen}")
    return redirect(f"{addresses.of_list(lead_list.pk)}#parts")
