"""A signed caller of the imitated SQL Account, and bodies to send to it."""

import json
from urllib.parse import quote, urlencode

import requests
from requests_aws4auth import AWS4Auth

INVOICE = {
    **{"docno": "", "docdate": "2026-01-15", "postdate": "2026-01-15", "code": "300-W0001"},
    **{"companyname": "Walk-in Web Customer", "terms": "C.O.D.", "agent": "----", "area": "----", "project": "----"},
    **{"currencycode": "----", "currencyrate": "1.00", "description": "Web order 1001", "docref1": "WC-1001"},
    "sdsdocdetail": [
        {
            **{"seq": 1000, "itemcode": "TEA-250", "description": "Tea 250 g", "qty": "2.00", "uom": "UNIT"},
            **{"unitprice": "50.00", "disc": "", "tax": "SV-6", "taxrate": "6%", "taxinclusive": False},
            "location": "HQ",
        },
        {
            **{"seq": 2000, "description": "Shipping", "qty": "1.00", "unitprice": "10.00", "account": "500-100"},
            "taxinclusive": False,
        },
    ],
}
PAYMENT = {
    **{"docno": "", "code": "300-W0001", "docdate": "2026-01-16", "postdate": "2026-01-16"},
    **{"paymentmethod": "310-001", "description": "Card payment WC-1001", "currencycode": "----"},
    **{"currencyrate": "1.00", "docamt": "116.00", "bankcharge": "0.00", "unappliedamt": "0.00"},
    **{"docref1": "WC-PAY-77", "chequenumber": "ch_77"},
    "sdsknockoff": [{"doctype": "IV", "docno": "IV-00001", "koamt": "116.00", "knockoff": True}],
}
LINE = {"itemcode": "TEA-250", "qty": "1", "unitprice": "10"}
LOCKED = "Record has been changed by another user"


class Caller:
    """One signed session."""

    def __init__(self, server):
        keys = server.line["sql_accounting"]
        self.base, self.session = keys["base_url"], requests.Session()
        self.session.trust_env = False
        self.session.auth = AWS4Auth(keys["access_key"], keys["secret_key"], "ap-southeast-5", "sqlaccount")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.session.close()

    def ask(self, method, path, body=None, **query):
        words = "?" + urlencode(query, quote_via=quote, safe="~") if query else ""
        raw = body if isinstance(body, str | None) else json.dumps(body)
        head = {"Content-Type": "application/json"} if raw is not None else {}
        return self.session.request(method, self.base + path + words, data=raw, headers=head, timeout=10)

    def get(self, path, **query):
        return self.ask("GET", path, **query)

    def post(self, path, body):
        return self.ask("POST", path, body)

    def put(self, path, body):
        return self.ask("PUT", path, body)

    def delete(self, path):
        return self.ask("DELETE", path)

    def rows(self, path, **query):
        return self.get(path, **query).json()["data"]

    def one(self, path):
        """The record of a single read."""
        [record] = self.get(path).json()["data"]
        return record

    def make(self, path="/salesinvoice", **changes):
        """A sales document that must be taken."""
        return self.taken(path, without({"code": "300-W0001", "sdsdocdetail": [LINE]} | changes))

    def pay(self, path="/customerpayment", **changes):
        """A payment that must be taken; 10.00, unapplied unless the changes say otherwise."""
        return self.taken(path, payment(**changes))

    def taken(self, path, body):
        reply = self.post(path, body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def again(self, path, **changes):
        """A PUT of the record as it is, with changes, that must be taken."""
        record = self.one(path)
        reply = self.put(path, record | {"updatecount": record["updatecount"] + 1} | changes)
        assert reply.status_code == 200, reply.text
        return reply.json()


def without(body):
    return {name: value for name, value in body.items() if value != "LEAVE OUT"}


def invoice(**changes):
    return without({"code": "300-W0001", "docdate": "2026-01-15", "sdsdocdetail": [LINE]} | changes)


def line(**changes):
    return without(LINE | changes)


def says(reply, words="", status=400):
    """Whether it is refused with these words."""
    return reply.status_code == status and words in reply.json()["message"]


def picked(record, *names):
    return tuple(record[name] for name in names)


def knocks(*pairs, kind="IV"):
    return [{"doctype": kind, "docno": number, "koamt": amount, "knockoff": True} for number, amount in pairs]


def payment(**changes):
    return without(PAYMENT | {"sdsknockoff": [], "docamt": "10.00", "unappliedamt": "10.00"} | changes)


def owed(books, number="IV-00001"):
    [row] = books.rows("/customerinvoice", docno=number)
    record = books.one(f"/customerinvoice/{row['dockey']}")
    assert "outstanding" not in row
    return picked(record, "paymentamt", "outstanding")


def paid(books, **changes):
    """An invoice of 10 and the payment that settles it."""
    made = books.make()
    rows = {"unappliedamt": "0.00", "sdsknockoff": knocks((made["docno"], "10.00"))}
    return made, books.pay(**rows | changes)
