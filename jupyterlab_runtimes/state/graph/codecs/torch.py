"""torch: tensors as memory on the CPU; where they were is said, and not gone back to."""

from __future__ import annotations

import sys
from typing import Any

from ..dispatch import reduces, reduces_kind, type_name
from ..generic import reduce_object
from ..makers import maker
from ..refusal import Refused
from ..session import Session
from .numpy import flat_bytes, numpy_owners

_RECORDED = "it is part of a computation that torch records"


@reduces_kind("torch.Tensor")
def reduce_tensor(session: Session, tensor: Any) -> Any:
    """Bytes of the storage, type, shape, strides; its gradient and attributes.

    @throws Refused in the middle of a computation that is recorded, and for what has no memory of its own.
    """
    torch: Any = sys.modules["torch"]
    kind = type(tensor)
    name = type_name(kind)
    if name.startswith("torch.") and kind not in (torch.Tensor, torch.nn.Parameter):
        return NotImplemented
    session.need("torch")
    if not tensor.is_leaf:
        raise Refused(_RECORDED, "use .detach()")
    if tensor._backward_hooks or getattr(tensor, "_post_accumulate_grad_hooks", None):
        raise Refused(f"{_RECORDED}, with hooks of its own", "remove its hooks, or use .detach()")
    if tensor.layout != torch.strided or tensor.is_quantized:
        raise Refused("sparse and quantized tensors have no form of ours", "use .to_dense() or torch.save")
    device = str(tensor.device)
    if device == "meta":
        raise Refused("it has a shape and no memory", "make it again on the target")
    # Without the methods of its class, which are the user's.
    with torch._C.DisableTorchFunctionSubclass():
        plain = tensor.detach()
        if device != "cpu":
            session.note(f"it was on {device} and comes back on the CPU")
            plain = session.once(tensor, plain.cpu)
        session.keep.append(plain)
        window = (tuple(plain.shape), plain.stride(), plain.storage_offset())
        turned = (plain.is_conj(), plain.is_neg())
        memory = bytes_of(session, plain.untyped_storage())
        dtype = str(plain.dtype).split(".")[1]
        grad, needs_grad = tensor.grad, bool(tensor.requires_grad)
    base = "Parameter" if isinstance(tensor, torch.nn.Parameter) and name.startswith("torch.") else "Tensor"
    own = None if name.startswith("torch.") else kind
    made: Any = (torch_tensor, (memory, dtype, *window, needs_grad, base, turned))
    if own is not None:
        made = (torch_subclass, (made[1], own))
    attributes = dict(tensor.__dict__)
    if grad is not None or attributes:
        return (*made, (grad, attributes), None, None, fill_tensor)
    return made


def bytes_of(session: Session, storage: Any) -> Any:
    """A storage as an array of bytes, the same for all that show it; a numpy array's, where torch took it from one."""
    torch: Any = sys.modules["torch"]
    pointer = storage.data_ptr()
    known = session.codecs.setdefault("torch", {})
    if pointer and pointer in known:
        return known[pointer]
    owner = numpy_owners(session).get(pointer)
    flat = flat_bytes(owner) if owner is not None and owner.nbytes == storage.nbytes() else None
    if flat is None:
        whole = torch.empty(0, dtype=torch.uint8).set_(storage)
        session.keep.append(whole)
        flat = whole.numpy()
    known[pointer] = flat
    return flat


@maker("torch_tensor", data=True)
def torch_tensor(
    memory: Any,
    dtype: str,
    shape: Any,
    strides: Any,
    offset: int,
    grad: bool,
    kind: str,
    turned: tuple[bool, bool] = (False, False),
) -> Any:
    """A window on memory. @throws ValueError where it does not lie within."""
    import torch

    element = getattr(torch, dtype)
    if not isinstance(element, torch.dtype):
        raise ValueError(f"torch has no type {dtype}")
    last = offset + sum((length - 1) * stride for length, stride in zip(shape, strides))
    if min((offset, *shape, *strides)) < 0 or (0 not in shape and (last + 1) * element.itemsize > memory.nbytes):
        raise ValueError("the tensor does not lie within its memory")
    storage = torch.from_numpy(memory).untyped_storage()
    made = torch.empty(0, dtype=element).set_(storage, offset, tuple(shape), tuple(strides))
    if turned[0]:
        made = made.conj()
    if turned[1]:
        made = made._neg_view()
    if kind == "Parameter":
        return torch.nn.Parameter(made, requires_grad=grad)
    return made.requires_grad_(grad) if grad else made


@maker("torch_subclass")
def torch_subclass(parts: Any, cls: Any) -> Any:
    """A tensor of a class of the user's own."""
    import torch

    with torch._C.DisableTorchFunctionSubclass():
        made = torch_tensor(*parts)
        needs_grad = made.requires_grad
        return made.detach().as_subclass(cls).requires_grad_(needs_grad)


@maker("torch_fill", data=True)
def fill_tensor(tensor: Any, state: Any) -> None:
    """Give it its gradient, and the attributes that were set on it."""
    import torch

    grad, attributes = state
    if not isinstance(tensor, torch.Tensor) or not all(
        type(name) is str and not name.startswith("__") for name in attributes
    ):
        raise ValueError("this is no tensor's state")
    if grad is not None:
        tensor.grad = grad
    tensor.__dict__.update(attributes)


@reduces_kind("torch.optim.lbfgs.LBFGS")
def reduce_lbfgs(session: Session, optimizer: Any) -> Any:
    """What it keeps beside its groups: torch's own state of it leaves that out, and then it can't make a step."""
    value = reduce_object(session, optimizer)
    if type(value) is not tuple or len(value) < 3 or type(value[2]) is not dict:
        return value
    beside = {name: optimizer.__dict__[name] for name in ("_params", "_numel_cache") if name in optimizer.__dict__}
    state = {**value[2], **beside}
    session.keep.append(state)
    return (*value[:2], state, *value[3:])


@reduces("torch.storage.UntypedStorage")
def reduce_storage(session: Session, storage: Any) -> Any:
    """Shared with the tensors that show it."""
    session.need("torch")
    if str(storage.device) != "cpu":
        raise Refused(f"it is memory of {storage.device}", "keep a tensor of it")
    return torch_storage, (bytes_of(session, storage),)


@maker("torch_storage", data=True)
def torch_storage(memory: Any) -> Any:
    """Over the same memory."""
    import torch

    return torch.from_numpy(memory).untyped_storage()


@reduces("torch._C.Generator")
def reduce_generator(session: Session, generator: Any) -> Any:
    """Its state."""
    session.need("torch", exact=True)
    if str(generator.device) != "cpu":
        raise Refused(f"it belongs to {generator.device}", "make it again there, from its seed")
    return torch_generator, (generator.get_state().numpy().tobytes(),)


@maker("torch_generator", data=True)
def torch_generator(state: bytes) -> Any:
    """Torch checks the state."""
    import torch

    made = torch.Generator()
    made.set_state(torch.frombuffer(bytearray(state), dtype=torch.uint8))
    return made


@reduces("torch.finfo", "torch.iinfo")
def reduce_limits(session: Session, obj: Any) -> Any:
    """By the name of its type."""
    session.need("torch")
    return torch_limits, (type(obj).__name__, obj.dtype)


@maker("torch_limits", data=True)
def torch_limits(kind: str, dtype: str) -> Any:
    """What a type can hold."""
    import torch

    return (torch.finfo if kind == "finfo" else torch.iinfo)(getattr(torch, dtype))


@reduces("torch.device", "torch.dtype", "torch.layout", "torch.memory_format", "torch.qscheme")
def reduce_name(session: Session, obj: Any) -> Any:
    """By name."""
    session.need("torch")
    return torch_name, (type(obj).__name__, str(obj).replace("torch.", ""))


@maker("torch_name", data=True)
def torch_name(kind: str, name: str) -> Any:
    """A device, a type, or one of torch's other constants."""
    import torch

    if kind == "device":
        return torch.device(name)
    found = getattr(torch, name)
    if type(found) not in (torch.dtype, torch.layout, torch.memory_format, torch.qscheme):
        raise ValueError(f"torch.{name} is something else")
    return found
