"""What browser kernels ask of the Jupyter Server: files, input and packages."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from ..browser import inputs

ROOT = "jupyterlab-runtimes/browser"


def wheel(name: str, version: str, tag: str = "py3-none-any", requires: tuple[str, ...] = ()) -> tuple[str, bytes]:
    """A small wheel with one module."""
    content = io.BytesIO()
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}", *(f"Requires-Dist: {r}" for r in requires)]
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(f"{name}/__init__.py", f"__version__ = {version!r}\n")
        archive.writestr(f"{name}-{version}.dist-info/METADATA", "\n".join(metadata) + "\n")
    return f"{name}-{version}-{tag}.whl", content.getvalue()


async def errno_of(response: object) -> str:
    return json.loads(response.body)["errno"]


async def test_a_file_comes_and_goes_as_the_bytes_that_it_is(call: Callable, jp_root_dir: Path) -> None:
    content = bytes(range(256)) * 1000
    put = await call(f"{ROOT}/files/d%C3%A4ta.bin", "PUT", body=content)
    assert put.code == 200
    assert json.loads(put.body) == {
        "type": "file",
        "size": len(content),
        "writable": True,
        "mtime": json.loads(put.body)["mtime"],
    }
    assert (jp_root_dir / "däta.bin").read_bytes() == content
    got = await call(f"{ROOT}/files/d%C3%A4ta.bin")
    assert got.body == content
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_notebook_is_read_as_the_file_on_the_disk(call: Callable, jp_root_dir: Path) -> None:
    text = '{"cells": [],  "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    (jp_root_dir / "n.ipynb").write_text(text)
    assert (await call(f"{ROOT}/files/n.ipynb")).body == text.encode()


async def test_a_folder_is_made_and_listed_and_is_there_only_once(call: Callable, jp_root_dir: Path) -> None:
    made = await call(f"{ROOT}/files/sub?mkdir=1", "POST", body=b"")
    assert json.loads(made.body)["type"] == "directory"
    (jp_root_dir / "sub" / "a.txt").write_text("abc")
    listing = json.loads((await call(f"{ROOT}/files/sub?list=1")).body)
    assert [(entry["name"], entry["size"], entry["type"]) for entry in listing["entries"]] == [("a.txt", 3, "file")]
    again = await call(f"{ROOT}/files/sub?mkdir=1", "POST", body=b"")
    assert (again.code, await errno_of(again)) == (409, "EEXIST")


async def test_a_rename_replaces_a_file_but_not_a_folder(call: Callable, jp_root_dir: Path) -> None:
    (jp_root_dir / "new.txt").write_text("new")
    (jp_root_dir / "old.txt").write_text("old")
    (jp_root_dir / "folder").mkdir()
    assert (await call(f"{ROOT}/files/new.txt?rename=old.txt", "POST", body=b"")).code == 204
    assert (jp_root_dir / "old.txt").read_text() == "new"
    assert not (jp_root_dir / "new.txt").exists()
    refused = await call(f"{ROOT}/files/old.txt?rename=folder", "POST", body=b"")
    assert (refused.code, await errno_of(refused)) == (409, "EEXIST")


async def test_a_file_is_removed(call: Callable, jp_root_dir: Path) -> None:
    (jp_root_dir / "x.txt").write_text("x")
    assert (await call(f"{ROOT}/files/x.txt", "DELETE")).code == 204
    assert not (jp_root_dir / "x.txt").exists()


@pytest.mark.parametrize("path", ["nope.txt", "nope.txt?stat=1", "nope?list=1", "../outside.txt", "%2e%2e/outside.txt"])
async def test_what_is_not_there_or_outside_the_root_is_not_found(call: Callable, jp_root_dir: Path, path: str) -> None:
    (jp_root_dir.parent / "outside.txt").write_text("secret")
    response = await call(f"{ROOT}/files/{path}")
    assert response.code == 404
    assert b"secret" not in response.body
    if b"errno" in response.body:
        assert await errno_of(response) == "ENOENT"


@pytest.mark.parametrize("path", ["files/a.txt", f"input/{uuid4()}", "packages/wheels/pyodide-lock.json"])
async def test_nobody_gets_anything_without_jupyters_own_authentication(call: Callable, path: str) -> None:
    assert (await call(f"{ROOT}/{path}", anonymous=True)).code == 403


async def test_an_answer_reaches_the_cell_that_waits_for_it(call: Callable) -> None:
    path = f"{ROOT}/input/{uuid4()}"
    waiting = asyncio.ensure_future(call(path))
    await asyncio.sleep(0.1)
    assert (await call(path, "PUT", body=json.dumps({"value": "Zoë"}))).code == 204
    assert json.loads((await waiting).body) == {"value": "Zoë"}


async def test_an_answer_may_come_before_the_question_and_may_be_a_stop(call: Callable) -> None:
    path = f"{ROOT}/input/{uuid4()}"
    await call(path, "PUT", body=json.dumps({"value": None}))
    assert json.loads((await call(path)).body) == {"value": None}


async def test_a_question_without_an_answer_is_asked_again(call: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "_WAIT_SECONDS", 0.05)
    path = f"{ROOT}/input/{uuid4()}"
    assert (await call(path)).code == 204
    await call(path, "PUT", body=json.dumps({"value": "late"}))
    assert json.loads((await call(path)).body) == {"value": "late"}


async def test_an_answer_that_is_no_text_is_refused(call: Callable) -> None:
    assert (await call(f"{ROOT}/input/{uuid4()}", "PUT", body=json.dumps({"value": 1}))).code == 400


async def test_a_folder_of_wheels_is_a_package_index(call: Callable, jp_root_dir: Path) -> None:
    folder = jp_root_dir / "my wheels"
    folder.mkdir()
    name, content = wheel("Foo_bar", "1.10")
    (folder / name).write_bytes(content)
    response = await call(f"{ROOT}/packages/my%20wheels/simple/foo.bar/")
    assert response.headers["Content-Type"] == "application/vnd.pypi.simple.v1+html"
    link = re.search(r'<a href="([^"]+)">([^<]+)</a>', response.body.decode())
    assert link is not None
    assert link[1] == f"../../{name}#sha256={hashlib.sha256(content).hexdigest()}"
    assert link[2] == name
    assert (await call(f"{ROOT}/packages/my%20wheels/{name}")).body == content
    assert (await call(f"{ROOT}/packages/my%20wheels/simple/other/")).code == 404


async def test_imports_are_found_in_the_newest_wheel_that_runs_in_a_browser(call: Callable, jp_root_dir: Path) -> None:
    folder = jp_root_dir / "wheels"
    folder.mkdir()
    wheels = [
        wheel("pure", "1.9", requires=("native", "elsewhere", "windowsthing; sys_platform == 'win32'")),
        wheel("pure", "1.10", requires=("native", "elsewhere", "windowsthing; sys_platform == 'win32'")),
        wheel("native", "2.0", "cp314-cp314-pyemscripten_2026_0_wasm32"),
        wheel("linux", "1.0", "cp314-cp314-manylinux_2_28_x86_64"),
    ]
    for name, content in wheels:
        (folder / name).write_bytes(content)
    (folder / "broken-1.0-py3-none-any.whl").write_bytes(b"no zip")
    lock = json.loads((await call(f"{ROOT}/packages/wheels/pyodide-lock.json")).body)
    assert sorted(lock["packages"]) == ["native", "pure"]
    pure = lock["packages"]["pure"]
    assert (pure["version"], pure["imports"], pure["depends"]) == ("1.10", ["pure"], ["native"])


async def test_a_folders_own_lock_file_is_taken_as_it_is(call: Callable, jp_root_dir: Path) -> None:
    folder = jp_root_dir / "wheels"
    folder.mkdir()
    (folder / "pyodide-lock.json").write_text('{"packages": {}}')
    assert (await call(f"{ROOT}/packages/wheels/pyodide-lock.json")).body == b'{"packages": {}}'


async def test_only_packages_are_served_from_the_folder(call: Callable, jp_root_dir: Path) -> None:
    (jp_root_dir / "wheels").mkdir()
    (jp_root_dir / "wheels" / "page.html").write_text("<script>")
    assert (await call(f"{ROOT}/packages/wheels/page.html")).code == 404
