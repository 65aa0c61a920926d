"""QNE's pick lists and customers (qne.md sections 4 and 6.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from practice.qne import checks, query
from practice.qne.company import Company, public
from practice.qne.envelope import DUPLICATE, Refused, done, missing, page
from practice.qne.seed import HOME, customer
from practice.web import Answer, Doc, Request

DEFAULT_UNIT = "UNIT"
Keep = Callable[[Doc], bool]
COLUMNS = {
    "customers": {"id": "number", "code": "text", "name": "text", "currencyCode": "text", "termCode": "text"},
    "stocks": {
        "id": "number",
        "code": "text",
        "name": "text",
        "balance": "number",
        "isActive": "flag",
        "baseUOM": "text",
    },
    "uoms": {"id": "number", "code": "text", "description": "text"},
    "agents": {"id": "number", "code": "text", "name": "text", "isActive": "flag"},
    "terms": {"id": "number", "code": "text", "description": "text", "value": "number", "isDefault": "flag"},
    "projects": {"id": "number", "code": "text", "name": "text", "isActive": "flag"},
    "locations": {"id": "number", "code": "text", "name": "text", "isActive": "flag"},
    "currencies": {"id": "number", "code": "text", "description": "text", "rate": "number"},
    "taxcodes": {"id": "number", "code": "text", "description": "text", "rate": "number", "isActive": "flag"},
    "accounts": {"id": "text", "code": "text", "name": "text", "isActive": "flag", "specialCode": "text"},
}
EXTRA = {
    "projects": ("hasChildren", "contractSum"),
    "taxcodes": ("taxType", "isOutputTax"),
    "accounts": ("drcr", "parentId", "hasChildren", "accountType"),
    "customers": (),
    "stocks": (),
}


def lister(company: Company, name: str, title: str, keep: Keep | None = None) -> Callable[[Request], Answer]:
    """A paged list of `name`."""

    def answer(request: Request) -> Answer:
        kept = [record for record in company.rows(name) if keep is None or keep(record)]
        chosen, count = query.select(kept, request.query, COLUMNS[name])
        return page([_row(name, record) for record in chosen], count, f"Get {title} list success")

    return answer


def detailed(company: Company) -> Callable[[Request], Answer]:
    """Stock items with their `uoms[]`."""

    def answer(request: Request) -> Answer:
        chosen, count = query.select(company.rows("stocks"), request.query, COLUMNS["stocks"])
        return page([public(record) for record in chosen], count, "Get stock detailed list success")

    return answer


def all_projects(company: Company) -> Callable[[Request], Answer]:
    """A plain array in `data`, no paging (qne.md 3)."""
    return lambda request: done(
        [_row("projects", record) for record in company.rows("projects")], "Get projects success"
    )


def reader(company: Company, name: str, title: str) -> Callable[[Request, str], Answer]:
    """One record by its id."""

    def answer(request: Request, key: str) -> Answer:
        record = company.find(name, key)
        if record is None:
            raise missing(title.capitalize())
        return done(public(record), f"Get {title} success")

    return answer


def new_customer(company: Company) -> Callable[[Request], Answer]:
    """A template with the company's defaults."""
    blank = customer(0, "", "", HOME, "30")
    return lambda request: done({k: v for k, v in blank.items() if k not in company.switches.template_without}, "OK")


def create_customer(company: Company) -> Callable[[Request], Answer]:
    """Code and name are needed, the code is unique, the name has at most 100 characters (N23)."""

    def answer(request: Request) -> Answer:
        body = checks.body_of(request)
        code, name = checks.words(body, "code", 20, required=True), checks.words(body, "name", 100, required=True)
        with company.storage.writing(request.still_in_time) as unit:
            if company.by_code("customers", code):
                raise Refused(f"Customer code {code} already exists", DUPLICATE, 409)
            number = max(record["id"] for record in company.rows("customers")) + 1
            record = customer(number, code, name, _known(company, "currencies", body.get("currencyCode", HOME)), "30")
            record["termCode"] = _known(company, "terms", body.get("termCode", "30"))
            record["email"] = checks.words(body, "email", 200)
            company.put(unit, "customers", record)
        return done({"id": number, "code": code, "name": name}, "Create customer success")

    return answer


def new_stock(company: Company) -> Callable[[Request], Answer]:
    """A template with the company's default unit."""
    blank = {"id": 0, "code": "", "name": "", "balance": 0, "isActive": True, "baseUOM": DEFAULT_UNIT, "uoms": []}
    return lambda request: done({k: v for k, v in blank.items() if k not in company.switches.template_without}, "OK")


def create_stock(company: Company) -> Callable[[Request], Answer]:
    """Code and name are needed, the code is unique; `baseUOM` is a unit of the list, left out it is the default."""

    def answer(request: Request) -> Answer:
        body = checks.body_of(request)
        code, name = checks.words(body, "code", 30, required=True), checks.words(body, "name", 200, required=True)
        with company.storage.writing(request.still_in_time) as unit:
            if company.by_code("stocks", code):
                raise Refused(f"Stock code {code} already exists", DUPLICATE, 409)
            base = company.by_code("uoms", checks.words(body, "baseUOM", 20) or DEFAULT_UNIT)
            if base is None:
                raise Refused(f"UOM {body['baseUOM']} does not exist")
            record = _made_stock(company, code, name, base)
            company.put(unit, "stocks", record)
        return done({"id": record["id"], "code": code, "name": name}, "Create stock success")

    return answer


def _made_stock(company: Company, code: str, name: str, base: Doc) -> Doc:
    stocks = company.rows("stocks")
    unit_id = max(unit["id"] for stock in stocks for unit in stock["uoms"]) + 1
    row = {"id": max(stock["id"] for stock in stocks) + 1, "code": code, "name": name, "balance": Decimal(0)}
    units = [{**base, "id": unit_id, "rate": Decimal(1), "isBase": True}]
    return row | {"isActive": True, "baseUOM": base["code"], "uoms": units}


def basic_info(company: Company, name: str) -> Callable[[Request], Answer]:
    """The company's name and home currency."""
    info = {"companyName": name, "registrationNo": "202601000001", "country": "MY", "currencyCode": HOME}
    return lambda request: done(info, "Get company profile success")


def user_data(email: str) -> Callable[[Request], Answer]:
    """Needs no permission: the other connection test (qne.md 2)."""
    return lambda request: done({"userName": email, "serverTime": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}, "OK")


def is_output_tax(record: Doc) -> bool:
    """Whether the tax code is for sales."""
    return bool(record["isOutputTax"])


def is_input_tax(record: Doc) -> bool:
    """Whether the tax code is for purchases."""
    return not record["isOutputTax"]


def is_leaf(record: Doc) -> bool:
    """Whether the account has no accounts under it."""
    return not record["hasChildren"]


def is_deposit(record: Doc) -> bool:
    """Whether money can be received in this account: bank or cash (qne.md 6.1)."""
    kind = record["accountType"]["typeCode"]
    return is_leaf(record) and record["isActive"] and kind == "BCA" and record["specialCode"] in ("BAC", "CAC")


def rate_of(record: Doc | None) -> Decimal:
    """A tax code's rate as a factor; no code, no tax."""
    return Decimal(record["rate"]) if record else Decimal(0)


def _row(name: str, record: Doc) -> Doc:
    return {column: record[column] for column in (*COLUMNS[name], *EXTRA.get(name, ()))}


def _known(company: Company, name: str, code: str) -> str:
    if company.by_code(name, code) is None:
        raise Refused(f"{code} does not exist")
    return code
