"""What a candidate's page sends, as JSON → typed QTI responses.

given         the shapes that a response may come in: bare values, lists, 1EdTech's JSON, files, records
atoms         one entry → one typed atom
records       what was typed into a field whose response is a record
files         a file as JSON: its size, its name, what it may be
constraints   what no page of ours can send: no such choice, too many, wrong pair, outside the picture …
shortcomings  what a candidate may still leave as it is: too few choices, a pattern that is not met, a required gap

null, "" and [] mean not answered. Strict binding refuses the whole response at the first misfit; lenient binding keeps what fits and
refuses nothing. WrongResponse names the `response` and the `problem`: unknown_response, unnamed_response, no_interaction; wrong_shape,
wrong_cardinality, wrong_type, not_text, too_long, too_many; no_such_choice, chosen_twice, wrong_pair, paired_twice, used_too_often;
outside_picture, out_of_range, off_step; not_a_file, bad_file_name, file_too_large, wrong_file_type. Which texts and numbers are the same:
../text.py.
"""

from item_bank.qti.binding.bind import bind, typed
from item_bank.qti.binding.files import MAX_FILE_BYTES
from item_bank.qti.binding.shortcomings import shortcomings

__all__ = ["MAX_FILE_BYTES", "bind", "shortcomings", "typed"]
