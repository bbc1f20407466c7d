"""A zip file, read with no trust in it: limits are checked against what is there, not against what a header says.

Opening reads the list of files and refuses the whole package for anything hostile; a file is unpacked only when it is asked for, never
beyond its stated size, and compared with its checksum. Zips inside are files like any other: they are not opened.
"""

import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, NoReturn

from assessment_engine.kernel.errors import TooLarge, UnreadableFile
from item_bank.qti.package import limits
from item_bank.qti.package.paths import left_out, one_form, unsafe
from item_bank.qti.problems import megabytes

_LOCAL = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_LARGEST_TAIL = _END.size + 0xFFFF
_CHUNK = 65_536
_UTF8, _ENCRYPTED = 0x800, 0x1 | 0x40  # flag bits of a zip entry
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def refuse(code: str, message: str, file: str = "") -> NoReturn:
    """Refuse the whole package; raises UnreadableFile."""
    raise UnreadableFile(f"{file}: {message}" if file else message, problem=code, file=file)


def too_large(message: str, file: str = "", code: str = "too_large") -> NoReturn:
    """Refuse the whole package for its size; raises TooLarge."""
    raise TooLarge(f"{file}: {message}" if file else message, problem=code, file=file)


class Archive(Mapping[str, bytes]):
    """The files of a zip by their safe names, unpacked one at a time; `left` are those that were left out."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._end = _check_size(source)
        entries = _listed(source)
        self.left = tuple(sorted(name for name, entry in entries if left_out(name)))
        kept = {name: entry for name, entry in entries if not left_out(name)}
        for name, entry in entries:
            _check_entry(name, entry)
        _check_together(entries, self._end)
        self._entries: Mapping[str, zipfile.ZipInfo] = kept

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def size(self, name: str) -> int:
        """Return how large a file is when it is unpacked."""
        return self._entries[name].file_size

    def __getitem__(self, name: str) -> bytes:
        """Unpack a file; raises UnreadableFile when its bytes are not what its header says."""
        entry = self._entries[name]
        try:
            unpacked = self._unpacked(name, entry)
        except (zlib.error, OSError, struct.error) as error:
            raise UnreadableFile(f"{name}: it cannot be unpacked: {error}", problem="damaged_file", file=name) from error
        if zlib.crc32(unpacked) != entry.CRC:
            refuse("damaged_file", "its checksum is wrong", name)
        return unpacked

    def _unpacked(self, name: str, entry: zipfile.ZipInfo) -> bytes:
        packed = self._packed(name, entry)
        if entry.compress_type == zipfile.ZIP_STORED:
            if len(packed) != entry.file_size:
                refuse("size_mismatch", "it is not as large as its header says", name)
            return packed
        inflating = zlib.decompressobj(-zlib.MAX_WBITS)
        unpacked = inflating.decompress(packed, entry.file_size + 1)  # never more than one byte beyond what was promised
        if len(unpacked) != entry.file_size or not inflating.eof or inflating.unused_data:
            refuse("size_mismatch", "it is not as large as its header says", name)
        return unpacked

    def _packed(self, name: str, entry: zipfile.ZipInfo) -> bytes:
        self._source.seek(entry.header_offset)
        header = _LOCAL.unpack(self._source.read(_LOCAL.size))
        if header[0] != b"PK\x03\x04":
            refuse("damaged_file", "it does not stand where the list of files says", name)
        flags, method = header[2], header[3]
        if method != entry.compress_type or bool(flags & _ENCRYPTED) != bool(entry.flag_bits & _ENCRYPTED):
            refuse("size_mismatch", "its own header and the list of files do not agree", name)
        self._source.seek(header[9] + header[10], 1)  # past the name and the extra fields
        packed = self._source.read(entry.compress_size)
        if len(packed) != entry.compress_size:
            refuse("damaged_file", "the zip ends in the middle of it", name)
        return packed


def _check_size(source: BinaryIO) -> int:
    """Check the zip's size and the size of its list of files before anything is parsed; return where the files end."""
    size = source.seek(0, 2)
    if size > limits.MAX_ARCHIVE_BYTES:
        too_large(f"a package may have {megabytes(limits.MAX_ARCHIVE_BYTES)}; this one has {megabytes(size)}")
    source.seek(max(0, size - _LARGEST_TAIL))
    tail = source.read(_LARGEST_TAIL)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        refuse("not_a_zip", "this is not a zip file, or its end is missing")
    count, directory = (int(number) for number in _END.unpack_from(tail, at)[4:6])
    if count > limits.MAX_FILES and count != 0xFFFF:
        too_large(f"a package may have {limits.MAX_FILES} files; this one has {count}", code="too_many_files")
    if directory > limits.MAX_DIRECTORY_BYTES:
        too_large("the list of files is too large", code="too_many_files")
    return max(0, size - len(tail)) + at - directory


def _listed(source: BinaryIO) -> list[tuple[str, zipfile.ZipInfo]]:
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, UnicodeDecodeError, ValueError, NotImplementedError, struct.error, OSError, EOFError) as error:
        raise UnreadableFile(f"this zip file cannot be read: {error}", problem="damaged_zip") from error
    if len(entries) > limits.MAX_FILES:
        too_large(f"a package may have {limits.MAX_FILES} files; this one has {len(entries)}", code="too_many_files")
    named = [(_name(entry), entry) for entry in entries]
    return [(name, entry) for name, entry in named if not name.endswith("/") or unsafe(name) or _special(entry)]  # folders need no word


def _name(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name in NFC and with slashes: UTF-8 where it can be, whether its flag says so or not (many tools forget the flag).

    Old tools on Windows write backslashes, others begin every name with `./`; where a name leads is judged after that.
    """
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8:
        try:
            name = name.encode("cp437").decode()
        except UnicodeError:
            name = entry.orig_filename
    return unicodedata.normalize("NFC", name.replace("\\", "/")).removeprefix("./")


def _special(entry: zipfile.ZipInfo) -> bool:
    """Tell whether an entry is a link, a device or a socket (the upper half of the attributes are Unix's mode)."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    return kind not in (0, stat.S_IFREG, stat.S_IFDIR)


def _check_entry(name: str, entry: zipfile.ZipInfo) -> None:
    for wrong, code, message in _WRONG:
        if wrong(name, entry):
            refuse(code, message, name)
    if unsafe(name):
        refuse("unsafe_path", f"the name is not safe: {unsafe(name)}", name)
    if entry.file_size > limits.MAX_FILE_BYTES:
        too_large(f"a file may have {megabytes(limits.MAX_FILE_BYTES)}; this one has {megabytes(entry.file_size)}", name)
    if entry.file_size > limits.FREE_OF_RATIO and entry.file_size > limits.MAX_RATIO * max(1, entry.compress_size):
        too_large(f"it unpacks to more than {limits.MAX_RATIO} times its size: a zip bomb", name, code="zip_bomb")


_WRONG: tuple[tuple[Callable[[str, zipfile.ZipInfo], bool], str, str], ...] = (
    (lambda name, entry: entry.header_offset < 0, "damaged_zip", "the list of files says that it stands before the zip begins"),
    (lambda name, entry: _special(entry), "special_file", "links, devices and sockets are not allowed"),
    (lambda name, entry: bool(entry.flag_bits & _ENCRYPTED), "encrypted", "it is encrypted; pack it without a password"),
    (
        lambda name, entry: entry.compress_type not in _METHODS,
        "unsupported_compression",
        "it is packed in a way not read here; use deflate",
    ),
)


def _check_together(entries: list[tuple[str, zipfile.ZipInfo]], end: int) -> None:
    """Refuse files that share bytes (a quoted bomb), names that are one file somewhere, and too much altogether."""
    total = sum(entry.file_size for _, entry in entries)
    if total > limits.MAX_TOTAL_BYTES:
        too_large(f"a package may unpack to {megabytes(limits.MAX_TOTAL_BYTES)}; this one says {megabytes(total)}")
    seen: dict[str, str] = {}
    for name, _ in entries:
        form = one_form(name)
        if form in seen:
            refuse("duplicate_name", f"it has the same name as {seen[form]}", name)
        seen[form] = name
    places = sorted((entry.header_offset, name, entry) for name, entry in entries)
    for (start, name, entry), (following, _, _) in zip(places, [*places, (end, "", None)][1:], strict=True):
        if start + _LOCAL.size + len(entry.orig_filename) + entry.compress_size > following:
            refuse("overlapping_entries", "it shares its bytes with another file or with the list of files: a zip bomb", name)
