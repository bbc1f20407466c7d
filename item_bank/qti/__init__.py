"""QTI 3.0 items: read, bind, score, render. Pure: bytes and JSON in, records and text out.

reader      XML bytes → model.QtiItem, or a refusal that names the line (markup and declarations are its two halves)
model       what an item is once read: declarations, body, interactions, the processing tree
values      QTI's typed values; NULL is None
binding     what a candidate's page sends → typed responses
processing  responses → outcomes, one module per family of expressions
render      the item as a candidate sees it: semantic HTML without key, mapping or processing
safe_xml    the only module that parses XML
"""
