"""Which module writes which block: one table."""

from collections.abc import Callable, Mapping

from item_bank.qti import model
from item_bank.qti.render import choices, feedback, files, graphics, markup, matching, numbers, others, points, texts
from item_bank.qti.render.sheet import Sheet

_WRITERS: Mapping[type, Callable[..., str]] = {
    model.Markup: markup.markup,
    model.Feedback: feedback.feedback,
    model.PrintedVariable: feedback.printed_variable,
    model.RubricBlock: feedback.rubric,
    model.Gap: matching.gap,
    model.Hottext: choices.hottext,
    model.Unsupported: others.unsupported,
    model.ChoiceInteraction: choices.choice,
    model.InlineChoiceInteraction: choices.inline_choice,
    model.HottextInteraction: choices.hottext_interaction,
    model.TextEntryInteraction: texts.text_entry,
    model.ExtendedTextInteraction: texts.extended_text,
    model.OrderInteraction: matching.order,
    model.AssociateInteraction: matching.associate,
    model.MatchInteraction: matching.match,
    model.GapMatchInteraction: matching.gap_match,
    model.HotspotInteraction: graphics.hotspot,
    model.GraphicOrderInteraction: graphics.graphic_order,
    model.GraphicAssociateInteraction: graphics.graphic_associate,
    model.GraphicGapMatchInteraction: graphics.graphic_gap_match,
    model.SelectPointInteraction: points.select_point,
    model.PositionObjectInteraction: points.position_object,
    model.SliderInteraction: numbers.slider,
    model.MediaInteraction: files.media,
    model.UploadInteraction: files.upload,
    model.DrawingInteraction: files.drawing,
    model.EndAttemptInteraction: others.end_attempt,
    model.CustomInteraction: others.custom,
}


def write(sheet: Sheet, block: model.Block) -> str:
    """Write one block that is not text."""
    return _WRITERS[type(block)](sheet, block)
