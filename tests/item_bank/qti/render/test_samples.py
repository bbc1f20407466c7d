"""The demonstration's samples: valid QTI 3.0, one of every kind in two languages, scored as their keys say, their pictures all there."""

from collections.abc import Mapping

import pytest
from lxml import etree

from assessment_engine.services.samples import FOLDER, KINDS, LANGUAGES, sample_files, samples
from item_bank.qti import model
from item_bank.qti.processing import copy_of, score
from item_bank.qti.reader import parse
from item_bank.qti.validity import findings
from item_bank.qti.values import TRUE, BaseType, Value, single
from tests.item_bank.qti.render.html import all_of, sample, shown

HUMAN = ("extended-text", "upload", "drawing")
EVERY_KIND = {kind for kind in vars(model).values() if isinstance(kind, type) and issubclass(kind, model.Interaction)} - {model.Interaction}


def asked(interaction: model.Interaction) -> list[object]:
    """What an interaction asks for, without its words."""
    choices = [getattr(interaction, name, ()) for name in ("choices", "sources", "targets")]
    places = [(place.identifier, place.area) for place in getattr(interaction, "hotspots", ())]
    return [type(interaction), interaction.response, [[choice.identifier for choice in each] for each in choices], places]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_there_is_a_sample_of_every_interaction(lang: str) -> None:
    assert {type(each) for kind in KINDS for each in sample(kind, lang).interactions} == EVERY_KIND


def test_every_file_is_in_the_gallery() -> None:
    names = {f"{kind}.{lang}.xml" for kind in (*KINDS, "stimulus-passage") for lang in LANGUAGES}

    assert {entry.name for entry in FOLDER.iterdir()} == {*names, "media"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_sample_is_valid(kind: str) -> None:
    found = samples()[kind]
    files = [*found.variants.values(), *(xml for by_href in found.stimuli.values() for xml in by_href.values())]
    codes = {problem.code for xml in files for problem in findings(parse(xml))}

    assert codes == ({"custom_interaction"} if kind == "custom" else set())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in HUMAN])
def test_the_right_answer_is_worth_everything_and_none_nothing(kind: str, lang: str) -> None:
    one = sample(kind, lang)
    copy = copy_of(one, seed=5)
    right = {name: copy.corrects.get(name, declared.correct) for name, declared in one.responses.items()}
    nothing: Mapping[str, Value | None] = dict.fromkeys(one.responses)

    assert score(one, right, seed=5).score == score(one, right, seed=5).max_score
    assert score(one, nothing, seed=5).score == 0


def test_a_hint_costs_a_mark_and_what_follows_is_said() -> None:
    one = sample("end-attempt")
    hinted = score(one, {"HINT": TRUE, "RESPONSE": None})
    right = score(one, {"HINT": None, "RESPONSE": single(BaseType.IDENTIFIER, "B")}, before=hinted.values)

    assert "about one month" in shown(one, values=hinted.values)
    assert (hinted.score, right.score) == (0, 1)
    assert "about one month" not in shown(one, values=right.values)


@pytest.mark.parametrize("kind", KINDS)
def test_both_languages_ask_the_same(kind: str) -> None:
    """Keys and places are the same; words differ, and so may the key of a word that is typed."""
    english, hindi = sample(kind, "en"), sample(kind, "hi")

    assert [asked(each) for each in english.interactions] == [asked(each) for each in hindi.interactions]
    assert english.processing == hindi.processing
    for name, declared in english.responses.items():
        assert hindi.responses[name].mapping == declared.mapping
        assert hindi.responses[name].correct == declared.correct or declared.base_type is BaseType.STRING


def test_every_picture_and_sound_that_a_sample_names_is_there() -> None:
    named = {
        path.removeprefix("/files/") for kind in KINDS for lang in LANGUAGES for path in all_of(shown(sample(kind, lang), lang), "//@src")
    }

    assert named == set(sample_files())


def test_our_pictures_are_plain_svg() -> None:
    for name, content in sample_files().items():
        if name.endswith(".svg"):
            root = etree.fromstring(content)

            assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
            assert {etree.QName(each).localname for each in root.iter()} <= {"svg", "rect", "path", "circle", "ellipse", "text"}
