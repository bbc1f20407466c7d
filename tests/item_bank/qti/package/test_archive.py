"""Zips from strangers: each is refused with its code, in bounded time, and nothing else of it is read."""

import io
import tracemalloc
import zipfile
import zlib

import pytest

from assessment_engine.kernel.errors import AssessmentError, TooLarge, UnreadableFile
from item_bank.qti.package import limits, open_folder, open_package
from item_bank.qti.problems import megabytes
from tests.item_bank.qti.package.zips import ITEM, central, deflated, local, raw_zip, zipped


def refused(content: bytes) -> AssessmentError:
    """Open a package that must be refused."""
    with pytest.raises((UnreadableFile, TooLarge)) as caught:
        open_package(content)
    return caught.value


def with_entry(info: zipfile.ZipInfo, content: bytes = b"x") -> bytes:
    """A zip of one entry with these headers."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(info, content)
    return target.getvalue()


def test_an_honest_zip_opens_and_its_files_are_read_one_by_one() -> None:
    package = open_package(zipped({"item.xml": ITEM, "images/a.txt": b"words"}))

    assert sorted(package.files) == ["images/a.txt", "item.xml"]
    assert package.files["item.xml"] == ITEM
    assert package.files.size("images/a.txt") == 5


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip at all", zipped({"a.xml": ITEM})[:-10], b"PK\x05\x06" + b"\x00" * 10])
def test_what_is_no_zip_or_a_cut_one_is_refused(content: bytes) -> None:
    assert refused(content).details["problem"] in ("not_a_zip", "damaged_zip")


@pytest.mark.parametrize(
    "name",
    [
        "../evil.xml",
        "items/../../evil.xml",
        "/etc/passwd",
        "C:/evil.xml",
        "c:evil.xml",
        "a\\..\\b.xml",
        "a//b.xml",
        "a/./b.xml",
        "a\x07.xml",
        "x" * 500,
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    error = refused(zipped({name: ITEM}))

    assert error.details["problem"] == "unsafe_path"
    assert error.details["file"] == name.replace("\\", "/")


@pytest.mark.parametrize(("name", "read"), [("items\\a.xml", "items/a.xml"), ("./items/a.xml", "items/a.xml")])
def test_names_as_old_tools_write_them_are_read(name: str, read: str) -> None:
    assert list(open_package(zipped({name: ITEM})).files) == [read]


def test_a_name_with_a_nul_is_refused() -> None:
    packed = deflated(ITEM)
    name, crc = b"item.xml\x00.png", zlib.crc32(ITEM)
    made = raw_zip(local(name, packed, len(ITEM), crc), listed=(central(name, len(packed), len(ITEM), crc, 0),))

    assert refused(made).details["problem"] == "unsafe_path"


@pytest.mark.parametrize(
    ("first", "second"), [("a.xml", "a.xml"), ("a.xml", "A.XML"), ("é.xml", "e\u0301.xml"), ("straße.xml", "STRASSE.xml")]
)
def test_two_names_that_are_one_file_somewhere_are_refused(first: str, second: str) -> None:
    packed, crc = deflated(ITEM), zlib.crc32(ITEM)
    entries = [local(name.encode(), packed, len(ITEM), crc) for name in (first, second)]
    places = (0, len(entries[0]))
    listed = tuple(central(name.encode(), len(packed), len(ITEM), crc, at) for name, at in zip((first, second), places, strict=True))

    assert refused(raw_zip(*entries, listed=listed)).details["problem"] == "duplicate_name"


@pytest.mark.parametrize("mode", [0o120777, 0o060644, 0o020644, 0o010644, 0o140644])
def test_links_devices_and_sockets_are_refused(mode: int) -> None:
    info = zipfile.ZipInfo("link.xml")
    info.create_system, info.external_attr = 3, mode << 16

    error = refused(with_entry(info, b"/etc/passwd"))

    assert (error.details["problem"], error.details["file"]) == ("special_file", "link.xml")


def test_an_encrypted_file_is_refused() -> None:
    packed = deflated(ITEM)
    crc = zlib.crc32(ITEM)
    made = raw_zip(local(b"a.xml", packed, len(ITEM), crc), listed=(central(b"a.xml", len(packed), len(ITEM), crc, 0, flags=1),))

    assert refused(made).details["problem"] == "encrypted"


def test_a_way_of_packing_that_is_not_read_is_refused() -> None:
    assert refused(zipped({"a.xml": ITEM}, method=zipfile.ZIP_BZIP2)).details["problem"] == "unsupported_compression"


def test_a_real_zip_bomb_is_refused_unread() -> None:
    bomb = zipped({"bomb.xml": b"\x00" * 40_000_000})
    assert len(bomb) < 50_000

    tracemalloc.start()
    error = refused(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (error.details["problem"], error.details["file"]) == ("zip_bomb", "bomb.xml")
    assert peak < 2_000_000


def test_a_bomb_whose_header_lies_stops_at_what_the_header_says() -> None:
    packed = deflated(b"\x00" * 40_000_000)
    promised = 1000
    crc = zlib.crc32(b"\x00" * promised)
    made = raw_zip(local(b"a.xml", packed, promised, crc), listed=(central(b"a.xml", len(packed), promised, crc, 0),))
    package = open_package(made)

    tracemalloc.start()
    with pytest.raises(UnreadableFile) as caught:
        package.files["a.xml"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert caught.value.details["problem"] == "size_mismatch"
    assert peak < 1_000_000


def test_files_that_share_their_bytes_are_refused() -> None:
    content = b"\x00" * 100_000
    packed, crc = deflated(content), zlib.crc32(content)
    kernel = local(b"a", packed, len(content), crc)
    listed = tuple(central(name, len(packed), len(content), crc, 0) for name in (b"a", b"b", b"c"))

    error = refused(raw_zip(kernel, listed=listed))

    assert error.details["problem"] == "overlapping_entries"


def test_a_quoted_bomb_is_refused() -> None:
    """Each file quotes the header of the next one as stored bytes (Fifield 2019): all end in the same kernel."""
    content = b"\x00" * 100_000
    packed, crc = deflated(content), zlib.crc32(content)
    kernel = local(b"b", packed, len(content), crc)
    quote = b"\x00" + len(kernel[:31]).to_bytes(2, "little") + (0xFFFF ^ len(kernel[:31])).to_bytes(2, "little")
    outer = local(b"a", quote + kernel, len(content) + 31, 0)[: -len(kernel)]
    listed = (central(b"a", len(quote) + len(kernel), len(content) + 31, 0, 0), central(b"b", len(packed), len(content), crc, len(outer)))

    assert refused(raw_zip(outer, kernel, listed=listed)).details["problem"] == "overlapping_entries"


def test_more_files_than_there_may_be_are_refused_before_they_are_listed() -> None:
    made = raw_zip(listed=(), count=limits.MAX_FILES + 1)

    error = refused(made)

    assert isinstance(error, TooLarge)
    assert error.details["problem"] == "too_many_files"


def test_a_file_of_a_hundred_megabytes_is_refused_by_what_the_list_says() -> None:
    made = raw_zip(local(b"a.mp4", b"", 100_000_000, 0), listed=(central(b"a.mp4", 90_000_000, 100_000_000, 0, 0),))

    error = refused(made)

    assert (error.code, error.details["problem"], error.details["file"]) == ("too_large", "too_large", "a.mp4")


def test_too_much_altogether_is_refused() -> None:
    names = tuple(f"{number}.mp4".encode() for number in range(11))
    made = raw_zip(listed=tuple(central(name, 49_000_000, 49_000_000, 0, 0, method=0) for name in names))

    assert refused(made).details["problem"] == "too_large"


def test_a_wrong_checksum_is_found_when_the_file_is_read() -> None:
    made = bytearray(zipped({"a.xml": ITEM}, method=zipfile.ZIP_STORED))
    made[60] ^= 1

    package = open_package(bytes(made))

    with pytest.raises(UnreadableFile) as caught:
        package.files["a.xml"]
    assert (caught.value.details["problem"], caught.value.details["file"]) == ("damaged_file", "a.xml")


def test_bytes_that_are_not_packed_rightly_are_found_when_the_file_is_read() -> None:
    packed = b"\xff" * 30
    made = raw_zip(local(b"a.xml", packed, 100, 0), listed=(central(b"a.xml", len(packed), 100, 0, 0),))

    with pytest.raises(UnreadableFile) as caught:
        open_package(made).files["a.xml"]

    assert caught.value.details["problem"] == "damaged_file"


def test_what_a_system_leaves_in_a_folder_is_left_out_and_listed() -> None:
    files = {"a.xml": ITEM, "__MACOSX/._a.xml": b"x", ".DS_Store": b"x", "b/Thumbs.db": b"x", ".git/config": b"x", "~$a.docx": b"x"}

    package = open_package(zipped(files))

    assert list(package.files) == ["a.xml"]
    assert sorted(problem.file for problem in package.problems if problem.code == "left_out") == sorted(set(files) - {"a.xml"})


def test_a_zip_inside_is_a_file_like_any_other() -> None:
    inner = zipped({"bomb.xml": b"\x00" * 40_000_000})

    package = open_package(zipped({"a.xml": ITEM, "inner.zip": inner}))

    assert package.files["inner.zip"] == inner


def test_a_name_in_utf8_without_its_flag_is_read_as_utf8() -> None:
    name = "प्रश्न.xml".encode()
    crc = zlib.crc32(ITEM)
    packed = deflated(ITEM)
    made = raw_zip(local(name, packed, len(ITEM), crc), listed=(central(name, len(packed), len(ITEM), crc, 0),))

    assert list(open_package(made).files) == ["प्रश्न.xml"]


@pytest.mark.parametrize("name", ["../a.xml", "/a.xml", "a\\b.xml"])
def test_loose_files_are_trusted_as_little(name: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        open_folder({name: ITEM})

    assert caught.value.details["problem"] == "unsafe_path"


def test_a_loose_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(TooLarge) as caught:
        open_folder({"a.mp4": b"\x00" * (limits.MAX_FILE_BYTES + 1)})

    assert caught.value.details["file"] == "a.mp4"


@pytest.mark.parametrize(("size", "said"), [(50_000_000, "50 MB"), (50_000_001, "50.01 MB"), (8_000_000, "8 MB"), (1, "0.01 MB")])
def test_a_size_over_a_limit_never_reads_like_the_limit(size: int, said: str) -> None:
    assert megabytes(size) == said
