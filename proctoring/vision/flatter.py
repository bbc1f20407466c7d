"""A detector for camera pictures: its square network without the black bars above and below a picture that is wider than high.

Done to the file as it is loaded (a FlatBuffer), so that it stays as it was fetched and proven. A convolutional network takes any picture;
only where it makes features larger does the file say how large, and that is changed in place.
"""

import numpy as np
from ai_edge_litert import schema_py_generated as schema


def with_rows(graph: bytes, rows: int) -> bytes:
    """Return a .tflite file whose features are resized as for a picture of so many rows; raises ValueError for one that cannot be."""
    changed = bytearray(graph)
    model = schema.Model.GetRootAs(changed, 0)
    part = model.Subgraphs(0)
    given = part.Tensors(part.Inputs(0)).Shape(1) if part.Tensors(part.Inputs(0)).ShapeLength() == 4 else 0
    if given <= 0:
        raise ValueError("the network does not say how many rows its picture has")
    operators = map(part.Operators, range(part.OperatorsLength()))
    resizes = [one for one in operators if _code(model, one) == schema.BuiltinOperator.RESIZE_BILINEAR]
    for number in {part.Tensors(one.Inputs(1)).Buffer() for one in resizes}:  # two may share a size
        if not model.Buffers(number).DataLength():
            raise ValueError("the network works out for itself how large its features become")
        size = model.Buffers(number).DataAsNumpy().view(np.int32)
        if size[0] * rows % given:
            raise ValueError(f"features of {size[0]} rows in {given} have no whole number of rows in {rows}")
        size[0] = size[0] * rows // given
    return bytes(changed)


def _code(model: schema.Model, operator: schema.Operator) -> int:
    """Return which operation it is; older files have the number in a byte of its own."""
    code = model.OperatorCodes(operator.OpcodeIndex())
    return int(max(code.BuiltinCode(), code.DeprecatedBuiltinCode()))
