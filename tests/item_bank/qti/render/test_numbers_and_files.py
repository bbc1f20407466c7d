"""Slider, media, upload, drawing, end attempt, custom interactions, and what nobody can show."""

import pytest

from tests.item_bank.qti.render.html import all_of, item, one, problems, response, sample, shown

SLIDER = '<qti-slider-interaction response-identifier="RESPONSE" lower-bound="0" upper-bound="10" {}/>'


def test_a_slider_is_no_answer_until_it_is_moved() -> None:
    range_, output = one(shown(sample("slider")), "//input"), one(shown(sample("slider")), "//output")

    assert (range_.get("min"), range_.get("max"), range_.get("step"), range_.get("value")) == ("0", "100", "5", "0")
    assert range_.get("data-untouched") is not None
    assert output.text_content() == "Not answered yet"


def test_a_slider_that_was_moved_stands_where_it_was_left() -> None:
    html = shown(sample("slider"), response="75")

    assert one(html, "//input").get("value") == "75"
    assert one(html, "//input").get("data-untouched") is None
    assert one(html, "//output").text_content() == "75"


@pytest.mark.parametrize(
    ("said", "base_type", "step"),
    [("", "integer", "1"), ("", "float", "any"), ('step="2.5"', "float", "2.5"), ('step="0"', "integer", "1")],
)
def test_the_step_of_a_slider(said: str, base_type: str, step: str) -> None:
    assert one(shown(item(SLIDER.format(said), responses=response(base_type))), "//input").get("step") == step


def test_a_slider_says_its_marks_its_orientation_and_which_way_it_runs() -> None:
    html = shown(item(SLIDER.format('step="5" step-label="true" orientation="vertical" reverse="true"'), responses=response("integer")))

    assert [mark.text_content() for mark in all_of(html, "//span[@class='qti-marks']/span")] == ["10", "5", "0"]
    assert one(html, "//div[@data-kind-of='slider']").get("data-orientation") == "vertical"
    assert one(html, "//input").get("dir") == "rtl"
    assert "From 0 to 10." in html


def test_a_sound_is_played_by_the_candidate_and_its_plays_are_counted() -> None:
    html = shown(sample("media"), response={"PLAYS": 2, "RESPONSE": None})
    counter = one(html, "//input[@type='hidden']")

    assert one(html, "//audio/source").get("src") == "/files/media/tones.wav"
    assert one(html, "//audio").get("controls") is not None
    assert (counter.get("value"), counter.get("data-kind"), counter.get("data-min"), counter.get("data-max")) == ("2", "plays", "1", "3")
    assert "Times to play it: 1 to 3." in html


def test_a_recording_that_we_do_not_serve_says_so() -> None:
    assert "recording not available" in shown(sample("media"), address=lambda _: None)


def test_a_file_control_says_what_it_takes_and_what_was_handed_in() -> None:
    html = shown(sample("upload"), response={"RESPONSE": {"name": "note.pdf", "media_type": "application/pdf", "data": "AAAA"}})

    assert one(html, "//input").get("accept") == "application/pdf,image/png,image/jpeg"
    assert one(html, "//label").get("for") == one(html, "//input").get("id")
    assert one(html, "//output").text_content() == "note.pdf"
    assert "Kinds of file: PDF, PNG, JPEG." in html
    assert "AAAA" not in html


def test_a_drawing_has_its_picture_and_a_hidden_file_control_with_a_name() -> None:
    html = shown(sample("drawing"))

    assert one(html, "//figure/img").get("src") == "/files/media/hall.svg"
    assert one(html, "//div[@hidden]//input").get("data-kind") == "file"
    assert problems(html) == []


def test_a_hint_is_a_button_that_sends_no_form() -> None:
    button = one(shown(sample("end-attempt")), "//button")

    assert (button.get("type"), button.get("value"), button.get("data-kind")) == ("button", "true", "button")
    assert button.text_content() == "Show a hint (costs one mark)"


def test_a_custom_interaction_is_said_not_to_be_supported_in_every_language_with_its_words() -> None:
    html = shown(sample("custom"))

    assert one(html, "//p[@lang='en']").text_content() == "This kind of question is not supported here."
    assert one(html, "//p[@lang='hi']").text_content() == "इस प्रकार का प्रश्न यहाँ समर्थित नहीं है।"
    assert "The Constitution began with eight Schedules" in html
    assert all_of(html, "//*[@data-response]") == []


def test_what_nobody_here_knows_is_said_with_its_words() -> None:
    unknown = '<qti-new-interaction response-identifier="RESPONSE" label="L"><x>zz</x></qti-new-interaction>'
    html = shown(item(f'<p>a <blink title="T">b <i>c</i></blink></p>{unknown}'))

    assert "(A part of this question cannot be shown here.)</span> T b c" in html
    assert "(A part of this question cannot be shown here.)</span> L" in html
    assert "zz" not in html
