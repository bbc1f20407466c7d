"""What each finding of the checks means to an author, in plain words, and what to do about it; the Hindi is in locale/hi/checks.po.

What is checked: item_bank/checks/. At length: docs/item-checks.md.
"""

from collections.abc import Mapping

from api.words import N_

# code → (what it means, what to do)
CHECK_MEANINGS: Mapping[str, tuple[str, str]] = {
    "duplicate_item": (N_("The same question is in a bank already"), N_("Use the one that is there, or say in both how they differ.")),
    "near_duplicate": (
        N_("Another question is nearly the same"),
        N_("Look at both side by side: one of them may give the other away, or be superfluous."),
    ),
    "longest_is_key": (N_("The right choice is much longer than the others"), N_("Make the choices about as long as one another.")),
    "absolute_word": (
        N_("A word like “always” or “only” is in some choices and not in others"),
        N_("Say it without that word, or use it in right and wrong choices alike."),
    ),
    "grammar_fits_key": (
        N_("The end of the question fits the right choice, and not every other one"),
        N_("Word the end so that every choice fits, for instance “a/an”."),
    ),
    "word_shared_with_key": (
        N_("A word of the question is in the right choice alone"),
        N_("Say it in another word, or use the word in a wrong choice, too."),
    ),
    "all_of_the_above": (
        N_("A choice says “all of the above”"),
        N_("Ask for all that are right, or take it out: who knows two of them knows it is right."),
    ),
    "none_of_the_above": (N_("A choice says “none of the above”"), N_("Write a choice that is wrong or right by itself.")),
    "above_is_shuffled": (N_("A choice about those above it is shuffled with them"), N_("Fix its place at the end, or do not shuffle.")),
    "same_choice_twice": (N_("Two choices say the same"), N_("Change one of them.")),
    "not_translated": (N_("A text is not in the script of its language"), N_("Translate it, or correct the language.")),
    "feedback_never_shown": (N_("A feedback shows after no response"), N_("Correct its name, or let the scoring set it.")),
    "key_out_of_reach": (N_("No candidate can give the right answer"), N_("Let the question’s limits allow the key, or correct the key.")),
    "key_breaks_limits": (
        N_("The right answer breaks a limit of its own question"),
        N_("Let the pattern or the least number of choices allow the key."),
    ),
    "best_never_reached": (N_("No response earns the best score"), N_("Correct the best score, or the scoring.")),
    "key_is_not_best": (N_("Another response earns more than the right answer"), N_("Correct the key, or the scoring.")),
}
