"""What a candidate is told of what was seen and judged: plain sentences to them, never a name of a rule, never a threat.

The reviewers' own words for the same things are wording.py's. Marked here, translated where they are shown.
"""

from collections.abc import Mapping

from api.words import N_

SEEN: Mapping[str, str] = {
    "nobody": N_("For a while nobody was in the picture."),
    "several_people": N_("More than one person was in the picture."),
    "different_person": N_("The face in the picture looked unlike the one at check-in."),
    "phone": N_("Something in the picture looked like a phone."),
    "book": N_("Something in the picture looked like a book."),
    "screen": N_("Something in the picture looked like a second screen."),
    "looking_away": N_("You looked away from the screen for a long time."),
    "talking": N_("A voice was heard for a long time."),
    "challenge_failed": N_("The camera check did not show what it asked for."),
    "camera_switched": N_("The camera changed during the exam."),
    "chain_broken": N_("Some pictures did not fit the ones before them."),
    "face_not_seen": N_("Your face could not be seen."),
    "covered": N_("The camera was covered."),
    "too_dark": N_("The picture was too dark."),
    "feed_gap": N_("No pictures arrived."),
}
"""What was seen, by the kind of incident; whose it was and why it was so, nobody has decided."""

THOUGHT: Mapping[str, str] = {
    "left_the_seat": N_("that you left your seat without leave"),
    "help_from_another": N_("that another person helped you"),
    "another_candidate": N_("that somebody else sat the exam"),
    "forbidden_material": N_("that you had material or a device that is not allowed"),
    "other": N_("that it was against the rules in another way"),
}
"""What a person who judged against the candidate thinks, by the reason from their list."""

CLEARED: Mapping[str, str] = {
    "not_visible": N_("What the machine pointed at is not in the pictures."),
    "ordinary": N_("It was ordinary behaviour."),
    "technical": N_("It was the camera, the light or the connection."),
    "permitted": N_("It was allowed."),
    "other": N_("They found nothing to hold against you."),
}
"""Why a person found nothing, by the reason from their list."""

OUTCOMES: Mapping[str, str] = {
    "unflagged": N_("Nothing was flagged, and enough of your exam could be watched. Your exam counts."),
    "cleared": N_("People have looked at everything that was flagged. Nothing is held against you, and your exam counts."),
    "adverse": N_("Two people decided that something was against the rules. The certificate of this exam is not issued."),
    "enough_seen": N_("Less could be watched than the exam asks for, and a person decided that it was enough. Your exam counts."),
}
"""What was decided about a whole sitting."""
