"""Run the Jupyter Server of one runtime: no user configuration, no server extensions, a private address.

Environment variables (all are taken out before a kernel starts):
    JUPYTERLAB_RUNTIMES_DIR    the runtime's private folder, which gets the file `pid`
    JUPYTERLAB_RUNTIMES_TOKEN  the token that every request needs
    JUPYTERLAB_RUNTIMES_MEMORY bound of each process, bytes; where no control group bounds all together
    JUPYTERLAB_RUNTIMES_CPUS   bound of all processes, whole processors; likewise

Arguments: those of `jupyter server`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

PRIVATE_DIR = Path(os.environ.pop("JUPYTERLAB_RUNTIMES_DIR"))
TOKEN = os.environ.pop("JUPYTERLAB_RUNTIMES_TOKEN")

MEMORY = os.environ.pop("JUPYTERLAB_RUNTIMES_MEMORY", None)
CPUS = os.environ.pop("JUPYTERLAB_RUNTIMES_CPUS", None)

#: Larger than any message that a page sends, bytes.
MAX_MESSAGE_BYTES = 2 * 1024 * 1024 * 1024


def bound() -> None:
    """Bound this process, and all that it starts (Linux)."""
    if MEMORY is not None:
        import resource

        # Memory that is written to, not addresses: libraries reserve many times what they use.
        resource.setrlimit(resource.RLIMIT_DATA, (int(MEMORY), int(MEMORY)))
    if CPUS is not None:
        allowed = sorted(os.sched_getaffinity(0))
        count = min(int(CPUS), len(allowed))
        # Not the same ones for every runtime.
        first = os.getpid() % len(allowed)
        os.sched_setaffinity(0, {allowed[(first + i) % len(allowed)] for i in range(count)})


def by_our_launcher(argv: list[str]) -> list[str]:
    """Replace IPython's launcher in a kernel's command, where it has it."""
    for at in range(len(argv) - 1):
        if argv[at : at + 2] == ["-m", "ipykernel_launcher"]:
            return [*argv[:at], str(Path(__file__).with_name("kernel_launcher.py")), *argv[at + 2 :]]
    return argv


def main() -> None:
    """Write the process id, so that a service that was killed meanwhile finds this process, then serve."""
    (PRIVATE_DIR / "pid").write_text(str(os.getpid()), encoding="utf-8")
    bound()

    # jsonschema would check IRIs with it, which nothing here asks for; its grammar takes longer to make than all other
    # imports together.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_server.serverapp import ServerApp
    from retained_channel import RetainedConnection

    del sys.modules["rfc3987_syntax"]

    # The folder of this file is no place for the user's imports.
    sys.path.remove(str(Path(__file__).parent))

    class RoomyKernelSpecs(KernelSpecManager):
        """Kernelspecs whose IPython kernels drop no output."""

        def get_kernel_spec(self, kernel_name: str) -> Any:
            """Start them by our own launcher."""
            spec = super().get_kernel_spec(kernel_name)
            spec.argv = by_our_launcher(spec.argv)
            return spec

    class RuntimeServerApp(ServerApp):
        """A Jupyter Server that reads no configuration files."""

        def load_config_file(self, suppress_errors: bool = True) -> None:
            """Read nothing: the user's configuration is for the user's own server."""

        def migrate_config(self) -> None:
            """Write nothing into the user's configuration folder."""

    settings: dict[str, Any] = {
        "kernel_spec_manager_class": RoomyKernelSpecs,
        "kernel_websocket_connection_class": RetainedConnection,
        "runtime_dir": str(PRIVATE_DIR),
        "tornado_settings": {"websocket_max_message_size": MAX_MESSAGE_BYTES},
    }
    app = RuntimeServerApp.instance(**settings)
    app.config.IdentityProvider.token = TOKEN
    app.initialize(sys.argv[1:], find_extensions=False)
    app.start()


if __name__ == "__main__":
    main()
