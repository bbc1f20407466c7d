"""Content packages: zip files and folders in, an import plan out; items in, a package out. Pure: bytes and records.

limits            how large everything may be
paths             safe names; what a reference leads to
archive           a zip that is trusted in nothing
open              zips and loose files as one Package
manifest          imsmanifest.xml, read      manifest_writing  …, written
references        which files a document refers to
media, svg        what a file is, by its content
checks            whether a file may come in
reading           one document, as it is stored
plan, planned     what an import would do: notebook (what is said), beside (files of items), targets (where tests lead)
circles           sections that refer to themselves
report            problems in words and as JSON
export            items as a package

Not here: what breaks the specification (validity/), files and folders of a disk (services/import_sources.py).
"""

from item_bank.qti.package.export import ExportedItem, ExportedPart, export_package
from item_bank.qti.package.open import looks_like_zip, open_folder, open_package
from item_bank.qti.package.plan import plan_import
from item_bank.qti.package.planned import ImportPlan, PlannedItem
from item_bank.qti.package.records import Package
from item_bank.qti.package.report import as_lines, as_record, from_record

__all__ = [
    "ExportedItem",
    "ExportedPart",
    "ImportPlan",
    "Package",
    "PlannedItem",
    "as_lines",
    "as_record",
    "export_package",
    "from_record",
    "looks_like_zip",
    "open_folder",
    "open_package",
    "plan_import",
]
