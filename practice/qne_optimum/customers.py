"""Optimum's customers (qne.md 8.2, 8.4)."""

from __future__ import annotations

import uuid

from practice.qne import checks
from practice.qne.company import public
from practice.qne.envelope import DUPLICATE, Refused
from practice.qne_optimum.company import Company
from practice.qne_optimum.seed import customer
from practice.web import Answer, Doc, Request

KIND = "customers"
LIMITS = {"companyName": 100, "email": 200, "contactPerson": 100, "phoneNo1": 30, "area": 20, "status": 10}


class Customers:
    """The writing calls under /api/Customers."""

    def __init__(self, company: Company) -> None:
        """Work on this company."""
        self.company = company

    def create(self, request: Request) -> Answer:
        """Code and name are needed, the code is unique."""
        body = checks.body_of(request)
        code, name = checks.words(body, "companyCode", 20, True), checks.words(body, "companyName", 100, True)
        with self.company.storage.writing(request.still_in_time) as unit:
            if any(row["companyCode"] == code for row in self.company.rows(KIND)):
                raise Refused(f"Customer {code} already exists", DUPLICATE, 409)
            record = {"id": str(uuid.uuid4()), **customer(code, name), **_sent(body)}
            self.company.put(unit, KIND, record)
        return Answer(public(record))

    def update(self, request: Request) -> Answer:
        """Change a customer; its id is in the body, its code stays."""
        body = checks.body_of(request)
        with self.company.storage.writing(request.still_in_time) as unit:
            record = self.company.find(KIND, checks.guid(body, "id")) | _sent(body)
            self.company.put(unit, KIND, record)
        return Answer(public(record))


def _sent(body: Doc) -> Doc:
    return {name: checks.words(body, name, limit) for name, limit in LIMITS.items() if name in body}
