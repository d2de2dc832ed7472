"""The sandbox's TeleCMI answers as seeds 000, 001 and 003 and the public docs say."""

from typing import Any

from tests.sandbox_server import Sandbox


def test_an_upload_whose_reply_is_lost_is_kept_and_journalled(sandbox: Sandbox) -> None:
    import http.client

    import pytest

    from tests.sandbox_server import TELECMI

    sandbox.faults([{"kind": "drop_after_commit", "endpoint": "leads/add-custom"}])
    body: dict[str, Any] = {
        "lead_name": "Q2",
        "inet_no": TELECMI["inet_no"],
        "secret": TELECMI["secret"],
        "leads": [{"lead_id": "550e8400-e29b-41d4-a716-446655440000", "phone": "919876543210"}],
    }
    with pytest.raises(http.client.RemoteDisconnected):
        sandbox.request("POST", "/telecmi/v3/leads/add-custom", body)
    assert sandbox.journal()[0]["applied"] is True
    status, answer = sandbox.request("POST", "/telecmi/v3/leads/add-custom", body)
    assert (status, answer["msg"]) == (400, "Lead Name Already Exists")
