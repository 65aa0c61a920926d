"""Who buys in the practice shop: masked on marketplaces, by name in the web store (sitegiant.md 4.2)."""

from __future__ import annotations

from random import Random

from practice.web import Doc

PEOPLE = [
    ("Nur Aisyah binti Abdullah", "aisyah@example.com", ""),
    ("Muhammad Hafiz bin Ismail", "hafiz@example.com", ""),
    ("陈美玲", "meiling.chen@example.com", ""),
    ("林志强", "zq.lin@example.com", "志强贸易有限公司"),
    ("Siti D'Cruz", "siti.dcruz@example.com", ""),
    ("Lim 🌸 Wei Ling", "weiling@example.com", ""),
    ("Anand a/l Krishnan", "anand@example.com", "Krishnan & Sons Sdn. Bhd."),
    ("Tan Ah Kow", "tan.ahkow@example.com", "Kopitiam Ah Kow"),
    ("Ngô Thị Hương", "huong@example.com", ""),
    ("O'Brien, Sean: Ipoh", "sean@example.com", ""),
]
TOWNS = [
    ("Ipoh", "Perak", "30000"),
    ("George Town", "Pulau Pinang", "10200"),
    ("Petaling Jaya", "Selangor", "46000"),
    ("Kuching", "Sarawak", "93000"),
    ("Johor Bahru", "Johor", "80000"),
    ("Kota Bharu", "Kelantan", "15000"),
]
STREETS = ["Jalan Mawar", "Jalan Sultan", "Lorong Kenanga", "Lebuh Chulia", "Jalan Tun Razak"]


def masked(chance: Random) -> Doc:
    """A marketplace's buyer: nothing that could serve as a key."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    start = "".join(chance.choice(letters) for _ in range(3))
    return {
        "name": f"{start}_{chance.choice(letters)}***",
        "email": "",
        "phone": f"*****{chance.randrange(100):02}",
        "billing_company": "",
    }


def named(chance: Random) -> Doc:
    """A buyer of the web store."""
    name, email, company = chance.choice(PEOPLE)
    phone = f"+601{chance.randrange(10_000_000, 99_999_999)}"
    return {"name": name, "email": email, "phone": phone, "billing_company": company}


def address(chance: Random, currency: str) -> Doc:
    """Where it goes."""
    town, state, postcode = chance.choice(TOWNS)
    country = {"SGD": "SG", "USD": "US"}.get(currency, "MY")
    street = f"{chance.randrange(1, 200)} {chance.choice(STREETS)}"
    return {"address1": street, "city": town, "state": state, "postcode": postcode, "country": country}


def customer_list() -> list[Doc]:
    """The web store's customers, as `GET /customers` shows them (OURS)."""
    return [
        {"customer_id": str(number), "name": name, "email": email, "phone": "", "billing_company": company}
        for number, (name, email, company) in enumerate(PEOPLE, 1)
    ]
