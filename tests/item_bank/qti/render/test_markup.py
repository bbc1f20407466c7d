"""The body: HTML, MathML, pictures, links, and where paragraphs cannot be paragraphs."""

import pytest

from item_bank.qti.reader import read_item
from tests.item_bank.qti.render.html import all_of, choices, item, one, sample, sample_stimuli, shown

MATHML = 'xmlns="http://www.w3.org/1998/Math/MathML"'


@pytest.mark.parametrize(
    "kept",
    [
        '<p dir="rtl">a</p>',
        "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>",
        "<dl><dt>a</dt><dd>b</dd></dl>",
        "<figure><figcaption>c</figcaption></figure>",
        "<details><summary>s</summary><p>d</p></details>",
        '<table><caption>c</caption><thead><tr><th scope="col" colspan="2">h</th></tr></thead></table>',
        '<table><tbody><tr><td rowspan="2">d</td></tr></tbody></table>',
        '<ol start="3" type="a"><li value="5">x</li></ol>',
        '<p><bdo dir="rtl">a</bdo><bdi>b</bdi><time datetime="2026-01-26">c</time><kbd>d</kbd><sub>e</sub><sup>f</sup></p>',
        "<blockquote><p>q</p></blockquote>",
        "<p>a<br>b<wbr>c</p><hr>",
        '<p title="y" aria-label="x">a</p>',
    ],
)
def test_html_stays(kept: str) -> None:
    written = kept.replace("<br>", "<br/>").replace("<wbr>", "<wbr/>").replace("<hr>", "<hr/>")

    assert kept in shown(item(written))


def test_the_language_of_a_part_is_html_s() -> None:
    assert '<p lang="hi">क</p>' in shown(item('<p xml:lang="hi">क</p>'))


def test_the_page_says_the_language_of_the_item() -> None:
    assert one(shown(item("<p>क</p>", lang="hi"), "en"), "//div[@class='qti-item']").get("lang") == "hi"
    assert (
        one(shown(read_item(b"<assessmentItem><itemBody><p>a</p></itemBody></assessmentItem>"), "en"), "//div[@class='qti-item']").get(
            "lang"
        )
        == "en"
    )


def test_a_body_from_right_to_left_stays_so() -> None:
    one_item = read_item(
        b'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="i" title="t" adaptive="false" timeDependent="false">'
        b'<itemBody dir="rtl" xml:lang="ur" class="qti-layout-row x"><p>a</p></itemBody></assessmentItem>'
    )

    assert '<div lang="ur" dir="rtl" class="qti-body qti-layout-row">' in shown(one_item)


def test_the_deepest_body_that_is_read_is_written() -> None:
    depth = 90

    assert shown(item("<div>" * depth + "<p>x</p>" + "</div>" * depth)).count("<div>") == depth


def test_old_html_becomes_new() -> None:
    old = read_item(
        b'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i" title="t" adaptive="false" timeDependent="false">'
        b"<itemBody><p><tt>a</tt><big>b</big><acronym>c</acronym></p><center>d</center></itemBody></assessmentItem>"
    )

    assert "<p><code>a</code><span>b</span><abbr>c</abbr></p><div>d</div>" in shown(old)


def test_a_paragraph_that_holds_a_block_is_none() -> None:
    html = shown(item("<p>a <div>b</div> c</p>"))

    assert '<div class="qti-p">a <div>b</div> c</div>' in html


def test_a_question_inside_a_paragraph_stays_where_it_is() -> None:
    html = shown(item(f"<p>a {choices('a')} b</p>"))

    assert one(html, "//div[@class='qti-p']/fieldset").tail == " b"


def test_fields_stay_in_the_middle_of_their_sentence() -> None:
    html = shown(item('<p>a <strong><qti-text-entry-interaction response-identifier="RESPONSE"/></strong> b</p>'))

    assert one(html, "//p/strong/span/input").get("data-response") == "RESPONSE"
    assert one(html, "//p/strong").tail == " b"


def test_links_open_nothing() -> None:
    assert '<p>a <span lang="hi">b</span></p>' in shown(
        item('<p><a href="https://example.org">a</a> <a href="x.html" xml:lang="hi">b</a></p>')
    )


def test_an_anchor_leads_to_its_place_and_only_on_this_page() -> None:
    html = shown(item('<p><a href="#t">see</a></p><p id="t">here</p>'))

    assert one(html, "//a").get("href") == f"#{one(html, '//p[2]').get('id')}"


def test_of_two_elements_with_one_id_the_first_keeps_it() -> None:
    assert all_of(shown(item('<p id="t">a</p><p id="t">b</p>')), "//@id") == ["q-named-1"]


def test_pictures_come_from_us_or_say_that_they_do_not() -> None:
    body = '<p><img src="images/a.png" alt="A map" width="40" height="30"/></p>'

    assert '<img src="/files/images/a.png" alt="A map" width="40" height="30">' in shown(item(body))
    assert '<span class="qti-missing">A map <span class="qti-notice">(picture not available)</span></span>' in shown(
        item(body), address=lambda _: None
    )
    assert "(चित्र उपलब्ध नहीं है)" in shown(item(body), "hi", address=lambda _: None)


def test_a_picture_element_and_an_object_are_pictures() -> None:
    html = shown(
        item(
            '<p><picture><source srcset="b.webp"/><img src="a.png" alt="A"/></picture><object data="c.png" type="image/png">C</object></p>'
        )
    )

    assert all_of(html, "//img/@src") == ["/files/a.png", "/files/c.png"]
    assert all_of(html, "//img/@alt") == ["A", "C"]


def test_a_film_has_its_tracks_and_never_starts_by_itself() -> None:
    video = (
        '<video src="v.mp4" width="320" height="240" poster="p.png" autoplay="autoplay">'
        '<track src="v.hi.vtt" kind="captions" srclang="hi" label="हिंदी"/><track src="https://example.org/x.vtt"/>No film?</video>'
    )
    html = shown(item(f"<div>{video}</div>"), address=lambda path: f"/files/{path}" if ":" not in path else path)

    assert one(html, "//video").get("poster") == "/files/p.png"
    assert one(html, "//video").get("autoplay") is None
    assert [dict(track.attrib) for track in all_of(html, "//track")] == [
        {"src": "/files/v.hi.vtt", "kind": "captions", "srclang": "hi", "label": "हिंदी"}
    ]
    assert one(html, "//source").get("src") == "/files/v.mp4"


def test_the_words_of_ssml_are_read_as_they_stand() -> None:
    html = shown(item('<p xmlns:s="http://www.w3.org/2001/10/synthesis">a <s:sub alias="kilometre">km</s:sub> <s:break/>b</p>'))

    assert "<p>a km b</p>" in html


def test_line_breaks_at_the_beginning_of_a_listing_stay() -> None:
    """The browser eats the first of the three."""
    assert "<pre>\n\n\na</pre>" in shown(item("<pre>\n\na</pre>"))


def test_a_stimulus_stands_before_the_item() -> None:
    html = shown(sample("stimulus"), stimuli=sample_stimuli("stimulus", "en"))
    stimulus = one(html, "//section[@class='qti-stimulus']")

    assert stimulus.getparent().get("class") == "qti-item"
    assert stimulus.getnext().get("class") == "qti-body"
    assert stimulus.get("aria-label") == "Water connections"
    assert [each.text_content() for each in all_of(html, "//section//th[@scope='row']")] == ["Ramnagar", "Sitapur", "Devgarh"]


# — MathML


def math(inner: str) -> str:
    html = shown(item(f"<p><math {MATHML}>{inner}</math></p>"))
    return html.partition("<math>")[2].partition("</math>")[0]


@pytest.mark.parametrize(
    "kept",
    [
        "<mfrac><mi>a</mi><mi>b</mi></mfrac>",
        '<mo stretchy="false">(</mo>',
        "<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>",
        '<mtable><mtr><mtd columnspan="2"><mn>1</mn></mtd></mtr></mtable>',
        "<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover>",
        '<mspace width="1em"></mspace>',
        "<mroot><mi>x</mi><mn>3</mn></mroot>",
        "<mtext>if </mtext>".replace(" <", "<"),
        '<mi mathvariant="normal">d</mi>',
    ],
)
def test_mathml_core_stays(kept: str) -> None:
    assert math(kept) == kept


@pytest.mark.parametrize(
    ("written", "shown_as"),
    [
        ("<semantics><mi>x</mi><annotation encoding='application/x-tex'>x</annotation></semantics>", "<mi>x</mi>"),
        ("<mi>x</mi><annotation-xml encoding='text/html'><p>y</p></annotation-xml>", "<mi>x</mi>"),
        ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "<mrow><mo>(</mo><mi>a</mi><mo>,</mo><mi>b</mi><mo>)</mo></mrow>"),
        (
            "<mfenced open='[' close=']' separators=';'><mi>a</mi><mi>b</mi></mfenced>",
            "<mrow><mo>[</mo><mi>a</mi><mo>;</mo><mi>b</mi><mo>]</mo></mrow>",
        ),
        ("<menclose notation='box'><mi>x</mi></menclose>", "<mrow><mi>x</mi></mrow>"),
        ("<mi href='https://example.org' style='x' class='y' id='z'>x</mi>", "<mi>x</mi>"),
    ],
)
def test_what_mathml_core_does_not_have_is_put_into_it(written: str, shown_as: str) -> None:
    assert math(written) == shown_as


def test_mathml_with_a_prefix_or_without_its_namespace_is_mathml() -> None:
    assert "<math><mi>x</mi></math>" in shown(item('<p><m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:mi>x</m:mi></m:math></p>'))
    assert "<math><mi>x</mi></math>" in shown(item("<p><math><mi>x</mi></math></p>"))
