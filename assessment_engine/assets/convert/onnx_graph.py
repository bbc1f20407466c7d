"""Building an ONNX graph node by node: the common ground of the two model conversions."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper

Tensor: TypeAlias = npt.NDArray[np.generic]
Attribute: TypeAlias = int | float | str | Sequence[int]

# The runtime in use reads both; kept fixed, so that a newer onnx package does not change the file.
OPSET, IR_VERSION = 18, 9


class GraphBuilder:
    """Collects nodes and constants, and names what has no name yet."""

    def __init__(self) -> None:
        self._nodes: list[NodeProto] = []
        self._constants: dict[str, Tensor] = {}
        self._named = 0

    def fresh_name(self) -> str:
        """Return a name that nothing has yet."""
        self._named += 1
        return f"value_{self._named}"

    def constant(self, value: Tensor, name: str | None = None) -> str:
        """Put a constant into the graph and return its name."""
        name = name or self.fresh_name()
        self._constants[name] = value
        return name

    def integers(self, values: Iterable[int]) -> str:
        """Put shapes, axes or paddings into the graph: ONNX wants them as 64-bit integers."""
        return self.constant(np.array(list(values), dtype=np.int64))

    def known(self, name: str) -> Tensor | None:
        """Return the constant of this name, or None for what only a run can tell."""
        return self._constants.get(name)

    def add(self, operation: str, inputs: Sequence[str], output: str | None = None, **attributes: Attribute) -> str:
        """Append a node with one output and return the output's name."""
        output = output or self.fresh_name()
        self.add_many(operation, inputs, [output], **attributes)
        return output

    def add_many(self, operation: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Attribute) -> None:
        """Append a node with several outputs."""
        node: NodeProto = helper.make_node(operation, list(inputs), list(outputs), name=outputs[0])
        node.attribute.extend(helper.make_attribute(key, value) for key, value in sorted(attributes.items()))
        self._nodes.append(node)

    def serialize(self, name: str, inputs: dict[str, Sequence[int]], outputs: dict[str, Sequence[int]]) -> bytes:
        """Return the checked model as a file's bytes; constants that no node reads are left out."""
        used = {source for node in self._nodes for source in node.input}
        graph = helper.make_graph(
            self._nodes,
            name,
            [helper.make_tensor_value_info(key, TensorProto.FLOAT, shape) for key, shape in inputs.items()],
            [helper.make_tensor_value_info(key, TensorProto.FLOAT, shape) for key, shape in outputs.items()],
            [numpy_helper.from_array(np.ascontiguousarray(value), key) for key, value in self._constants.items() if key in used],
        )
        model: ModelProto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString(deterministic=True))
