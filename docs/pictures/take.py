"""Makes the README's pictures small: python take.py FROM TO, after the browser test."""

import sys
from pathlib import Path

from PIL import Image

PICTURES = {
    "candidate": "exam-1-question-en",
    "invigilator": "invigilator-3-wall-flag",
    "cell": "cell-dialog-publish",
    "questions": "questions-gaps",
    "questions-gallery": "questions-gallery",
    "questions-hindi": "questions-hindi",
}
WIDE = (960, 645)

if __name__ == "__main__":
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    for name, screen in PICTURES.items():
        with Image.open(source / f"{screen}.png") as picture:
            size = WIDE if picture.width > picture.height else picture.size  # a telephone's picture is small enough
            picture.convert("RGB").resize(size, Image.Resampling.LANCZOS).quantize(128).save(target / f"{name}.png", optimize=True)
