"""No page leads somebody to one that their role does not allow."""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from access.roles import Role
from tests.factories import UserFactory
from tests.pages import world

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a [^>]*href="([^"#]+)')


def kind_of(address: str) -> str:
    """Two rows of a table lead to pages of one kind: one of them is enough."""
    return re.sub(r"\d+", "1", urlsplit(address).path)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT_LEAD, Role.MANAGER])
def test_no_link_leads_to_a_page_that_refuses_the_reader(client: Client, role: Role) -> None:
    day = world.friday(scale=0.02)
    client.force_login(UserFactory.create(team=day.team, team__role=role))
    waiting, seen, refused = ["/"], {"/"}, []
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        if answer.status_code == 403:
            refused.append(address)
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        for link in LINK.findall(answer.content.decode()):
            there = urljoin(address, html.unescape(link))
            if there.startswith("/") and kind_of(there) not in seen:
                seen.add(kind_of(there))
                waiting.append(there)
    assert not refused
    assert len(seen) > 20
