"""torch: tensors as memory on the CPU; where they were is said, and not gone back to."""

from __future__ import annotations

import sys
from typing import Any

from ..dispatch import reduces
from ..makers import maker
from ..refusal import Refused
from ..session import Session


@reduces("torch.Tensor", "torch.nn.parameter.Parameter", "torch.nn.Parameter")
def reduce_tensor(session: Session, tensor: Any) -> Any:
    """Bytes of the storage, type, shape, strides. @throws Refused in the middle of a computation that is recorded."""
    session.need("torch")
    torch: Any = sys.modules["torch"]
    if not tensor.is_leaf:
        raise Refused("it is part of a computation that torch records", "use .detach()")
    if tensor.layout != torch.strided or tensor.is_quantized:
        raise Refused("sparse and quantized tensors have no form of ours", "use .to_dense() or torch.save")
    device = str(tensor.device)
    plain = tensor.detach()
    if device != "cpu":
        session.note(f"it was on {device} and comes back on the CPU")
        plain = session.once(tensor, plain.cpu)
    storage = plain.untyped_storage()
    flat = torch.empty(0, dtype=torch.uint8).set_(storage)
    array = session.codecs.setdefault("torch", {}).setdefault(storage.data_ptr(), flat).numpy()
    session.keep.append(flat)
    owners = session.codecs.setdefault("torch_memory", {})
    memory = owners.setdefault(storage.data_ptr(), array)
    dtype = str(plain.dtype).split(".")[1]
    kind = "Parameter" if type(tensor).__name__ == "Parameter" else "Tensor"
    return torch_tensor, (
        memory,
        dtype,
        tuple(plain.shape),
        plain.stride(),
        plain.storage_offset(),
        bool(tensor.requires_grad),
        kind,
    )


@maker("torch_tensor", data=True)
def torch_tensor(memory: Any, dtype: str, shape: Any, strides: Any, offset: int, grad: bool, kind: str) -> Any:
    """Torch checks that the window lies within the memory."""
    import torch

    element = getattr(torch, dtype)
    if not isinstance(element, torch.dtype):
        raise ValueError(f"torch has no type {dtype}")
    made = torch.from_numpy(memory).view(element).as_strided(shape, strides, offset)
    if kind == "Parameter":
        return torch.nn.Parameter(made, requires_grad=grad)
    return made.requires_grad_(grad) if grad else made


@reduces("torch.device", "torch.dtype")
def reduce_name(session: Session, obj: Any) -> Any:
    """By name."""
    session.need("torch")
    return torch_name, (type(obj).__name__, str(obj).replace("torch.", ""))


@maker("torch_name", data=True)
def torch_name(kind: str, name: str) -> Any:
    """A device or a type."""
    import torch

    return torch.device(name) if kind == "device" else getattr(torch, name)
