"""The list of services: what it says about each, and that it waits for none."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from ..upstream.configured import ServicesFile
from .conftest import PROXIED
from .upstream_service import TOKEN


async def settled(call, name: str, *, until: str | None = None) -> dict[str, Any]:
    """The service's model once it is not `starting` (or once it is `until`)."""
    for _ in range(200):
        response = await call(PROXIED)
        assert response.code == 200
        model = {item["name"]: item for item in json.loads(response.body)["services"]}[name]
        if model["status"] != "starting" if until is None else model["status"] == until:
            return model
        await asyncio.sleep(0.05)
    raise AssertionError(f"{name} stayed {model}")


async def test_tells_a_service_that_answers(call):
    first = json.loads((await call(PROXIED)).body)["services"]
    assert first == [
        {"name": "tiny", "label": "Tiny", "embedded": False, "status": "starting", "error": None, "version": None}
    ]
    model = await settled(call, "tiny")
    assert (model["status"], model["version"], model["error"]) == ("ok", "0.1.0", None)


async def test_never_shows_a_token(call):
    await settled(call, "tiny")
    assert TOKEN.encode() not in (await call(PROXIED)).body


class TestFaults:
    @pytest.fixture
    def silent(self):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"

    @pytest.fixture
    def extension_config(self, upstream, silent):
        with socket.create_server(("127.0.0.1", 0)) as free:
            closed = f"http://127.0.0.1:{free.getsockname()[1]}"
        return {
            "services": {
                "closed": {"url": closed, "token": "t"},
                "silent": {"url": silent, "token": "t"},
                "expired": {"url": upstream.url, "token": "old"},
                "other": {"url": upstream.url + "/runtimes/r1", "token": "t"},
                "nowhere": {"url": "http://no-such-machine.invalid", "token": "t"},
                "scheme": {"url": "ftp://a", "token": "t"},
                "no-token": {"url": upstream.url, "token": ""},
                "no-url": {"token": "t"},
                "embedded": {"url": upstream.url, "token": "t"},
                "A: b/c": {"url": upstream.url, "token": "t"},
            },
            "connect_timeout": 0.5,
        }

    @pytest.mark.parametrize(
        ("name", "code", "words"),
        [
            ("closed", "UNREACHABLE", "refused the connection"),
            ("silent", "TIMED_OUT", "did not answer within 0.5 s"),
            ("expired", "UNAUTHORIZED", "run `jupyter runtimes login expired`"),
            ("other", "NOT_FOUND", "is not a runtime service"),
            ("nowhere", "UNREACHABLE", "check the URL"),
            ("scheme", "INVALID_REQUEST", "must begin with http:// or https://"),
            ("no-token", "UNAUTHORIZED", "run `jupyter runtimes login no-token`"),
            ("no-url", "INVALID_REQUEST", "without a URL"),
            ("invalid-embedded", "INVALID_REQUEST", "can't be the name"),
            ("invalid-a-b-c", "INVALID_REQUEST", "can't be the name"),
        ],
    )
    async def test_says_in_a_sentence_what_is_wrong(self, call, name, code, words):
        model = await settled(call, name, until="failed")
        assert model["error"]["code"] == code
        assert words in model["error"]["message"]

    async def test_answers_at_once_all_the_same(self, call):
        for _ in range(3):
            started = asyncio.get_running_loop().time()
            assert (await call(PROXIED)).code == 200
            assert asyncio.get_running_loop().time() - started < 0.3


async def test_tells_a_service_of_another_interface(call, upstream):
    upstream.identity = {"version": "9.0.0", "api_version": "2.0", "pid": 1}
    model = await settled(call, "tiny")
    assert model["error"]["code"] == "VERSION_MISMATCH"
    assert "version 9.0.0" in model["error"]["message"]


async def test_tells_a_service_that_fails(call, upstream):
    upstream.identity_status = 500
    assert (await settled(call, "tiny"))["error"]["code"] == "INTERNAL"


async def test_shows_at_once_what_a_request_found_out(call, upstream):
    await settled(call, "tiny")
    await upstream.stop()
    assert (await call(f"{PROXIED}/tiny/runtimes/r1/x")).code == 503
    assert (await settled(call, "tiny"))["status"] == "failed"


async def test_says_how_to_log_in_again_when_a_request_meets_an_expired_token(call, upstream, jp_ws_fetch):
    await settled(call, "tiny")
    upstream.token = "new"
    response = await call(f"{PROXIED}/tiny/api/runtimes/v1/service")
    assert response.code == 401
    assert "run `jupyter runtimes login tiny`" in json.loads(response.body)["detail"]
    with pytest.raises(HTTPClientError) as refused:
        await jp_ws_fetch(PROXIED, "tiny", "runtimes", "r1", "socket")
    assert refused.value.code == 401
    assert (await settled(call, "tiny"))["error"]["code"] == "UNAUTHORIZED"


class TestHang:
    @pytest.fixture
    def extension_config(self):
        return {"connect_timeout": 0.3, "answer_timeout": 0.3}

    async def test_is_over_soon_after_the_service_answers_again(self, call, upstream):
        await settled(call, "tiny")
        upstream.answers.clear()
        asked = f"{PROXIED}/tiny/api/runtimes/v1/service"
        assert (await call(asked)).code == 504
        assert (await settled(call, "tiny", until="failed"))["error"]["code"] == "TIMED_OUT"
        upstream.answers.set()
        await settled(call, "tiny", until="ok")
        assert (await call(asked)).code == 200


class TestServicesFile:
    """`services.json`, as `jupyter runtimes login` writes it."""

    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "services.json"

    def write(self, path, services, mode=0o600):
        path.write_text(json.dumps({"services": services}))
        path.chmod(mode)

    async def test_is_read_again_when_it_has_changed(self, call, upstream, path):
        assert len(json.loads((await call(PROXIED)).body)["services"]) == 1
        self.write(path, {"mine": {"url": upstream.url, "token": TOKEN, "label": "Mine"}})
        assert (await settled(call, "mine"))["label"] == "Mine"
        assert (await call(f"{PROXIED}/mine/runtimes/r1/x")).code == 200
        path.unlink()
        assert (await call(f"{PROXIED}/mine/runtimes/r1/x")).code == 404

    async def test_may_list_its_services_too(self, call, upstream, path):
        path.write_text(json.dumps({"services": [{"name": "mine", "url": upstream.url, "token": TOKEN}]}))
        path.chmod(0o600)
        assert (await settled(call, "mine"))["status"] == "ok"

    async def test_cannot_replace_what_the_administrator_set(self, call, path):
        self.write(path, {"tiny": {"url": "http://127.0.0.1:1", "token": "t"}})
        assert (await settled(call, "tiny"))["status"] == "ok"

    @pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs POSIX modes and root")
    def test_is_refused_when_it_belongs_to_another_user(self, path):
        self.write(path, {})
        os.chown(path, 12345, 12345)
        file = ServicesFile(path)
        assert file.read() == {}
        assert file.fault is not None
        assert file.fault.code == "FORBIDDEN"

    @pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX modes")
    async def test_is_refused_when_others_can_read_it(self, call, upstream, path, jp_logging_stream):
        self.write(path, {"mine": {"url": upstream.url, "token": TOKEN}}, mode=0o644)
        model = await settled(call, "services-file")
        assert model["error"]["code"] == "FORBIDDEN"
        assert f"chmod 600 {path}" in model["error"]["message"]
        assert (await call(f"{PROXIED}/mine/runtimes/r1/x")).code == 403
        assert (await settled(call, "tiny"))["status"] == "ok"
        path.chmod(0o600)
        assert (await settled(call, "mine"))["status"] == "ok"

    @pytest.mark.parametrize("text", ["{", "[]", '{"services": 1}', ""])
    async def test_says_so_when_it_is_broken(self, call, path, text):
        path.write_text(text)
        path.chmod(0o600)
        model = await settled(call, "services-file")
        assert model["error"]["code"] == "INVALID_REQUEST"
        assert str(path) in model["error"]["message"]
