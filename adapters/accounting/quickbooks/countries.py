"""Which country a company's books are of, in two letters, however QuickBooks says it."""

import re

_LETTERS = {
    **{"USA": "US", "GBR": "GB", "CAN": "CA", "AUS": "AU", "IRL": "IE", "NZL": "NZ", "SGP": "SG", "MYS": "MY"},
    **{"IND": "IN", "ZAF": "ZA", "FRA": "FR", "DEU": "DE", "ESP": "ES", "ITA": "IT", "NLD": "NL", "BEL": "BE"},
    **{"HKG": "HK", "ARE": "AE", "SAU": "SA", "PHL": "PH", "THA": "TH", "IDN": "ID", "VNM": "VN", "JPN": "JP"},
    **{"MEX": "MX", "BRA": "BR", "CHE": "CH", "AUT": "AT", "PRT": "PT", "POL": "PL", "DNK": "DK", "SWE": "SE"},
    **{"NOR": "NO", "FIN": "FI", "KEN": "KE", "NGA": "NG", "GHA": "GH", "ISR": "IL", "LUX": "LU", "MLT": "MT"},
    "UK": "GB",
}
_NAMES = {
    **{"UNITED STATES": "US", "UNITED STATES OF AMERICA": "US", "UNITED KINGDOM": "GB", "GREAT BRITAIN": "GB"},
    **{"CANADA": "CA", "AUSTRALIA": "AU", "IRELAND": "IE", "NEW ZEALAND": "NZ", "SINGAPORE": "SG", "MALAYSIA": "MY"},
    **{"INDIA": "IN", "SOUTH AFRICA": "ZA", "FRANCE": "FR", "HONG KONG": "HK", "PHILIPPINES": "PH"},
}
_LOCALE = re.compile(r"[A-Z]{2,3}[_-]([A-Z]{2})")


def country_of(*told: str) -> str:
    """ISO 3166-1 alpha-2 of the first that can be told: a code of two or three letters, a locale (en_GB) or a name;
    "" where none can."""
    return next(filter(None, map(_country, told)), "")


def _country(told: str) -> str:
    word = told.strip().upper()
    locale = _LOCALE.fullmatch(word)
    word = locale[1] if locale else word
    known = _LETTERS.get(word) or _NAMES.get(word)
    return known or (word if len(word) == 2 and word.isalpha() else "")
