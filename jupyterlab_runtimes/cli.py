"""`jupyter runtimes …`: finds Node, and hands over to the command line in `service/cli.mjs`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from .embedded.node import find_node
from .problems import Problem

_SERVICE = Path(__file__).parent / "service"


def main() -> None:
    """Run the command line with this process's arguments; never returns."""
    try:
        node = find_node()
    except Problem as problem:
        sys.exit(problem.message)
    cli = _SERVICE / "cli.mjs"
    if not cli.is_file():
        sys.exit(f"{cli} is missing: install jupyterlab_runtimes again, or build it.")
    os.environ["JUPYTERLAB_RUNTIMES_PYTHON"] = sys.executable
    os.environ["JUPYTERLAB_RUNTIMES_SERVICE_BUNDLE"] = str(_SERVICE / "service.mjs")
    arguments = [node, str(cli), *sys.argv[1:]]
    if sys.platform != "win32":
        os.execv(node, arguments)  # noqa: S606 - signals, terminal and exit code are Node's from here on
    # Windows has no exec: Ctrl-C reaches both processes, and Node decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(subprocess.run(arguments, check=False).returncode)


if __name__ == "__main__":
    main()
