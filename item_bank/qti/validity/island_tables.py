"""MathML, SSML and XInclude inside QTI: what may stand where (MathML 2.0 and 3.0, chapters 3 to 5; SSML 1.1).

QTI 2.x takes MathML 2.0's presentation with the attributes that it has; those of MathML 3.0, of its content elements and of all others
are left open.
"""

from collections.abc import Mapping

MATHML_TOKENS = "mi mn mo mtext ms"
MATHML_ROWS = "mrow msqrt mstyle merror mpadded mphantom menclose mtd"
MATHML_PAIRS = "mfrac mroot msub msup munder mover"
MATHML_TRIPLES = "msubsup munderover"
MATHML_EMPTY = "mspace maligngroup malignmark mglyph none mprescripts sep mline"
MATHML_OPEN = (
    "maction mmultiscripts mfenced mstack mlongdiv msgroup msrow mscarries mscarry msline semantics annotation annotation-xml apply "
    "bind bvar share cerror cbytes ci cn csymbol cs declare reln lambda condition piecewise piece otherwise interval inverse ident "
    "domain codomain image domainofapplication lowlimit uplimit degree momentabout logbase fn set list matrix matrixrow vector abs "
    "and approx arccos arccosh arccot arccoth arccsc arccsch arcsec arcsech arcsin arcsinh arctan arctanh arg card cartesianproduct "
    "ceiling complexes compose conjugate cos cosh cot coth csc csch curl determinant diff divergence divide emptyset eq equivalent "
    "eulergamma exists exp exponentiale factorial factorof false floor forall gcd geq grad gt imaginary imaginaryi implies in "
    "infinity int integers intersect laplacian lcm leq limit ln log lt max mean median min minus mode moment naturalnumbers neq not "
    "notanumber notin notprsubset notsubset or outerproduct partialdiff pi plus power primes product prsubset quotient rationals real "
    "reals rem root scalarproduct sdev sec sech selector setdiff sin sinh subset sum tan tanh tendsto times transpose true union "
    "variance vectorproduct xor"
)
_STYLED = "%mathToken %mathCommon"
MATHML_ATTRIBUTES: Mapping[str, str] = {
    "math": "display:mathDisplay mode macros alttext altimg overflow:mathOverflow baseline width height name type %mathCommon",
    **dict.fromkeys(("mi", "mn", "mtext"), _STYLED),
    "mo": f"%mathOperator {_STYLED}",
    "ms": f"lquote rquote {_STYLED}",
    "mspace": "width:mathSpace height:mathLength depth:mathLength linebreak:mathLinebreak %mathCommon",
    **dict.fromkeys(("mrow", "msqrt", "mroot", "merror", "mphantom"), "%mathCommon"),
    "mstyle": "scriptlevel:whole displaystyle:boolean scriptsizemultiplier:number scriptminsize:mathLength color background "
    "linethickness:mathThickness veryverythinmathspace verythinmathspace thinmathspace mediummathspace thickmathspace "
    f"verythickmathspace veryverythickmathspace %mathOperator {_STYLED}",
    "mfrac": "bevelled:boolean linethickness:mathThickness numalign:mathAlign denomalign:mathAlign %mathCommon",
    "mpadded": "width:paddedWidth lspace:padded height:padded depth:padded %mathCommon",
    "mfenced": "open close separators %mathCommon",
    "menclose": "notation %mathCommon",
    "maction": "actiontype! selection:level %mathCommon",
    "msub": "subscriptshift:mathLength %mathCommon",
    "msup": "superscriptshift:mathLength %mathCommon",
    **dict.fromkeys(("msubsup", "mmultiscripts"), "subscriptshift:mathLength superscriptshift:mathLength %mathCommon"),
    "munder": "accentunder:boolean %mathCommon",
    "mover": "accent:boolean %mathCommon",
    "munderover": "accent:boolean accentunder:boolean %mathCommon",
    "mtable": "align rowalign columnalign columnwidth groupalign alignmentscope side rowspacing columnspacing rowlines columnlines "
    "width frame:mathFrame framespacing equalrows:boolean equalcolumns:boolean displaystyle:boolean minlabelspacing %mathCommon",
    **dict.fromkeys(("mtr", "mlabeledtr"), "rowalign columnalign groupalign %mathCommon"),
    "mtd": "rowspan:level columnspan:level rowalign columnalign groupalign %mathCommon",
}
MATHML_COMMON = """
%mathCommon:
    id:id class:tokens style xref:idref *other
%mathToken:
    mathvariant:mathVariant mathsize:mathSize mathcolor mathbackground
%mathOperator:
    form:mathForm lspace:mathSpace rspace:mathSpace fence:boolean separator:boolean stretchy:boolean symmetric:boolean \
    movablelimits:boolean accent:boolean largeop:boolean minsize:mathSpace maxsize:mathMaxSize
"""
SSML_OPEN = "desc lexicon lookup meta metadata"
_SPOKEN = "xml:lang:language onlangfailure:languageFailure *other"
_FETCHED = "fetchtimeout:spokenTime maxage:count maxstale:count *other"
SSML_ATTRIBUTES: Mapping[str, str] = {
    "speak": "version!:token xml:lang!:language onlangfailure:languageFailure startmark endmark *other",
    "lang": "xml:lang!:language onlangfailure:languageFailure *other",
    **dict.fromkeys(("p", "s"), _SPOKEN),
    **dict.fromkeys(("w", "token"), f"role {_SPOKEN}"),
    "voice": "gender:gender age:age variant:variant name languages required ordering onvoicefailure:voiceFailure *other",
    "prosody": "pitch:pitch contour range:pitch rate:rate duration:spokenTime volume:volume *other",
    "audio": f"src:address fetchhint:fetchHint {_FETCHED}",
    "emphasis": "level:emphasis *other",
    "sub": "alias! *other",
    "say-as": "interpret-as!:token format:token detail:token *other",
    "phoneme": "ph! alphabet:alphabet type:phonemes *other",
    "break": "time:spokenTime strength:strength *other",
    "mark": "name! *other",
}
SSML_EMPTY = ("break", "mark")


def _mathml(prefix: str) -> str:
    expression = " | ".join(
        f"{prefix}:{name}"
        for name in " ".join((MATHML_TOKENS, MATHML_ROWS, MATHML_PAIRS, MATHML_TRIPLES, MATHML_EMPTY, MATHML_OPEN, "mtable")).split()
        if name != "mtd"
    )
    kinds = (
        ("math", f"(%{prefix}Expression)*"),
        ("mtable", f"({prefix}:mtr | {prefix}:mlabeledtr)*"),
        ("mtr", f"{prefix}:mtd*"),
        ("mlabeledtr", f"{prefix}:mtd+"),
        *((name, f"#text ({prefix}:mglyph | {prefix}:malignmark)*") for name in MATHML_TOKENS.split()),
        *((name, f"(%{prefix}Expression)*") for name in MATHML_ROWS.split()),
        *((name, f"(%{prefix}Expression){{2}}") for name in MATHML_PAIRS.split()),
        *((name, f"(%{prefix}Expression){{3}}") for name in MATHML_TRIPLES.split()),
        *((name, "-") for name in MATHML_EMPTY.split()),
        *((name, "#text *any*") for name in MATHML_OPEN.split()),
    )
    elements = (f"{prefix}:{name}: {content}\n{_attributes(prefix, name)}" for name, content in kinds)
    return f"%{prefix}Expression: {expression}\n" + "\n".join(elements)


def _attributes(prefix: str, name: str) -> str:
    known = MATHML_ATTRIBUTES.get(name) if prefix == "m" else None
    return f"    2.x| {known}\n    3.0| *any" if known else "    *any"


def _ssml(name: str, attributes: str) -> str:
    """QTI 2.2 takes SSML 1.1's attributes; what stands inside is open to other namespaces, and so to nearly anything."""
    text = "" if name in SSML_EMPTY else "#text "
    return f"2.2| ssml:{name}: {text}*any*\n    {attributes}\n3.0| ssml:{name}: #text *any*\n    *any"


ISLANDS = "\n".join(
    (
        MATHML_COMMON,
        _mathml("m"),
        _mathml("m3"),
        *(_ssml(name, attributes) for name, attributes in SSML_ATTRIBUTES.items()),
        *(f"2.2+| ssml:{name}: #text *any*\n    *any" for name in SSML_OPEN.split()),
        "xi:include: #text *any*\n    *any",
    )
)
