"""What each version of QTI calls its schema and its standard templates. Addresses are written, never fetched."""

from collections.abc import Mapping

from item_bank.qti.model.nodes import Version
from item_bank.qti.reader import names

NAMESPACES: Mapping[Version, str] = {Version.QTI_30: names.QTI3, Version.QTI_22: names.QTI22, Version.QTI_21: names.QTI21}
SCHEMAS: Mapping[Version, str] = {
    Version.QTI_30: "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd",
    Version.QTI_22: "http://www.imsglobal.org/xsd/qti/qtiv2p2/imsqti_v2p2.xsd",
    Version.QTI_21: "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
}
MATHML = "http://www.w3.org/1998/Math/MathML"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
PORTABLE = "http://www.imsglobal.org/xsd/portableCustomInteraction"  # QTI 2.x's portable custom interactions
_SSML: Mapping[Version, str] = {
    Version.QTI_30: "http://www.w3.org/2001/10/synthesis",
    Version.QTI_22: "http://www.w3.org/2010/10/synthesis",
    Version.QTI_21: "http://www.w3.org/2001/10/synthesis",
}

_FOLDERS: Mapping[Version, str] = {
    Version.QTI_30: "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/",
    Version.QTI_22: "http://www.imsglobal.org/question/qti_v2p2/rptemplates/",
    Version.QTI_21: "http://www.imsglobal.org/question/qti_v2p1/rptemplates/",
}


def space_of(namespace: str, version: Version) -> str:
    """Return the address of a Node's namespace in a version."""
    known = {"": NAMESPACES[version], "mathml": MATHML, "ssml": _SSML[version], "xinclude": names.XINCLUDE}
    return known.get(namespace, namespace)


def template_address(address: str, version: Version) -> str:
    """Return where a version keeps one of the standard response templates; any other address stays as it is."""
    folder, _, name = address.strip().rpartition("/")
    ours = folder.endswith("rptemplates") and "imsglobal.org" in folder
    if not ours:
        return address
    bare = name.removesuffix(".xml")
    return f"{_FOLDERS[version]}{bare}.xml" if version is Version.QTI_30 else f"{_FOLDERS[version]}{bare}"
