"""Which company a key opens, and what the way there must be: service, region, base currency."""

from adapters.accounting.sql_accounting import contract
from adapters.accounting.sql_accounting.client import Client
from adapters.accounting.sql_accounting.contract import ClockWrong, Record, text
from adapters.errors import LoginRefused, NotAllowed, Refused
from documents import N_, Company, ReferenceKind, say


def identify(client: Client) -> tuple[Client, Company]:
    """The company, and the client whose service and region worked (D1)."""
    client, profile = _open(client)
    key = contract.company_key(profile, client.signer.access_key)
    if not key:
        raise Refused(say(N_("SQL Accounting does not say which company the key belongs to.")))
    country = text(profile, "country").upper()
    country = country if len(country) == 2 else contract.COUNTRY
    home = _home_currency(client, country)
    found = {"service": client.signer.service, "region": client.signer.region, "home_currency": home}
    return client, Company(key, text(profile, "companyname") or key, home, country, settings=found)


def _open(client: Client) -> tuple[Client, Record]:
    """With the pair of the settings; on a 403 once with the other one that is known."""
    try:
        return client, client.profile()
    except ClockWrong:
        raise
    except LoginRefused as error:
        refused = LoginRefused(error.message, error.cause)
    other = client.by(*_other_pair(client))
    try:
        return other, other.profile()
    except LoginRefused:
        pass
    raise refused


def _other_pair(client: Client) -> tuple[str, str]:
    used = (client.signer.service, client.signer.region)
    return next(pair for pair in contract.PAIRS if pair != used)


def _home_currency(client: Client, country: str) -> str:
    """The ISO code of the base currency, whose own code is `----`; else that of the country."""
    try:
        rows = client.rows(contract.LISTS[ReferenceKind.CURRENCY], {"code": contract.NONE})
    except (Refused, NotAllowed):
        rows = []
    told = (text(row, "isocode").upper() for row in rows if text(row, "code") == contract.NONE)
    usual = contract.HOME_CURRENCY.get(country, contract.HOME_CURRENCY[contract.COUNTRY])
    return next((code for code in told if len(code) == 3 and code.isalpha()), usual)
