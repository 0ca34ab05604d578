"""The words of captions by what they mean, in the languages of filings; `captions` asks them.

English, Chinese in both scripts, Japanese, German and French are known, of each what names one thing surely: *Total du passif*
is liabilities in Canada and both sides in France, and so is nothing here. A word that is not known is added here, once. Those
for kinds of statement stand in `statement_kinds`.
"""

from __future__ import annotations

from gaapbridge.terms.words import Words

_OWNERS = r"(?:(?:share|stock|unit)(?: ?|-)holders?'?s?'?|share owners?'|members?'|partners?'|owners?'?)"
_EQUITY = r"(?:equity|deficits?|deficiency|capital)"
_RESULT = r"(?:(?:income|profits?|earnings|loss(?:es)?)(?: or| and)?(?: |$))+"
_OF_TAX = r"(?:benefit|provision|expenses?|recovery|credit|from|for|of|and|or)"
_TAXED = r"(?:income|mining|corporate|income and mining)"
_PERIOD = r"for the (?:year|period|quarter)"
_OWED_DE, _EQUITY_DE = r"(?:schulden|verbindlichkeiten)", r"(?:konzern)?eigenkapitals?"
_OWNERS_DE = r"(?:aktionären?|anteilseignern?|gesellschaftern?)"
_RESULT_DE = r"(?:ergebnis|gewinn|verlust|überschuss|fehlbetrag)"
_TAX_DE = r"(?:(?:ertrags?|einkommens?)?steuer(?:n|aufwand|ertrag)?|steuern vom einkommen und (?:vom )?ertrag)"
_OF_FR, _ON_FR = r"(?:des |du |de l')?", r"sur (?:les? )?(?:bénéfices?|résultats?|sociétés)"
_RESULT_FR = r"(?:(?:résultat|bénéfice|perte|consolidé|nett?e?) )+"
_WHOLE_FR = r"(?:consolidée?|de l'(?:ensemble consolidé|exercice)|de la période)"
SHEET_TOTAL = Words(r"^bilanzsumme$|^total (?:du )?bilan$")
"""What closes either side of a balance sheet: the second one is liabilities and equity."""
_SUM_HAN = r"(?:总计|合计|总额|總計|合計|總額|総額|總值)"
HAN = Words(r"[\u3400-\u9fff]")


def _whole_de(noun: str) -> str:
    """`Summe der Schulden`, `Gesamte Schulden`, `Schulden, gesamt`: without such a word it may be a line of a sheet."""
    return rf"^(?:summe|gesamte?[rs]?) (?:de[rs] )?{noun}$|^{noun},? (?:ins)?gesamt$"


MEANINGS = tuple(
    (meaning, Words(words))
    for meaning, words in (
        ("tle", rf"^total liabilities\b.*(?:\band\b|&).*{_EQUITY}|^total liabilities {_EQUITY}|^total equity and liabilities"),
        ("ta", r"^total assets$"),
        ("tl", r"^total liabilities$"),
        (
            "eq",
            rf"^total (?:{_OWNERS} )?{_EQUITY}(?: {_EQUITY})?$|^{_OWNERS} {_EQUITY}(?: {_EQUITY})?$|^(?:net assets|equity)$",
        ),
        ("eq_parent", rf"^total (?!.*non-? ?controlling).*equity(?: {_EQUITY})?(?: attributable .*)?$"),
        ("eq_parent", r"^equity attributable to (?!non)"),
        ("re", r"^(?:(?:retained (?:earnings|deficit)(?: loss)?|accumulated (?:deficit|losses|profits))[ ,]*(?:or )?)+$"),
        ("apic", r"^additional paid-? ?in[- ]capital$|^(?:capital|share) premium$|^paid-in capital$"),
        ("dta", r"^(?:net )?deferred (?:income )?tax(?:es)? assets?\b"),
        ("dtl", r"^(?:net )?deferred (?:income )?tax(?:es)? liabilit"),
        ("otp", r"^other tax(?:es)? payables?$"),
        ("pbt", rf"^(?:net )?{_RESULT}(?:from continuing operations )?before (?:the )?(?:{_OF_TAX} )*(?:income )?tax"),
        ("pbt", r"^pre-?tax (?:income|profit|earnings|loss)"),
        (
            "tax",
            rf"^(?:total )?(?:{_OF_TAX} )*(?:{_TAXED} )?tax(?:es|ation)?(?: {_OF_TAX})*$",
        ),
        ("ni_attr", rf"^net {_RESULT}attributable(?: to (?!.*non-? ?controlling)|$)"),
        ("ni", rf"^(?:consolidated )?net {_RESULT}(?:{_PERIOD}|from continuing operations)?$"),
        ("ni", rf"^{_RESULT}(?:comprehensive (?:income|loss) )?(?:{_PERIOD}|from continuing operations$)"),
    )
)
CONTINENTAL = Words(
    "eigenkapital|schuld|verbindlichkeit|passi[fv]|akti[fv]|acti[fv]|vermögen|bilan|steuer|ergebnis|gewinn|verlust|überschuss"
    "|fehlbetrag|rücklage|capitaux|dettes|report|résultat|bénéfice|perte|impôt|prime|anteilseigner|aktionär|gesellschafter"
)
"""What every caption of the next table has a word of, so that those in English need not be held against all of them."""
ON_THE_CONTINENT = tuple(
    (meaning, Words(words))
    for meaning, words in (
        ("tle", _whole_de(rf"(?:passiva|{_EQUITY_DE} und (?:der )?{_OWED_DE}|{_OWED_DE} und (?:des )?{_EQUITY_DE})")),
        ("tle", rf"^total {_OF_FR}(?:passifs? et {_OF_FR}capitaux propres|capitaux propres et {_OF_FR}passifs?)$"),
        ("ta", _whole_de("(?:aktiva|vermögenswerte|vermögens?)")),
        ("ta", rf"^gesamtvermögen$|^total {_OF_FR}actifs?$|{SHEET_TOTAL.pattern}"),
        ("tl", _whole_de(_OWED_DE) + "|^gesamt(?:schulden|verbindlichkeiten)$|^total des (?:passifs|dettes)$"),
        ("eq", _whole_de(_EQUITY_DE) + rf"|^{_EQUITY_DE}$|^(?:total {_OF_FR})?capitaux propres(?: consolidés)?$"),
        ("eq_parent", rf"^(?:(?:den|auf die) )?{_OWNERS_DE}\b.* (?:zurechenbar|entfallend)es {_EQUITY_DE}$"),
        ("eq_parent", rf"^{_EQUITY_DE} der {_OWNERS_DE}\b|^capitaux propres\W+(?:part du groupe|attribuables aux propri)"),
        ("re", r"^gewinnrücklagen?$|^(?:gewinn|verlust)vortrag$|^report à nouveau$"),
        ("re", r"^(?:résultats?|bénéfices?) non (?:distribu|répart)és$"),
        ("apic", r"^kapitalrücklagen?$|^primes? d'(?:émission|apport)$"),
        ("dta", r"^aktive latente steuern$|^latente steuer(?:ansprüche|forderungen)|^actifs? d'impôts? différés?"),
        ("dtl", r"^passive latente steuern$|^latente steuer(?:schulden|verbindlichkeiten)|^passifs? d'impôts? différés?"),
        ("dta", r"^impôts? différés?\W* actifs?$"),
        ("dtl", r"^impôts? différés?\W* passifs?$"),
        ("pbt", rf"^(?:konzern|jahres)*{_RESULT_DE}(?: {_RESULT_DE})? vor {_TAX_DE}|^vorsteuer{_RESULT_DE}"),
        ("pbt", rf"^{_RESULT_FR}avant impôts?\b"),
        ("tax", rf"^(?:aufwendungen für )?{_TAX_DE}$|^charges? d'impôts?(?: {_ON_FR})?$|^impôts? {_ON_FR}$"),
        (
            "ni_attr",
            rf"^(?:davon )?(?:(?:den|auf die) )?{_OWNERS_DE}\b.* (?:zurechenbar|entfallend)(?:e[rs]?)?(?: \w*{_RESULT_DE})?$",
        ),
        ("ni_attr", rf"^\w*{_RESULT_DE} der {_OWNERS_DE}\b|^résultat net\W+(?:part du groupe|attribuable aux propri)"),
        ("ni", rf"^\w*{_RESULT_DE}(?: -?{_RESULT_DE})? nach {_TAX_DE}$|^(?:konzern)?(?:jahres|perioden|netto){_RESULT_DE}\b"),
        ("ni", rf"^konzern{_RESULT_DE}$|^reingewinn$|^(?:résultat|bénéfice|perte)(?: nett?e?)?(?: {_WHOLE_FR})?$"),
    )
)
IN_HAN = tuple(
    (meaning, Words(words))
    for meaning, words in (
        ("tle", r"[负負][债債](?:[和及与與].*[权權]益|[及び・、]*(?:純資産|資本))(?:の部)?(?:总计|合计|总额|總計|合計|總額)?$"),
        ("tle", r"^[总總]?(?:[权權]益|資本)[和及与與、・び]+[总總]?[负負][债債](?:总计|合计|总额|總計|合計|總額)$"),
        ("ta", rf"^[资資][产產産](?:の部)?{_SUM_HAN}$|^[总總総][资資][产產産]$"),
        ("tl", rf"^[负負][债債](?:の部)?{_SUM_HAN}$|^[总總][负負][债債]$"),
        ("eq", rf"^(?:股[东東]|所有者|[拥擁]有人)?[权權]益(?:{_SUM_HAN})?$|^[总總][权權]益$"),
        ("eq", rf"^(?:[净淨][资資][产產]|純資産(?:の部)?|資本)(?:{_SUM_HAN})$|^(?:[净淨][资資][产產]|純資産|資產淨值)$"),
        ("eq_parent", rf"^[归歸][属屬][于於].*[权權]益(?:{_SUM_HAN})?$|^親会社の所有者に帰属する持分(?:合計)?$"),
        ("eq_parent", r"^(?:本公司)?(?:[拥擁]有人|股[东東]|[权權]益持有人)[应應][占佔][权權]益(?:總額|总额)?$"),
        ("re", r"^(?:留存收益|未分配[利盈][润潤余餘]|累[计計][亏虧][损損]|保留[盈溢][余餘利]|利益剰余金)"),
        ("apic", r"^(?:[资資]本公[积積]|股份溢[价價]|資本剰余金)"),
        ("dta", r"^[递遞]延(?:所得)?[税稅](?:[项項])?[资資][产產]|^繰延税金資産"),
        ("dtl", r"^[递遞]延(?:所得)?[税稅](?:[项項])?[负負][债債]|^繰延税金負債"),
        ("otp", r"^其他[应應][付交][税稅]"),
        ("pbt", r"^(?:[税稅]前|除(?:所得)?[税稅]前)(?:利[润潤]|溢利|[净淨]利|[亏虧][损損])|^利[润潤][总總][额額]$"),
        ("pbt", r"^税引前(?:当期|四半期)?(?:純?利益|純?損失)|^税金等調整前(?:当期|四半期)純(?:利益|損失)"),
        ("tax", r"^(?:所得[税稅]|[税稅][项項]|[税稅][务務])(?:[费費]用|[开開]支)?$|^法人(?:所得税(?:費用)?|税等(?:合計)?)$"),
        (
            "ni_attr",
            r"^[归歸][属屬][于於].*(?:[净淨]利|利[润潤]|溢利)|^(?:親会社の?|当社)(?:所有者|株主)に帰属する(?:当期|四半期)",
        ),
        ("ni_attr", r"^(?:本公司)?(?:[拥擁]有人|股[东東]|[权權]益持有人)[应應][占佔](?:溢利|利[润潤]|[亏虧][损損])$"),
        (
            "ni",
            r"^[净淨](?:利(?:[润潤]|$)|[亏虧][损損]|[损損][失益]?$)|^(?:本?年度?内?內?|期[内內]|本期)(?:溢利|利[润潤]|[净淨]利|[亏虧][损損])$|^純利$",
        ),
        ("ni", r"^(?:当期|四半期)純?(?:利益|損失)"),
    )
)
TOTAL = Words(
    r"\b(?:sub-?)?totals?\b|\b\w*summe\b|\b(?:ins)?gesamt(?:e[rs]?)?\b|\bgesamt(?:vermögen|schulden|verbindlichkeiten|ergebnis)\b"
    r"|合[计計]|小[计計]|[总總][计計额額值]|総額|^[总總]|^総(?:資産|負債)"
)
OUTCOME = Words(
    rf"^(?:gross (?:profit|margin|loss)|(?:operating|pre-?tax) {_RESULT}|net revenues?$|(?:adjusted )?ebitda?\b"
    rf"|(?:total )?comprehensive (?:income|loss)|(?:[a-z]+ )*{_RESULT}(?:.* )?(?:before|from (?:continuing )?operations)\b"
    r"|毛利|营业利润|利润总额|净利润|净亏损|[税稅]前|[营營][业業]利[润潤益]|利[润潤][总總][额額]|[净淨]利(?:[润潤]|$)|売上総利益|経常利益"
    r"|roh(?:ertrag|ergebnis)$|brutto(?:ergebnis|gewinn)\b|betriebsergebnis$|operatives ergebnis|finanzergebnis$"
    rf"|\w*{_RESULT_DE} (?:vor|nach)\b|marge brute|résultat (?:d'exploitation|opérationnel|financier)\b)"
)
PER_SHARE = Words(
    r"per (?:\w+ )*(?:shares?|ads|unit|limited)\b|per-share|\beps\b|weighted[- ]average|\bshares? (?:outstanding|used)\b"
    r"|number of shares|每股|加[权權]平均|1株当たり|\bje (?:\w+)?aktie\b|\bpar action\b"
)
BASIC = Words(r"^(?:[-–—] ?)?(?:basic|diluted|(?:un)?verwässert|de base|dilué)\b|^(?:基本|稀[释釋]|希薄化)")
MARK = Words(r"\s*(?:\((?:\d{1,2}|[a-h]|[ivx]{1,5})\)|\[\w{1,3}\]|[*†‡§]+|[⁰¹²³⁴-⁹]+)$")

MEZZANINE = Words(
    r"mezzanine|temporary equity|subject to (?:possible )?(?:conversion or )?redemption"
    r"|(?<!non-)(?<!non )\bredeemable\b(?!.*liabilit)|夹层|可赎回"
)
_TOTAL_OF = r"^(?:total |summe (?:der )?|total des )?"
SECTIONS = tuple(
    (section, Words(words))
    for section, words in (
        ("mezzanine", MEZZANINE.pattern),
        ("current assets", rf"{_TOTAL_OF}(?:current assets|kurzfristige vermögenswerte|umlaufvermögen|actifs? courants?)"),
        ("current assets", r"^流[动動][资資][产產産]"),
        ("non-current assets", rf"{_TOTAL_OF}(?:non-?\s?current assets|langfristige vermögenswerte|anlagevermögen)"),
        ("non-current assets", rf"{_TOTAL_OF}actifs? non[- ]courants?|^非流[动動][资資][产產産]"),
        ("current liabilities", rf"{_TOTAL_OF}(?:current liabilities|kurzfristige {_OWED_DE}|passifs? courants?)"),
        ("current liabilities", r"^流[动動][负負][债債]"),
        ("non-current liabilities", rf"{_TOTAL_OF}(?:(?:non-?\s?current|long-?term) liabilities|langfristige {_OWED_DE})"),
        ("non-current liabilities", rf"{_TOTAL_OF}passifs? non[- ]courants?|^非流[动動][负負][债債]"),
        ("assets", r"^(?:assets|aktiva|vermögenswerte|actifs?)$|^[资資][产產産](?:の部)?$"),
        ("liabilities", rf"^liabilities\b|^{_OWED_DE}$|^passifs$|^[负負][债債]"),
        (
            "equity",
            r"equity|deficit|eigenkapital|capitaux propres|股[东東][权權]益|所有者[权權]益|^[权權]益|^純資産|^資本(?:の部)?$",
        ),
        ("revenue", r"^(?:net |total )?(?:revenues?|sales|income)\b|^umsatzerlöse|^produits|^[营營][业業]收入|^收入|^売上"),
        ("expense", r"expenses?\b|\bcosts?\b|aufwendungen|^charges d|[费費]用|成本"),
    )
)
LESS = Words(r"^\W*(?:less|deduct|[减減]|abzüglich|moins)\b|^[减減]")
PART = Words(r"^\W*(?:(?:of|in) which|thereof|including|davon|darunter|dont)\b|^其中|^うち")
CONTRA = Words(
    r"^\W*(?:(?:valuation|(?:credit |loan )?loss|bad debt|doubtful accounts|impairment) )?allowances?(?:\W+(?:for|on)\b.*)?\W*$"
    r"|^\W*accumulated (?:depreciation|amorti[sz]ation|impairment)\b|^\W*treasury (?:stock|shares)\b"
    r"|^\W*(?:wertberichtigung(?:en)?(?: auf\b.*)?|kumulierte abschreibungen|eigene (?:aktien|anteile))\W*$"
    r"|^\W*(?:actions propres|dépréciations?(?: (?:sur|des)\b.*)?|amortissements cumulés)\W*$"
    r"|^(?!.*(?:[净淨純]|[递遞]延|繰延|扣除)).*(?:备抵|備抵|减值准备|減值準備|累[计計]折[旧舊]|累计摊销|累計攤銷|库存股|庫藏股|貸倒引当金|自己株式)\W*$"
)
COST = Words(
    r"\b(costs?|expenses?|interest on|provisions?|depreciation|amorti[sz]ation|impairments?|(?<!net of )tax(es)?|losses)\b"
    r"|[费費]用|成本|折[旧舊]|摊销|攤銷|aufwand|aufwendungen|kosten|abschreibung|steuern"
    r"|\bcharges? (?:d'|de |financières|externes|sociales|opérationnelles)|\b(?:coûts?|dépréciations?|impôts?)\b"
)
EARNED = Words(
    r"\b(reversals?|gains?|recover(y|ies)|revenues?|income|profits?)\b|转回|轉回|收益|收入"
    r"|ertr[aä]g|erlös|gewinn|auflösung|\b(?:produits?|gains?|reprises?|bénéfices?)\b"
)
NOT_EARNED = Words(
    r"\bcosts? of \w+( \w+)?|\b(income|profits?) tax(es)?\b|所得[税稅]|[营營][业業]成本"
    r"|\w*ertrags?steuer\w*|steuern vom einkommen und vom ertrag|impôts? sur \S+ \S+|impôts? différés?"
)
MIXED = Words(r"\b(loss(es)?|expenses?|costs?)\b|[亏虧][损損]|[损損]失|[费費]用|verlust|aufw[aä]nd|\bpertes?\b")
INTERESTS = Words(
    r"non-? ?controlling|minority|少[数數]股[东東]|非控[股制]|非支配"
    r"|nicht[- ]?beherrschend|minderheit|minoritaires|pas le contrôle"
)
OF_HOLDERS = Words(rf"{_OWNERS}|^股[东東]")
LOSS, GAIN = (
    Words(r"\bloss\b|[亏虧][损損]|純損失|verlust|fehlbetrag|\bperte\b"),
    Words(r"income|profit|earnings|利[润潤益]|溢利|gewinn|überschuss|ergebnis|bénéfice|résultat"),
)
DEFERRED_TAX = Words(r"deferred (?:income )?tax|[递遞]延(?:所得)?[税稅]|繰延税金|latente steuer|impôts? différés?")
