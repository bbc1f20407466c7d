"""QTI 2.1, 2.2 and 3.0: read, judge, bind, score, render, write. Pure: bytes and JSON in, records and text out.

Rooms, from the ground up; each knows only those above it in this list (the contract "questions" in pyproject.toml):

text, values  when two texts are the same (ADR 17); QTI's typed values, NULL is None
patterns      XML Schema's regular expressions, in bounded time; pattern_language reads them
model         what files say, as records, and nodes in QTI 3.0's names whatever the version
problems      what is wrong with a file: where, by which clause, what to do
reader        XML bytes → records; tolerant; safe_xml is the only module that parses XML
validity      what breaks which clause, from tables of our own (ADR 15)
binding       what a candidate's page sends → typed responses
processing    responses → outcomes: one module per family of expressions, compiled once, run often; template processing
writer        records' nodes → QTI 3.0, 2.2 or 2.1
session       one candidate's attempts at an item, and at a whole test
render        the item as a candidate sees it: semantic HTML without key, mapping or processing
package       zips, folders and manifests in and out; the plan of an import (ADR 18)
"""
