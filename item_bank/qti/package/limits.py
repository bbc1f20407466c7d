"""How large a package may be. One place for all limits, so that a deployment's page can name them."""

MAX_ARCHIVE_BYTES = 500_000_000  # the zip itself
MAX_TOTAL_BYTES = 500_000_000  # all files together, unpacked
MAX_FILE_BYTES = 50_000_000  # one file, unpacked
MAX_PICTURE_BYTES = 20_000_000  # one picture: a candidate's browser has to load it
MAX_PIXELS = 50_000_000  # one picture, unpacked in that browser's memory
MAX_FILES = 20_000
MAX_DIRECTORY_BYTES = 8_000_000  # the zip's own list of its files
MAX_RATIO = 200  # unpacked to packed, of a file above FREE_OF_RATIO
FREE_OF_RATIO = 1_000_000
MAX_PATH = 400  # characters
MAX_FOLDERS = 30  # one inside another
MAX_PROBLEMS_OF_A_FILE = 100  # the rest is counted
