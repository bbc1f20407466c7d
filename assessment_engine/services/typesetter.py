"""The concrete Typesetter: typst with the Noto fonts that `assets fetch` brought, and no other font, file or network."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from assessment_engine.kernel.errors import Unavailable

_MAIN = "main.typ"
FONTS = (
    "font_latin/NotoSans-Regular.ttf",
    "font_latin/NotoSans-Bold.ttf",
    "font_devanagari/NotoSansDevanagari-Regular.ttf",
    "font_devanagari/NotoSansDevanagari-Bold.ttf",
)


class TypstTypesetter:
    """Sets PDF/A-3 (for keeping, with attachments) from typst source."""

    def __init__(self, fonts: Path) -> None:
        self._folder = fonts

    def pdf(self, source: str, files: Mapping[str, bytes] | None = None) -> bytes:
        """Compile, with files that the source names; raises Unavailable when the fonts are missing."""
        paths = [self._folder / name for name in FONTS]
        if not all(path.is_file() for path in paths):
            raise Unavailable("the fonts are missing; run: assessment-engine assets fetch")
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=sorted({path.parent for path in paths}))
        with TemporaryDirectory(prefix="engine-typst-") as folder:
            for name, data in {_MAIN: source.encode(), **(files or {})}.items():
                (Path(folder) / name).write_bytes(data)
            return typst.compile(Path(folder) / _MAIN, root=Path(folder), font_paths=fonts, format="pdf", pdf_standards=["a-3a"])
