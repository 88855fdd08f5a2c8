"""Why an object can't move: one exception, and the sentences for what never can."""

from __future__ import annotations


class Refused(Exception):
    """An object can't be carried. ``reason`` completes "not carried, because …"; ``remedy`` may be empty."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


class TimedOut(BaseException):
    """User code took longer than it was given. Not an ``Exception``: user code must not catch it."""


#: ``module.qualname`` of a type → (reason, remedy). Types that hold something of this process or machine.
NEVER: dict[str, tuple[str, str]] = {
    "builtins.generator": ("a generator keeps a running frame", "turn it into a list"),
    "builtins.coroutine": ("a coroutine keeps a running frame", "await it first"),
    "builtins.async_generator": ("an async generator keeps a running frame", "turn it into a list"),
    "builtins.frame": ("a frame belongs to the running interpreter", "keep what you need of it as text"),
    "builtins.traceback": (
        "a traceback holds frames of the running interpreter",
        "keep traceback.format_exc() instead",
    ),
    "builtins.PyCapsule": ("it is a bare pointer into this process", ""),
    "_socket.socket": ("a socket is a connection of this process", "connect again on the target"),
    "socket.socket": ("a socket is a connection of this process", "connect again on the target"),
    "ssl.SSLSocket": ("a socket is a connection of this process", "connect again on the target"),
    "_ssl._SSLContext": ("a TLS context holds keys in this process", "make it again on the target"),
    "ssl.SSLContext": ("a TLS context holds keys in this process", "make it again on the target"),
    "threading.Thread": ("a thread runs in this process", "start it again on the target"),
    "threading.Timer": ("a thread runs in this process", "start it again on the target"),
    "_thread._local": ("thread-local values belong to the threads of this process", ""),
    "_thread._ThreadHandle": ("a thread runs in this process", "start it again on the target"),
    "subprocess.Popen": ("a child process belongs to this machine", "start it again on the target"),
    "multiprocessing.context.Process": ("a child process belongs to this machine", "start it again on the target"),
    "multiprocessing.pool.Pool": ("a pool of processes belongs to this machine", "make it again on the target"),
    "multiprocessing.pool.ThreadPool": ("a pool of threads runs in this process", "make it again on the target"),
    "concurrent.futures.thread.ThreadPoolExecutor": ("its threads run in this process", "make it again on the target"),
    "concurrent.futures.process.ProcessPoolExecutor": ("its processes run on this machine", "make it again there"),
    "concurrent.futures._base.Future": ("a future waits for work in this process", "keep its result() instead"),
    "_asyncio.Task": ("a task runs in the event loop of this process", "await it first"),
    "_asyncio.Future": ("a future waits for work in this process", "keep its result() instead"),
    "asyncio.events.AbstractEventLoop": ("an event loop runs in this process", ""),
    "sqlite3.Connection": ("a database connection belongs to this process", "connect again on the target"),
    "sqlite3.Cursor": ("a database cursor belongs to this process", "run the query again on the target"),
    "mmap.mmap": ("a memory map is a window of this process on a file", "open and map the file again"),
    "select.epoll": ("it is a handle of the operating system", "make it again on the target"),
    "select.poll": ("it is a handle of the operating system", "make it again on the target"),
    "_contextvars.ContextVar": ("a context variable is known by its identity in this process", "make it again"),
    "_contextvars.Context": ("a context belongs to this process", ""),
    "_contextvars.Token": ("a token belongs to one context of this process", ""),
    "ContextVar": ("a context variable is known by its identity in this process", "make it again on the target"),
    "_ctypes.CFuncPtr": ("it points at a function in this process", "load the library again on the target"),
    "ctypes.CDLL": ("it is a library loaded into this process", "load it again on the target"),
    "ctypes.PyDLL": ("it is a library loaded into this process", "load it again on the target"),
    "tempfile.TemporaryDirectory": ("a temporary folder belongs to this machine", "make it again on the target"),
    "posix.DirEntry": ("a directory entry belongs to this machine's files", "keep its path"),
    "posix.ScandirIterator": ("an open directory belongs to this machine", "list it first"),
    "logging.FileHandler": ("it holds an open file of this machine", "make the handler again on the target"),
    "zipfile.ZipFile": ("it holds an open file of this machine", "open it again on the target"),
    "tarfile.TarFile": ("it holds an open file of this machine", "open it again on the target"),
    "tempfile._TemporaryFileWrapper": ("a temporary file is deleted with this process", "read what it holds"),
    "builtins.method_descriptor": ("", ""),
    "builtins.code": ("bytecode belongs to one Python version", "keep the function it comes from"),
    "builtins.async_generator_asend": ("it keeps a running frame", ""),
    "itertools.tee": ("it shares a running iterator", "turn it into a list"),
    "itertools._tee": ("it shares a running iterator", "turn it into a list"),
    "_hashlib.HASH": ("a hash in progress can't be read out", "hash again on the target, or keep its digest()"),
    "_hashlib.HMAC": ("a hash in progress can't be read out", "hash again on the target, or keep its digest()"),
    "hashlib.HASH": ("a hash in progress can't be read out", "keep its digest()"),
    "zlib.Compress": ("a compression in progress can't be read out", "compress again on the target"),
    "zlib.Decompress": ("a decompression in progress can't be read out", "decompress again on the target"),
    "numpy.nditer": ("an iterator keeps its place in the memory of this process", "make it again on the target"),
    "numpy.flatiter": ("an iterator keeps its place in the memory of this process", "keep the array it comes from"),
    "numpy.broadcast": ("an iterator keeps its place in the memory of this process", "keep the arrays it comes from"),
    "pandas.io.parsers.readers.TextFileReader": ("it is in the midst of reading a file", "open it again on the target"),
    "pyarrow.lib.MemoryPool": ("it is memory of this process", "ask pyarrow for one on the target"),
    "pyarrow.lib.RecordBatchReader": ("it is in the midst of reading", "keep its read_all() instead"),
    "polars.sql.context.SQLContext": ("its tables are in memory that polars does not give out", "register them again"),
    "builtins.SuperLU": (
        "its factors are in memory that scipy does not give out",
        "factorize again on the target",
    ),
    "_io._IOBase": ("it holds an open stream of this process", ""),
}
del NEVER["builtins.method_descriptor"]


def sentence(error: BaseException) -> str:
    """One line about an exception that user or library code raised; ``str(error)`` may itself raise."""
    try:
        text = " ".join(str(error).split())
    except Exception:  # noqa: BLE001 - str() of a user's exception is user code
        text = ""
    return f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__
