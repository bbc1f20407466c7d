from assessment_engine.services.samples import FOLDER
from tests.item_bank.qti.validity.samples import SAMPLES

_EXPRESSIONS = (
    '<sum><product><baseValue baseType="integer">3</baseValue><randomInteger min="1" max="9"/></product><divide>'
    '<baseValue baseType="float">1</baseValue><baseValue baseType="float">0</baseValue></divide></sum>',
    '<anyN min="1" max="2"><isNull><variable identifier="RESPONSE"/></isNull><not><baseValue baseType="boolean">true'
    "</baseValue></not></anyN>",
    '<equal toleranceMode="relative" tolerance="1 2"><statsOperator name="mean"><multiple><randomFloat min="0" max="1"/></multiple>'
    '</statsOperator><mathOperator name="atan2"><mathConstant name="pi"/><mathConstant name="e"/></mathOperator></equal>',
    '<patternMatch pattern="[a-z]+(b|c)*"><substring caseSensitive="true"><variable identifier="WORD"/><baseValue baseType="string">a'
    "</baseValue></substring></patternMatch>",
    '<index n="2"><repeat numberRepeats="3"><ordered><random><multiple><baseValue baseType="integer">1</baseValue></multiple></random>'
    "</ordered></repeat></index>",
    '<inside shape="poly" coords="0,0,10,0,10,10"><baseValue baseType="point">3 4</baseValue></inside>',
    '<roundTo roundingMode="significantFigures" figures="3"><power><baseValue baseType="float">9</baseValue><baseValue baseType="float">99'
    "</baseValue></power></roundTo>",
    '<containerSize><delete><fieldValue fieldIdentifier="a"><variable identifier="WORD"/></fieldValue><contains/></delete></containerSize>',
    '<gcd><lcm><baseValue baseType="integer">4</baseValue></lcm><integerModulus><baseValue baseType="integer">4</baseValue>'
    '<baseValue baseType="integer">0</baseValue></integerModulus></gcd>',
    '<customOperator class="org.nobody.Nothing"><durationLT/></customOperator>',
)


def samples() -> tuple[bytes, ...]:
    """Items of every interaction, an item of every expression, tests, stimuli."""
    gallery = [each.read_bytes() for each in sorted(FOLDER.iterdir(), key=str) if each.name.endswith(".en.xml")]
    return (*gallery, *(xml.encode() for xml in SAMPLES.values()), _every_expression().encode())


def _every_expression() -> str:
    rules = "".join(f'<setOutcomeValue identifier="SCORE">{each}</setOutcomeValue>' for each in _EXPRESSIONS)
    before, _, after = SAMPLES["an item of 2.2"].partition("<responseProcessing>")
    return f"{before}<responseProcessing>{rules}{after}"
