"""Money: integer minor units and an ISO 4217 currency; reading amounts as people type them. Pure."""

from __future__ import annotations

import re
import unicodedata

from values.errors import Invalid
from values.sentences import phrase

LARGEST = 10**15
_NO_MINOR = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_HUNDREDTHS = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL
HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP
MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD
SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS
VED VES WST XCD YER ZAR ZMW ZWG
"""
NO_MINOR = frozenset(_NO_MINOR.split())
THOUSANDTHS = frozenset(_THOUSANDTHS.split())
CURRENCIES = NO_MINOR | THOUSANDTHS | frozenset(_HUNDREDTHS.split())
GROUPED = re.compile(r"\d{1,3}(\D\d{2,3})*\D\d{3}")
SPACES = re.compile(r"[\s'’٬]+")
PARTS = re.compile(r"([^\d.,٫\-]*)(.*?)([^\d.,٫\-]*)[.,]*", re.DOTALL)
# Words for a currency beside its sign and its code; another word may mean thousands, and is refused.
_NAMED = """
р руб рубль рубля рублей долл доллар доллара долларов евро грн гривен тг тенге сом сум лв ден дин тмт
រៀល ដុល្លារ riel riels dollar dollars euro euros baht dong pound pounds rs rp rm kr zł zl kč ft lei лей fr fcfa cfpf
"""
WORDS = frozenset(_NAMED.split())
COUNTRIES = frozenset(
    ["us", "a", "au", "c", "ca", "cn", "ec", "hk", "jp", "mx", "nt", "nz", "r", "s", "sg"]
)  # US$, CN¥


def precision(currency: str) -> int:
    """How many digits the minor unit has: 2 for USD, 0 for JPY, 3 for KWD."""
    return 0 if currency in NO_MINOR else 3 if currency in THOUSANDTHS else 2


def currency(typed: str) -> str:
    """The code of a currency; raises Invalid for one that does not exist."""
    code = typed.strip().upper()
    if code not in CURRENCIES:
        raise Invalid(
            phrase("This currency is not known; use its three letters, such as USD."), field="currency"
        )
    return code


def parse(typed: str, currency: str) -> int:
    """Minor units of an amount as typed in any country: `1 250,50`, `1,250.50`, `1'250.5`, `€ 1.250`; empty is 0.

    A single separator before exactly three digits groups thousands, unless the currency has three decimals or the
    number begins with 0. Raises Invalid for what is no amount or finer than the currency, and for words that may mean
    thousands: `5k` is not 5.
    """
    if not typed.strip():
        return 0
    text = _unsigned(SPACES.sub("", latin(typed))).replace("٫", ",")
    whole, fraction = _split(f"0{text}" if text.startswith((".", ",")) else text, precision(currency))
    if not whole.isdigit() or (fraction and not fraction.isdigit()):
        raise Invalid(phrase("Enter an amount, for example 1,250.50."), field="amount")
    digits = precision(currency)
    if fraction[digits:].strip("0"):
        raise Invalid(phrase("The amount is finer than the currency allows."), field="amount")
    amount = int(whole + fraction[:digits].ljust(digits, "0"))
    if amount > LARGEST:
        raise Invalid(phrase("The amount is too large."), field="amount")
    return amount


def _unsigned(text: str) -> str:
    """The figures without the currency before or behind them; nothing where a word is not one of a currency."""
    found = PARTS.fullmatch(text)
    if not found or not (_is_currency(found[1]) and _is_currency(found[3])):
        return ""
    return found[2].removeprefix(".") if found[1][-1:].isalpha() else found[2]  # "Rs. 500"


def _is_currency(sign: str) -> bool:
    kinds = {unicodedata.category(char) for char in sign}
    word = "".join(char for char in sign if unicodedata.category(char) not in ("Cf", "Sc")).casefold()
    return not word or word in WORDS or word.upper() in CURRENCIES or ("Sc" in kinds and word in COUNTRIES)


def _split(text: str, digits: int) -> tuple[str, str]:
    """Whole part and fraction, told apart by the last separator."""
    dot, comma = text.rfind("."), text.rfind(",")
    if dot < 0 and comma < 0:
        return text, ""
    mark = "." if dot > comma else ","
    whole, _, fraction = text.rpartition(mark)
    other = "," if mark == "." else "."
    if mark in whole or (other not in text and len(fraction) == 3 and digits != 3 and whole.lstrip("0")):
        return (_ungrouped(text), "")
    return _ungrouped(whole), fraction


def _ungrouped(whole: str) -> str:
    """Digits without separators of thousands; unchanged, and so no number, where these stand in wrong places."""
    if whole.isdigit() or not GROUPED.fullmatch(whole):
        return whole
    return whole.replace(".", "").replace(",", "") if len(set(whole) & set(".,")) == 1 else whole


def latin(typed: str) -> str:
    return "".join(
        str(unicodedata.digit(char)) if not char.isascii() and char.isdecimal() else char
        for char in typed[:100]
    )
