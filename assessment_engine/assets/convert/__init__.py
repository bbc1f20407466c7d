"""What is made of a package's files: one pure function, bytes to bytes, for each Conversion."""

from collections.abc import Callable, Mapping, Sequence

from assessment_engine.assets.convert.contexts import read_context_module
from assessment_engine.assets.convert.face_resnet import convert_face_resnet
from assessment_engine.assets.convert.fonts import DEVANAGARI, LATIN, subset_for_pages
from assessment_engine.assets.convert.tfjs import convert_graph
from assessment_engine.assets.manifest import Conversion


def _objects_in_integers(parts: Sequence[bytes]) -> bytes:
    from proctoring.vision.integers import objects_in_integers  # runs the network on photographs; few conversions need the runtime

    return objects_in_integers(convert_graph(weights=parts[0], model=parts[1]))


def _identity_in_integers(parts: Sequence[bytes]) -> bytes:
    from proctoring.vision.integers import identity_in_integers

    return identity_in_integers(convert_face_resnet(weights=parts[0], manifest=parts[1]))


CONVERTERS: Mapping[Conversion, Callable[[Sequence[bytes]], bytes]] = {
    Conversion.NONE: lambda parts: parts[0],
    Conversion.TFJS_GRAPH: lambda parts: convert_graph(weights=parts[0], model=parts[1]),
    Conversion.TFJS_GRAPH_IN_INTEGERS: _objects_in_integers,
    Conversion.FACE_RESNET: lambda parts: convert_face_resnet(weights=parts[0], manifest=parts[1]),
    Conversion.FACE_RESNET_IN_INTEGERS: _identity_in_integers,
    Conversion.WEB_FONT_LATIN: lambda parts: subset_for_pages(parts[0], LATIN),
    Conversion.WEB_FONT_DEVANAGARI: lambda parts: subset_for_pages(parts[0], DEVANAGARI),
    Conversion.CONTEXT_MODULE: lambda parts: read_context_module(parts[0]),
}


def convert(conversion: Conversion, parts: Sequence[bytes]) -> bytes:
    """Make the used file from the package's files, given in the manifest's order."""
    return CONVERTERS[conversion](parts)
