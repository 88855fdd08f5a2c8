"""Start a Python kernel as `python -m ipykernel_launcher` does, with room for what it says while the machine is busy.

Beyond 1000 messages that wait for their way to the Jupyter Server, ZeroMQ drops output without a word: its default.
"""

import contextlib
import runpy
import sys
from pathlib import Path

#: Messages that may wait to be sent. A line of text is about 600 bytes.
WAITING_MESSAGES = 200_000


def make_room() -> None:
    """Let the kernel's output wait."""
    import zmq
    from ipykernel.kernelapp import IPKernelApp

    init_iopub = IPKernelApp.init_iopub

    def init_roomy_iopub(self, context):
        context.sockopts[zmq.SNDHWM] = WAITING_MESSAGES
        try:
            init_iopub(self, context)
        finally:
            del context.sockopts[zmq.SNDHWM]

    IPKernelApp.init_iopub = init_roomy_iopub


if __name__ == "__main__":
    # The folder of this file is no place for the user's imports.
    sys.path.remove(str(Path(__file__).parent))
    # What is missing is told by the module itself.
    with contextlib.suppress(ImportError):
        make_room()
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
