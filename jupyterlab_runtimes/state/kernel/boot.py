"""Runs once in a kernel, by a silent request: from then on it answers ``runtimes_state_request``.

The package itself comes with such a request (op ``install``): its sources, as private modules. The user's namespace
gains nothing. Replies go to whoever asked, and to nobody else: no output channel carries them.
"""

import importlib.abc
import importlib.util
import json
import sys
import threading

PACKAGE = "_jupyterlab_runtimes_state"
REQUEST = "runtimes_state_request"
REPLY = "runtimes_state_reply"


class Sources(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The package's modules, held as text."""

    def __init__(self, digest, files):
        """:param files: Text by path below the package, e.g. ``kernel/server.py``."""
        self.digest = digest
        self._modules = {}
        for path, text in files.items():
            name = ".".join([PACKAGE, *path[: -len(".py")].split("/")])
            is_package = name.endswith(".__init__")
            self._modules[name[: -len(".__init__")] if is_package else name] = (path, text, is_package)
        for name in list(self._modules):
            # A folder without an __init__.py is a package all the same.
            parent = name.rpartition(".")[0]
            while parent:
                path = "/".join([*parent.split(".")[1:], "__init__.py"])
                self._modules.setdefault(parent, (path, "", True))
                parent = parent.rpartition(".")[0]

    def find_spec(self, name, path=None, target=None):
        """Find a module of the package."""
        if name not in self._modules:
            return None
        origin, _, is_package = self._modules[name]
        origin = f"<{PACKAGE}/{origin}>"
        return importlib.util.spec_from_loader(name, self, origin=origin, is_package=is_package)

    def exec_module(self, module):
        """Run a module's text."""
        origin, text, _ = self._modules[module.__name__]
        module.__file__ = f"<{PACKAGE}/{origin}>"
        exec(compile(text, module.__file__, "exec", dont_inherit=True), module.__dict__)  # noqa: S102

    def get_source(self, name):
        """For tracebacks."""
        return self._modules[name][1] if name in self._modules else None


class Boot:
    """What is there before the package, and stays when it is replaced."""

    def __init__(self):
        self._serve = None
        self._digest = None
        self._lock = threading.Lock()

    def answer(self, content, buffers, tell=None):
        """Answer one request.

        :param tell: Called with a dict for what the asker is to hear before the reply.
        :return: The reply's content and its buffers.
        """
        try:
            op = content["op"]
            if op == "hello":
                return {"status": "ok", "result": {"digest": self._digest}}, []
            if op == "install":
                with self._lock:
                    self._install(content["args"]["digest"], buffers[0])
                return {"status": "ok", "result": {}}, []
            if self._serve is None:
                raise LookupError("nothing is installed")
            return self._serve(op, content.get("args") or {}, buffers, tell)
        except KeyboardInterrupt:
            return _failed("CANCELLED", "The kernel was interrupted.")
        except BaseException as error:  # noqa: BLE001 - whatever it is, the asker hears it
            return _failed("INTERNAL", f"{type(error).__name__}: {error}")

    def _install(self, digest, text):
        if digest == self._digest:
            return
        files = json.loads(bytes(text).decode("utf-8"))
        if self._serve is not None:
            self._serve("close", {}, [], None)
        forget()
        self._serve = self._digest = None
        sys.meta_path.append(Sources(digest, files))
        self._serve = importlib.import_module(PACKAGE + ".kernel.server").make()
        self._digest = digest


def forget():
    """Take out what an earlier version has left."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != PACKAGE + "_boot"]
    for name in [name for name in sys.modules if name == PACKAGE or name.startswith(PACKAGE + ".")]:
        del sys.modules[name]


def _failed(code, message):
    return {"status": "error", "code": code, "ename": code, "evalue": message, "traceback": []}, []


def listen(boot):
    """Let the kernel that runs here pass requests on.

    :raises RuntimeError: It is a kernel of a kind that can't.
    """
    if sys.platform == "emscripten":
        from runtimes_kernel import install as browser

        browser.handlers[REQUEST] = browser.with_buffers(boot.answer)
        return
    from IPython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    if not hasattr(kernel, "shell_handlers"):
        raise RuntimeError("Variables can be moved from and to IPython kernels only.")

    def handle(stream, ident, parent):
        def tell(content):
            kernel.session.send(stream, "runtimes_state_progress", content, parent, ident)

        content, buffers = boot.answer(parent["content"], parent.get("buffers") or [], tell)
        kernel.session.send(stream, REPLY, content, parent, ident, buffers=buffers)

    # The control channel is answered by a thread of its own, also while a cell runs.
    kernel.shell_handlers[REQUEST] = handle
    kernel.control_handlers[REQUEST] = handle


def start():
    """Be there from now on, unless that is so already."""
    if PACKAGE + "_boot" not in sys.modules:
        module = type(sys)(PACKAGE + "_boot")
        module.boot = Boot()
        Sources.__module__ = PACKAGE + "_boot"
        listen(module.boot)
        sys.modules[module.__name__] = module


start()
