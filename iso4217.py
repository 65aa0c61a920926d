"""How many decimals a currency has.

Source: ISO 4217, list one (currency, funds and precious metal codes), column 'minor unit', published by SIX Group.
"""

_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_OTHER_THAN_TWO = {currency: digits for digits, currencies in _DIGITS.items() for currency in currencies.split()}


def minor_digits(currency: str) -> int:
    """The decimals of a currency by its ISO code; 2 for every code that is not among the exceptions."""
    return _OTHER_THAN_TWO.get(currency, 2)
