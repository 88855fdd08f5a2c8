"""The object graph: variables into streams and buffers, and back."""

from .decode import Decoded, Outcome, apply, decode, sources
from .encode import encode
from .encoding import Encoding, Variable
from .names import user_names
from .plan import Plan, PlanEntry, describe
from .secrets import secret_like, secret_reason
from .session import Options

__all__ = [
    "Decoded",
    "Encoding",
    "Options",
    "Outcome",
    "Plan",
    "PlanEntry",
    "Variable",
    "apply",
    "decode",
    "describe",
    "encode",
    "secret_like",
    "secret_reason",
    "sources",
    "user_names",
]
