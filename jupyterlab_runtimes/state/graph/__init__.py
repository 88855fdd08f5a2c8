"""The object graph: variables into streams and buffers, and back."""

from .decode import Decoded, Outcome, apply, decode, sources
from .encode import encode
from .encoding import Encoding, Variable
from .names import secret_like, user_names
from .plan import Plan, PlanEntry, describe
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
    "sources",
    "user_names",
]
