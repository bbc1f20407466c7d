"""Questions as an author writes them: fields that hold typed words, and the records of formats/questions.py, one for each language. Pure.

fields     what a form's fields are called, and how many lines it has
wording    words of a field: plain text with a few marks of HTML, and the content that they mean
reading    from fields to questions, with what is missing or does not fit, field by field
showing    from questions to fields: what is typed comes back
fitness    whether an item is one that these fields can say whole; what they cannot say is named, and never lost
pictures   files that come with the words

Not here: how a question is written as QTI (formats/to_qti.py), who may save it (services/authoring.py), what a page calls a field.
"""
