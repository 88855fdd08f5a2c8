"""Who may use the routes, and which paths they lead to."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from .conftest import PROXIED, problem_of

API = f"{PROXIED}/tiny/api/runtimes/v1/runtimes"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", PROXIED),
        ("GET", API),
        ("HEAD", API),
        ("POST", API),
        ("PUT", f"{PROXIED}/tiny/runtimes/r1/api/contents/a"),
        ("PATCH", f"{PROXIED}/tiny/runtimes/r1/api/contents/a"),
        ("DELETE", f"{API}/r1"),
        ("GET", f"{PROXIED}/nobody/api/runtimes/v1/runtimes"),
    ],
)
async def test_lets_nobody_in_without_a_login(call, upstream, method, path):
    response = await call(path, method, anonymous=True, body=None if method in {"GET", "HEAD"} else b"{}")
    assert response.code == 403
    assert upstream.requests == []


class TestAllowUnauthenticatedAccess:
    @pytest.fixture
    def jp_server_config(self, jp_server_config):
        jp_server_config.ServerApp.allow_unauthenticated_access = True
        return jp_server_config

    async def test_asks_for_a_login_even_where_the_server_does_not(self, call, upstream):
        assert (await call(API, anonymous=True)).code == 403
        assert (await call(PROXIED, anonymous=True)).code == 403
        assert upstream.requests == []


async def test_lets_a_websocket_in_only_with_a_login(server_url, upstream):
    with pytest.raises(HTTPClientError) as refused:
        await websocket_connect(server_url.replace("http", "ws", 1) + f"{PROXIED}/tiny/runtimes/r1/socket")
    assert refused.value.code == 403
    assert upstream.socket_requests == []


class TestByCookie:
    """As a browser comes: with the login cookie."""

    async def login(self, call, jp_serverapp) -> dict[str, str]:
        response = await call(f"login?token={jp_serverapp.identity_provider.token}", anonymous=True)
        page = await call(f"tree?token={jp_serverapp.identity_provider.token}", anonymous=True)
        jar = [value.split(";")[0] for answer in (response, page) for value in answer.headers.get_list("Set-Cookie")]
        xsrf = next((value.split("=", 1)[1] for value in jar if value.startswith("_xsrf=")), "")
        return {"Cookie": "; ".join(jar), "_xsrf": xsrf}

    async def test_refuses_a_post_without_xsrf_token(self, call, upstream, jp_serverapp):
        cookies = await self.login(call, jp_serverapp)
        headers = {"Cookie": cookies["Cookie"]}
        assert (await call(API, anonymous=True, headers=headers)).code == 200
        upstream.requests.clear()
        response = await call(API, "POST", anonymous=True, headers=headers, body=b"{}")
        assert response.code == 403
        assert upstream.requests == []

    async def test_refuses_requests_and_sockets_of_another_origin(self, call, upstream, jp_serverapp, server_url):
        cookies = await self.login(call, jp_serverapp)
        for origin in ("http://elsewhere.example", "null"):
            headers = {"Cookie": cookies["Cookie"], "Origin": origin}
            response = await call(API, anonymous=True, headers=headers)
            assert response.code == 403
            request = HTTPRequest(
                server_url.replace("http", "ws", 1) + f"{PROXIED}/tiny/runtimes/r1/socket", headers=headers
            )
            with pytest.raises(HTTPClientError) as refused:
                await websocket_connect(request)
            assert refused.value.code == 403
        assert upstream.requests == []
        assert upstream.socket_requests == []

    async def test_lets_a_socket_of_its_own_origin_in(self, call, upstream, jp_serverapp, server_url):
        cookies = await self.login(call, jp_serverapp)
        headers = {"Cookie": cookies["Cookie"], "Origin": "http://" + urlsplit(server_url).netloc}
        socket = await websocket_connect(
            HTTPRequest(server_url.replace("http", "ws", 1) + f"{PROXIED}/tiny/runtimes/r1/socket", headers=headers)
        )
        await socket.write_message("hello")
        assert await socket.read_message() == "hello"
        socket.close()
        assert "Cookie" not in upstream.socket_requests[0].headers
        assert "Origin" not in upstream.socket_requests[0].headers


class TestAuthorizer:
    """A server whose authorizer lets people read only."""

    @pytest.fixture
    def jp_server_config(self, jp_server_config):
        from jupyter_server.auth import Authorizer

        class ReadOnly(Authorizer):
            def is_authorized(self, handler, user, action, resource):
                return action == "read" and resource == "jupyterlab-runtimes"

        jp_server_config.ServerApp.authorizer_class = ReadOnly
        return jp_server_config

    async def test_asks_the_servers_authorizer(self, call, upstream, jp_ws_fetch):
        assert (await call(API)).code == 200
        assert (await call(API, "POST", body=b"{}")).code == 403
        with pytest.raises(HTTPClientError) as refused:
            await jp_ws_fetch(PROXIED, "tiny", "runtimes", "r1", "socket")
        assert refused.value.code == 403
        assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    "path",
    [
        "api/runtimes/v1/",
        "api/runtimes/v2/runtimes",
        "api/runtimes",
        "healthz",
        "",
        "runtimes/",
        "runtimes/r1",
        "api/runtimes/v1/tokens",
        "api/runtimes/v1/tokens/t1",
        "api/runtimes/v1/%74okens",
        "api/runtimes/v1/parcels/p1/ticket",
        "api/runtimes/v1/parcels/p1/s%65nd",
        "api/runtimes/v1/../../../secret",
        "api/runtimes/v1/./runtimes",
        "api/runtimes/v1//runtimes",
        "runtimes/r1/../../healthz",
        "runtimes/r1/%2e%2e/%2E%2e/healthz",
        "runtimes/r1/.%2e/x",
        "runtimes/r1/%252e%252e/x",
        "runtimes/r1/%25252e%25252e/x",
        "runtimes/r1/a%2fb",
        "runtimes/r1/a%252Fb",
        "runtimes/r1/a%5cb",
        "runtimes/r1/a\\b",
        "runtimes/r1/%00",
        "runtimes/r1/%0d%0aHost:x",
        "runtimes/%2e%2e/api/x",
        "runtimes/r1/%zz",
        "runtimes/a.b/x",
    ],
)
async def test_leads_to_listed_paths_alone(server_url, jp_auth_header, upstream, path, jp_asyncio_loop):
    parts = urlsplit(server_url)

    def ask() -> tuple[int, str | None]:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
        connection.putrequest("GET", f"{parts.path}{PROXIED}/tiny/{path}", skip_accept_encoding=True)
        for name, value in jp_auth_header.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        connection.close()
        return answer.status, answer.headers["Content-Type"]

    assert await jp_asyncio_loop.run_in_executor(None, ask) == (404, "application/problem+json")
    assert upstream.requests == []


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("api/runtimes/v1/parcels/p1/chunks/tokens", "/api/runtimes/v1/parcels/p1/chunks/tokens"),
        ("api/runtimes/v1/service:stop", "/api/runtimes/v1/service:stop"),
        ("runtimes/r1/api/contents/a%20b/%C3%A9.txt", "/runtimes/r1/api/contents/a%20b/%C3%A9.txt"),
        ("runtimes/r1/lab/tree/", "/runtimes/r1/lab/tree/"),
        ("runtimes/r1/api/contents/100%25", "/runtimes/r1/api/contents/100%25"),
        ("runtimes/r1/x?a=1&token=TOKEN&b=%26&_xsrf=q", "/runtimes/r1/x?a=1&b=%26"),
        ("runtimes/r1/x?t%6Fken=TOKEN", "/runtimes/r1/x"),
    ],
)
async def test_passes_a_listed_path_as_it_is_without_the_servers_own_arguments(call, upstream, jp_serverapp, path, uri):
    path = path.replace("TOKEN", jp_serverapp.identity_provider.token)
    assert (await call(f"{PROXIED}/tiny/{path}")).code == 200
    assert upstream.requests[0].uri == uri


async def test_knows_configured_services_alone(call):
    response = await call(f"{PROXIED}/nobody/api/runtimes/v1/runtimes")
    assert response.code == 404
    assert problem_of(response)["code"] == "NOT_FOUND"
    assert (await call(f"{PROXIED}/embedded/api/runtimes/v1/runtimes")).code == 404
