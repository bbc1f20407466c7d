"""MathML, SSML, XInclude and APIP inside QTI: what may stand where, with their attributes left open (MathML 2.0 and 3.0, chapters 3 to
5; SSML 1.1).
"""

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
SSML = "p s w token say-as phoneme sub voice emphasis break prosody mark audio speak desc lexicon lookup meta metadata"


def _mathml(prefix: str) -> str:
    expression = " | ".join(
        f"{prefix}:{name}"
        for name in " ".join((MATHML_TOKENS, MATHML_ROWS, MATHML_PAIRS, MATHML_TRIPLES, MATHML_EMPTY, MATHML_OPEN, "mtable")).split()
        if name != "mtd"
    )
    kinds = (
        ("math", f"(%{prefix}Expression)*"),
        ("mtable", f"({prefix}:mtr | {prefix}:mlabeledtr | %{prefix}Expression)*"),
        ("mtr", f"({prefix}:mtd | %{prefix}Expression)*"),
        ("mlabeledtr", f"({prefix}:mtd | %{prefix}Expression)+"),
        *((name, f"#text ({prefix}:mglyph | {prefix}:malignmark)*") for name in MATHML_TOKENS.split()),
        *((name, f"(%{prefix}Expression)*") for name in MATHML_ROWS.split()),
        *((name, f"(%{prefix}Expression){{2}}") for name in MATHML_PAIRS.split()),
        *((name, f"(%{prefix}Expression){{3}}") for name in MATHML_TRIPLES.split()),
        *((name, "-") for name in MATHML_EMPTY.split()),
        *((name, "#text *any*") for name in MATHML_OPEN.split()),
    )
    return f"%{prefix}Expression: {expression}\n" + "\n".join(f"{prefix}:{name}: {content}\n    *any" for name, content in kinds)


ISLANDS = "\n".join(
    (
        _mathml("m"),
        _mathml("m3"),
        *(f"2.2+| ssml:{name}: #text *any*\n    *any" for name in SSML.split()),
        "xi:include: #text *any*\n    *any",
        "2.x| apip:apipAccessibility: *any*\n    *any",
    )
)
