"""The list of senders whose snapshots may bring code."""

from __future__ import annotations

import json
import os
import stat

import pytest

from ..state.trust.senders import senders

FINGERPRINT = "0123456789abcdef" * 2
PATH = "jupyterlab-runtimes/senders"


@pytest.fixture
def extension_config(tmp_path):
    return {"embedded": False, "data_dir": str(tmp_path / "data")}


async def _list(call):
    return json.loads((await call(PATH)).body)["senders"]


async def test_keeps_who_is_trusted_where_scripts_look_and_forgets_them(call, tmp_path):
    assert await _list(call) == []
    body = json.dumps({"name": " Ada ", "fingerprint": FINGERPRINT.upper()})
    response = await call(PATH, method="POST", body=body)
    assert response.code == 201
    assert json.loads(response.body) == {"name": "Ada", "fingerprint": FINGERPRINT}
    assert await _list(call) == [{"name": "Ada", "fingerprint": FINGERPRINT}]
    assert [each.name for each in senders(tmp_path / "data")] == ["Ada"]
    if os.name != "nt":
        assert stat.S_IMODE((tmp_path / "data" / "state-senders.json").stat().st_mode) == 0o600
    assert (await call(f"{PATH}/{FINGERPRINT}", method="DELETE")).code == 204
    assert await _list(call) == []


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        '{"name": "Ada"}',
        '{"name": "", "fingerprint": "' + FINGERPRINT + '"}',
        '{"name": "A", "fingerprint": "ab"}',
    ],
)
async def test_refuses_what_is_no_sender(call, body):
    refused = await call(PATH, method="POST", body=body)
    assert refused.code == 400
    assert json.loads(refused.body)["code"] == "INVALID_REQUEST"
