"""Cross-origin isolation: which answers of a real JupyterLab and Notebook carry its headers."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

OPENER = "Cross-Origin-Opener-Policy"
EMBEDDER = "Cross-Origin-Embedder-Policy"


def page_config(html: bytes) -> dict[str, Any]:
    found = re.search(rb'<script id="jupyter-config-data" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def labextension_file(server) -> str:
    """Some script of some labextension, as the page names it; ours where it is built."""
    config = page_config(server.get("lab")[2])
    extensions = sorted(config["federated_extensions"], key=lambda item: item["name"] != "jupyterlab-runtimes")
    assert extensions, "no labextension is installed"
    return f"lab/extensions/{extensions[0]['name']}/{extensions[0]['load']}"


@pytest.mark.parametrize(("setting", "policy"), [("require-corp", "require-corp"), (True, "credentialless")])
def test_isolates_pages_workers_and_files(lab_server, setting, policy):
    server = lab_server(embedded=False, cross_origin_isolation=setting)
    config = page_config(server.get("lab")[2])
    static = config["fullStaticUrl"].strip("/")
    main = re.search(rb'src="/?(static/lab/main[^"]*\.js)', server.get("lab")[2])
    assert main is not None, static
    for path in ("lab", "tree", main[1].decode(), labextension_file(server), "files/note.txt", "api/status"):
        status, headers, _ = server.get(path)
        assert (status, path) == (200, path)
        assert (path, headers.get(EMBEDDER)) == (path, policy)
        assert (path, headers.get(OPENER)) == (path, "same-origin")
        assert (path, headers.get("Cross-Origin-Resource-Policy")) == (path, "same-origin")


def test_leaves_everything_as_it_is_when_it_is_off(lab_server):
    server = lab_server(embedded=False)
    for path in ("lab", "api/status", "files/note.txt"):
        status, headers, _ = server.get(path)
        assert status == 200
        assert EMBEDDER not in headers
        assert OPENER not in headers


@pytest.mark.parametrize(("app", "page"), [("lab", "lab"), ("notebook", "tree")])
def test_tells_the_page_as_text(lab_server, app, page):
    from jupyterlab_runtimes import __version__

    server = lab_server(app, embedded=False)
    told = page_config(server.get(page)[2])["jupyterlabRuntimes"]
    assert json.loads(told) == {"version": __version__, "embedded": False}
