"""`manage.py deliveries`: what was sent and how it ended."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from sync.models import Delivery, State
from telecrm_admin.management import finding
from telecrm_admin.management.desk import DeskCommand


class Command(DeskCommand):
    """List deliveries, newest first."""

    help = "List what was sent, newest first, with the provider's words."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--state", choices=State.values)
        parser.add_argument("--push", type=int, help="number of the send")
        parser.add_argument("--limit", type=finding.count, default=100)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        found = Delivery.objects.select_related("account", "push")
        if options["state"]:
            found = found.filter(state=options["state"])
        if options["push"]:
            found = found.filter(push=options["push"])
        rows = [_row(delivery) for delivery in found[: options["limit"]]]
        if options["json"]:
            self.stdout.write(json.dumps(rows))
            return
        for row in rows:
            quote = f' "{row["quote"]}"' if row["quote"] else ""
            self.stdout.write(
                f"{row['id']:>6} {row['state']:<13} {row['records']:>5} {row['account']}: "
                f"{row['label']}{quote} {row['reason']}".rstrip()
            )


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.pk,
        "push": delivery.push_id,
        "account": delivery.account.name,
        "endpoint": delivery.endpoint,
        "label": delivery.push.label,
        "state": delivery.state,
        "evidence": delivery.evidence,
        "records": delivery.item_count,
        "tries": delivery.tries,
        "code": delivery.code,
        "quote": delivery.quote,
        "reason": delivery.reason,
        "next_at": delivery.next_at.isoformat(),
    }
