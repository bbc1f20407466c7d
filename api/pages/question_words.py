"""What the script of a question says (static/question_*.js, keyboard.js), in every language.

A question speaks its own language, whatever the language of the page around it.
"""

from collections.abc import Mapping

from api.words import LANGUAGES, N_, words

QUESTION_WORDS: Mapping[str, str] = {
    "at_most": N_("You can choose at most %(n)s. Take one back first."),
    "chosen": N_("%(n)s of %(most)s chosen"),
    "as_list": N_("As a list"),
    "as_numbers": N_("As numbers"),
    "order_hint": N_("Not answered yet. Move something, or keep the order as it stands."),
    "place_choices": N_("Place the ones that you want, in your order."),
    "keep_order": N_("This order is my answer"),
    "move_up": N_("Move up: %(name)s"),
    "move_earlier": N_("Move earlier: %(name)s"),
    "move_later": N_("Move later: %(name)s"),
    "move_down": N_("Move down: %(name)s"),
    "place": N_("Place next: %(name)s"),
    "take_back": N_("Take back: %(name)s"),
    "now_at": N_("%(name)s: place %(n)s of %(total)s"),
    "now_nowhere": N_("%(name)s: no place now"),
    "at_place": N_("%(name)s: number %(n)s"),
    "press_in_order": N_("Press the places in your order. Pressing one again takes its number away."),
    "press_two": N_("Press two places to join them."),
    "first_of_two": N_("%(name)s. Now press the place that it goes with."),
    "shape_full": N_("%(name)s can be joined %(n)s times at most."),
    "joined": N_("Joined: %(first)s and %(second)s"),
    "parted": N_("No longer joined: %(first)s and %(second)s"),
    "part_pair": N_("Take back: %(first)s and %(second)s"),
    "words_to_place": N_("What can be placed"),
    "carry_hint": N_("Drag each one to its place, or press it and then the place."),
    "pick_first": N_("First press what you want to put here."),
    "does_not_fit": N_("%(name)s cannot go there."),
    "used_more": N_("%(name)s can be used %(n)s times at most; it has left its other place."),
    "used_one": N_("%(name)s can be used once; it has left its other place."),
    "put_on": N_("%(name)s is now on %(place)s."),
    "taken_from": N_("%(name)s is taken from %(place)s."),
    "empty_place": N_("empty"),
    "moved_one": N_("Taken back, because only one fits: %(name)s"),
    "not_answered_yet": N_("not answered yet"),
    "not_answered_at": N_("%(n)s, not answered yet"),
    "answer_with": N_("Answer with %(n)s"),
    "take_answer_back": N_("Take the answer back"),
    "played_out": N_("Played %(n)s of %(most)s times. It cannot be played again."),
    "played_of": N_("Played %(n)s of %(most)s times."),
    "play_at_least": N_("Played %(n)s times; play it at least %(least)s times."),
    "played": N_("Times played: %(n)s"),
    "set_point": N_(
        "Press the place on the picture. With the keyboard: arrow keys move the cross, with Shift in "
        "larger steps; Enter sets the point, Delete takes it back."
    ),
    "place_object": N_(
        "Press the place on the picture for: %(name)s. With the keyboard: arrow keys move the cross, "
        "with Shift in larger steps; Enter puts it there, Delete takes it back."
    ),
    "object": N_("the object"),
    "picture": N_("picture"),
    "points_full": N_("All %(n)s points are set. Take one back to set another."),
    "point_set": N_("Set at %(x)s, %(y)s"),
    "point_gone": N_("The point is taken back."),
    "remove_point": N_("Take back the point at %(x)s, %(y)s"),
    "choose_file": N_("Choose a file"),
    "no_file": N_("No file chosen yet."),
    "remove_file": N_("Remove the file"),
    "file_removed": N_("The file is removed."),
    "file_taken": N_("%(name)s is taken."),
    "file_empty": N_("%(name)s is empty. Please choose another file."),
    "file_too_large": N_("%(name)s is too large: at most %(most)s. Please choose a smaller file."),
    "file_wrong_type": N_("%(name)s is of another kind than is asked for (%(accepted)s). Please choose another file."),
    "drawing_area": N_("Drawing area. %(name)s"),
    "drawing": N_("Drawing"),
    "colour": N_("Colour"),
    "colour_ink": N_("Black"),
    "colour_blue": N_("Blue"),
    "colour_red": N_("Red"),
    "colour_green": N_("Green"),
    "colour_white": N_("White"),
    "pen": N_("Pen"),
    "pen_fine": N_("Fine pen"),
    "pen_medium": N_("Medium pen"),
    "pen_broad": N_("Broad pen"),
    "undo": N_("Undo"),
    "clear_drawing": N_("Clear the drawing"),
    "drawing_gone": N_("The drawing is cleared."),
    "drawing_too_large": N_("The drawing is too large to be saved. Please take back some of it."),
    "picture_instead": N_("Hand in a picture file instead"),
    "keyboard": N_("Hindi keyboard"),
    "key_shift": N_("Shift"),
    "key_digits": N_("Digits 0–9"),
    "key_own": N_("My own keys type Hindi"),
    "key_close": N_("Close the keyboard"),
    "key_backspace": N_("Backspace"),
    "key_space": N_("Space"),
    "key_enter": N_("New line"),
    "key_zwj": N_("Joiner"),
    "key_zwnj": N_("Non-joiner"),
}


def question_words() -> dict[str, dict[str, str]]:
    """Return them by language, for the page to hand to its script."""
    return {lang: {key: words(lang).gettext(text) for key, text in QUESTION_WORDS.items()} for lang in LANGUAGES}
