"""Makes the documents' pictures small, and one sheet of every kind of question: python take.py FROM TO, after the browser tests."""

import sys
from pathlib import Path

from PIL import Image, ImageOps

PICTURES = {
    "candidate": "exam-1-question-en",
    "invigilator": "invigilator-3-wall-flag",
    "cell": "cell-dialog-publish",
    "questions": "questions-gaps",
    "questions-gallery": "questions-gallery",
    "questions-hindi": "questions-hindi",
}
WIDE = (960, 645)
COLUMN, MARGIN, GAP, COLUMNS = 420, 16, 24, 3


def small(picture: Image.Image) -> Image.Image:
    """Return a page's picture as the documents show it; a telephone's is small enough."""
    return picture.resize(WIDE if picture.width > picture.height else picture.size, Image.Resampling.LANCZOS)


def sheet_of(pictures: list[Image.Image]) -> Image.Image:
    """Put pictures under one another in columns, each where there is most room."""
    heights = [GAP] * COLUMNS
    places: list[tuple[Image.Image, int, int]] = []
    for picture in pictures:
        wide = COLUMN - 2 * MARGIN
        shrunk = ImageOps.expand(
            picture.resize((wide, round(picture.height * wide / picture.width)), Image.Resampling.LANCZOS), MARGIN, "white"
        )
        column = heights.index(min(heights))
        places.append((shrunk, GAP + column * (COLUMN + GAP), heights[column]))
        heights[column] += shrunk.height + GAP
    sheet = Image.new("RGB", (GAP + COLUMNS * (COLUMN + GAP), max(heights)), "#d5dbe3")
    for shrunk, left, top in places:
        sheet.paste(shrunk, (left, top))
    return sheet


def save(picture: Image.Image, path: Path) -> None:
    """Save with few colours."""
    picture.convert("RGB").quantize(128).save(path, optimize=True)


if __name__ == "__main__":
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    for name, screen in PICTURES.items():
        with Image.open(source / f"{screen}.png") as picture:
            save(small(picture.convert("RGB")), target / f"{name}.png")
    kinds = [Image.open(path).convert("RGB") for path in sorted((source / "kinds").glob("*.png"))]
    save(sheet_of(kinds), target / "questions-kinds.png")
