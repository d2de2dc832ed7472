"""What became of the send an import asked for, for the import's own page (leads/standing.py)."""

from __future__ import annotations

from access.models import AuditEvent
from leads.models import Import
from leads.standing import Onward
from sync.models import Push
from sync.pages import page_of_send
from sync.pages_jobs import jobs, look_again
from sync.pulling import NOT_SENT, click_of
from sync.wording import became


def onward(done: Import, *, may_send: bool) -> Onward:
    """Return where the send of an import stands; the levers only for who may use them."""
    push = Push.objects.filter(click_token=click_of(done)).select_related("account").first()
    if push is None:
        return Onward(words=_refusal(done) if done.send_planned_at else "")
    url = page_of_send(push.pk)
    running = [push] if push.finished_at is None else []
    strips = jobs(running, may_send=may_send, named=False)
    return Onward(url, strips[0] if strips else None, became(push), look_again(running))


def _refusal(done: Import) -> str:
    """Return why nothing could be sent, as it was written down then."""
    noted = AuditEvent.objects.filter(
        kind=NOT_SENT, target_kind=Import._meta.model_name, target_id=str(done.pk)
    ).first()
    return str(noted.details.get("reason", "")) if noted else ""
