"""Acts on many leads, done in portions by the `jobs` lane: each with its count in one transaction.

    act = acting.begin(choice, "tag", {"tag": "warm"}, team=team, by=user)
    acting.work(act.pk, 1.5)    in the request, or a worker (leads.jobs.run) does it

A killed worker loses its portion and nothing else; stopping keeps what is done.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from access import audit
from access.models import Team, User
from leads import bulk, leasing
from leads.bulk_act import BulkAct
from leads.models import Lead, LeadList, Tag
from leads.searching import LeadFilter

log = logging.getLogger(__name__)

IN_REQUEST = 1_000  # leads a request does by itself
PORTION = 500
PAUSE = 0.02  # between two portions: others write too
KINDS = {
    "tag": "tagged",
    "move": "moved",
    "copy": "copied",
    "do_not_call": "do_not_call",
    "delete": "deleted",
    "restore": "restored",
}
TOGETHER = ("tag", "delete")  # leave one moment on all they did: so the log can take them back
State = BulkAct.State


class Stopped(Exception):
    """Somebody stopped the act, or another worker has it: write nothing."""


def begin(
    choice: bulk.Choice, verb: str, details: dict[str, Any], *, team: Team, by: User
) -> BulkAct:
    """Write down what is to be done with the leads chosen now."""
    leads = choice.leads(team)
    newest = leads.order_by().aggregate(newest=Max("pk"))["newest"] or 0
    return BulkAct.objects.create(
        team=team,
        by=by,
        verb=verb,
        query=choice.chosen_by.query,
        picks=list(choice.picks),
        details=details,
        wanted=leads.count(),
        cursor=newest + 1,
    )


def run(seconds: float) -> int:
    """Work about `seconds` on the act that waits longest; return how many portions were done."""
    waiting = BulkAct.objects.filter(leasing.free(), state=State.RUNNING).order_by("pk")
    for pk in waiting.values_list("pk", flat=True)[:3]:
        if done := work(pk, seconds):
            return done
    return 0


def work(pk: int, seconds: float) -> int:
    """Work about `seconds` on one act, unless a worker has it; return portions done."""
    until = time.monotonic() + seconds
    if not leasing.take(BulkAct.objects.filter(pk=pk, state=State.RUNNING)):
        return 0
    act, portions = BulkAct.objects.select_related("team", "by").get(pk=pk), 0
    try:
        while step(act):
            portions += 1
            if time.monotonic() >= until:
                break
            time.sleep(PAUSE)
    except Stopped:
        pass
    except (OperationalError, InterfaceError):
        raise  # a busy or restarting database: the worker tries again
    except Exception:
        log.exception("Act %s cannot go on", pk)
        _break_off(pk, _mine(act), State.FAILED)
    finally:
        leasing.give_back(_mine(act))
    return portions + 1


def stop(act: BulkAct) -> None:
    """Do no more of it; what is done stays."""
    _break_off(act.pk, BulkAct.objects.filter(pk=act.pk), State.STOPPED)


def _break_off(pk: int, running: QuerySet[BulkAct], state: State) -> None:
    """End an act before all of it is done, and tell what is done; nothing if it ended already."""
    with transaction.atomic():
        left = running.filter(state=State.RUNNING)
        if left.update(state=state, lease_token="", lease_until=None, **_ended()):
            _tell(BulkAct.objects.select_related("team", "by").get(pk=pk))


def step(act: BulkAct) -> bool:
    """Do the next portion, newest leads first; False when none is left. Raises Stopped."""
    with transaction.atomic():
        chosen = _choice(act).leads(act.team).filter(pk__lt=act.cursor).order_by("-pk")
        ids = list(chosen.values_list("pk", flat=True)[:PORTION])
        if not ids:
            _write(act, state=State.DONE, **_ended())
            _tell(act)
            return False
        some = Lead.objects.filter(pk__in=ids)
        done, left = do(act.verb, some, act.details, team=act.team, by=act.by, **_portion(act))
        _write(
            act,
            cursor=ids[-1],
            seen=act.seen + len(ids),
            done=act.done + done,
            left=act.left + left,
        )
    return True


def _ended() -> dict[str, Any]:
    """What an act that ended keeps: no ids and no words somebody searched for."""
    return {"finished_at": timezone.now(), "query": "", "picks": []}


def _choice(act: BulkAct) -> bulk.Choice:
    return bulk.Choice(LeadFilter.read(act.query), tuple(act.picks))


def _mine(act: BulkAct) -> QuerySet[BulkAct]:
    return BulkAct.objects.filter(pk=act.pk, lease_token=act.lease_token)


def _write(act: BulkAct, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(act, name, value)
    if not leasing.keep(_mine(act).filter(state=State.RUNNING), **changes):
        raise Stopped


def _tell(act: BulkAct) -> None:
    """Write one line about the whole act into the log, as for an act done in a request."""
    target: Tag | LeadList | None = None
    if act.verb == "tag":
        target = Tag.objects.filter(team=act.team, name=act.details["tag"]).first()
    elif act.verb in ("move", "copy"):
        target = LeadList.objects.filter(pk=act.details["to"]).first()
    kind = KINDS.get(act.verb)
    if kind and act.done:
        at = {"at": act.created_at.isoformat()} if act.verb in TOGETHER else {}
        audit.record(kind, actor=act.by, target=target, team=act.team, count=act.done, **at)


def do(
    verb: str,
    leads: QuerySet[Lead],
    details: dict[str, Any],
    *,
    team: Team,
    by: User | None,
    **portion: Any,
) -> tuple[int, int]:
    """Do one act on `leads`; return (done, left as they are).

    `portion`: what bulk's functions are told of a part of a larger act, such as `told=False`.
    """
    who: dict[str, Any] = {"team": team, "by": by}
    if verb == "tag":
        return bulk.tag(leads, details["tag"], **who, **portion), 0
    if verb in ("move", "copy"):
        to = LeadList.objects.get(pk=details["to"], team=team, deleted_at=None)
        return (bulk.move if verb == "move" else bulk.copy)(leads, to, **who, **portion)
    if verb == "do_not_call":
        reason = details.get("reason", "")
        return bulk.mark_do_not_call(leads, reason, **who, **portion), 0
    if verb == "delete":
        return bulk.delete(leads, **who, **portion), 0
    return bulk.restore(leads, **who, **portion)


def _portion(act: BulkAct) -> dict[str, Any]:
    """Return what a portion is told: the whole act writes the log's line itself."""
    moment = {"at": act.created_at} if act.verb in TOGETHER else {}
    return {"told": False, **moment}
