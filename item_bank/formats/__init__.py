"""Other formats than QTI, in and out: GIFT, Moodle XML, Aiken, CSV, XLSX and Sunbird's QuML. Pure: bytes in, records out.

questions    what all of them can say: one interaction, one response, worths (docs/adr/0047)
findings     what is wrong, with the author's line; bytes that are no text
content      words between plain text, HTML and QTI
rules        how a question is scored, as QTI's rules       scoring   …, read back from an item
to_qti       a question as a QTI item                       of_qti    an item as a question
reading      what readers share                             writing   what writers share
media        files inside a file                            trees     XML with little trust

gift_text, gift                     moodle_xml, moodle_xml_writing     aiken
tables, table_writing (the template of docs/formats.md)     csv_text   xlsx, xlsx_writing
quml, quml_body, quml_facts, quml_page, quml_writing

template     the examples that authors begin with
table        the formats by name
imports      a file as a package of QTI items               exports   items as a file
"""

from item_bank.formats.exports import Exported, export_as
from item_bank.formats.imports import package_of
from item_bank.formats.table import FORMATS, Format, guess
from item_bank.formats.template import template_as

__all__ = ["FORMATS", "Exported", "Format", "export_as", "guess", "package_of", "template_as"]
