"""Pictures, sounds and films that will not show: what an item refers to, held against what lies beside it."""

from collections.abc import Iterator, Mapping

from item_bank.checks.findings import Finding
from item_bank.items import plain_path
from item_bank.qti.model import QtiItem
from item_bank.qti.package.checks import FITS
from item_bank.qti.package.references import MEDIA, Use, references


def broken_files(lang: str, item: QtiItem, files: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is on another machine, and what is not of the kind that its place shows; what is not there at all says readiness.py."""
    for reference in references(item.root):
        address = reference.address
        if reference.use not in MEDIA or reference.use is Use.STYLE or address.startswith(("#", "data:")):
            continue
        if "://" in address or address.startswith("//"):
            message = f"{address[:100]} is on another machine: it is not fetched and not shown"
            yield Finding(code="external_reference", message=message, lang=lang, said=address[:100])
        media_type = files.get(plain_path(address), "")
        if media_type and media_type.partition("/")[0] not in FITS[reference.use]:
            message = f"{address[:100]} is {media_type}, which cannot be shown as {reference.use}"
            yield Finding(code="wrong_media", message=message, lang=lang, said=address[:100])
