"""Order, associate, match and gap match: by select and tick box."""

from tests.item_bank.qti.render.html import all_of, associable, chosen, item, match_of, one, response, sample, shown, values_of


def test_every_entry_of_an_order_has_a_list_of_places() -> None:
    html = shown(sample("order"), response={"RESPONSE": ["A", "B", "D", "C"]})

    assert {select.get("data-order"): chosen(select) for select in all_of(html, "//li/select")} == {"A": "1", "B": "2", "D": "3", "C": "4"}
    assert values_of(all_of(html, "//select")[0]) == ["", "1", "2", "3", "4"]
    assert one(html, "//select[@data-order='A']").get("aria-label") == "Place of Introduction"
    assert one(html, "//li[@data-choice='A']//*[@data-text]").text_content() == "Introduction"


def test_an_order_of_some_has_as_many_places_as_may_be_given() -> None:
    body = '<qti-order-interaction response-identifier="RESPONSE" min-choices="1" max-choices="2">{}</qti-order-interaction>'
    choices = "".join(f'<qti-simple-choice identifier="{name}">{name}</qti-simple-choice>' for name in "ABC")
    html = shown(item(body.format(choices), responses=response("identifier", "ordered")))

    assert values_of(all_of(html, "//select")[0]) == ["", "1", "2"]
    assert "Entries to place: 1 to 2; 1 is the first." in html


def test_pairs_are_rows_of_two_lists() -> None:
    html = shown(sample("associate"), response={"RESPONSE": ["VARANASI GANGA"]})
    rows = [[chosen(select) for select in row.iter("select")] for row in all_of(html, "//ol/li")]

    assert rows == [["VARANASI", "GANGA"], ["", ""], ["", ""]]
    assert [(each.get("data-row"), each.get("data-part")) for each in all_of(html, "//select")][:3] == [
        ("1", "first"),
        ("1", "second"),
        ("2", "first"),
    ]
    assert all_of(html, "//select/@aria-label")[:2] == ["Pair 1, one", "Pair 1, the other"]


def test_choices_that_are_more_than_words_stand_before_the_lists() -> None:
    choices = '<qti-simple-associable-choice identifier="A" match-max="1"><img src="a.png" alt="A flag"/></qti-simple-associable-choice>'
    html = shown(
        item(
            f'<qti-associate-interaction response-identifier="RESPONSE">{choices}</qti-associate-interaction>',
            responses=response("pair", "multiple"),
        )
    )

    assert one(html, "//ul[@class='qti-choices']//img").get("src") == "/files/a.png"
    assert all_of(html, "//option/text()") == ["Choose …", "A flag", "Choose …", "A flag"]


def test_a_match_is_a_table_of_boxes_with_full_names() -> None:
    html = shown(sample("match"), response={"RESPONSE": ["FC  A280"]})

    assert [each.text_content() for each in all_of(html, "//thead//th[@scope='col']")] == [
        "Article 148",
        "Article 280",
        "Article 315",
        "Article 356",
    ]
    assert len(all_of(html, "//tbody//input[@type='checkbox']")) == 12
    assert one(html, "//input[@checked]").get("value") == "FC A280"
    assert one(html, "//input[@checked]").get("aria-label") == "Finance Commission – Article 280"
    assert one(html, "//tbody//th[@data-choice='FC']").get("data-max") == "1"


def test_a_match_of_one_pair_is_a_table_of_radio_buttons() -> None:
    html = shown(item(match_of(associable("A"), associable("B")), responses=response("directedPair")))

    assert all_of(html, "//tbody//input/@type") == ["radio"]


def test_a_match_group_leaves_out_the_cells_that_cannot_be() -> None:
    body = match_of(associable("A", 'match-group="X"'), associable("X") + associable("Y"))
    html = shown(item(body, responses=response("directedPair", "multiple")))

    assert all_of(html, "//tbody//input/@value") == ["A X"]


def test_every_gap_is_a_list_in_its_sentence() -> None:
    html = shown(sample("gap-match"), response={"RESPONSE": ["PAC G1", "NITI G3"]})
    gaps = all_of(html, "//blockquote//p//select")

    assert {gap.get("data-second"): chosen(gap) for gap in gaps} == {"G1": "PAC", "G2": "", "G3": "NITI"}
    assert [gap.get("aria-label") for gap in gaps] == ["Gap 1", "Gap 2", "Gap 3"]
    assert values_of(gaps[0]) == ["", "CAG", "EST", "PAC", "NITI"]
    assert one(html, "//ul[@class='qti-choices']/li[1]").get("data-choice") == "CAG"
    assert one(html, "//ul[@class='qti-choices']/li[1]").get("data-max") == "1"


def test_pictures_for_gaps_are_shown_and_named() -> None:
    body = (
        '<qti-gap-match-interaction response-identifier="RESPONSE">'
        '<qti-gap-img identifier="A" match-max="0"><img src="a.png" alt="An elephant"/></qti-gap-img>'
        '<p>It is <qti-gap identifier="G"/>.</p></qti-gap-match-interaction>'
    )
    html = shown(item(body, responses=response("directedPair", "multiple")))

    assert one(html, "//li[@data-choice='A']/img").get("src") == "/files/a.png"
    assert one(html, "//li[@data-choice='A']").get("data-max") == "0"
    assert all_of(html, "//option/text()") == ["Choose …", "An elephant"]


def test_a_gap_that_a_template_hides_is_not_there() -> None:
    body = (
        '<qti-gap-match-interaction response-identifier="RESPONSE"><qti-gap-text identifier="A" match-max="1">a</qti-gap-text>'
        '<p>x <qti-gap identifier="G" template-identifier="T" show-hide="show"/> y</p></qti-gap-match-interaction>'
    )

    assert all_of(shown(item(body, responses=response("directedPair", "multiple"))), "//select") == []
