"""The demo's shop that has no API: a store of files with a channel, and the file that a practice shop exports."""

from typing import TYPE_CHECKING

import requests

from supervisor.visitor import File
from sync import practice_systems

if TYPE_CHECKING:
    from supervisor.demo import Shop

SOURCE = "woocommerce"
"""The practice shop whose export it is."""


def make_store(shop: "Shop") -> None:
    """Of files, with one channel."""
    shop.owner.go("/stores/new/spreadsheet")
    shop.submit("/stores/new/spreadsheet", {"shop_id": "KEDAI"})
    new = {"name": "Web shop", "kind": "webstore", "currency": "MYR"}
    shop.submit("channel", {f"channel-{name}": value for name, value in new.items()})


def bring_in(shop: "Shop", channel_id: int) -> str:
    """Upload the file, look at the columns that are guessed, and import its orders; what the page says of it."""
    shop.owner.go(f"/uploads?channel={channel_id}")
    upload = shop.submit("upload", {"file": File("orders.csv", _exported(shop))}).url
    shop.wait(upload)
    shop.submit("mapping")
    shop.wait(upload)
    shop.submit("proceed")
    shop.wait(upload)
    said = shop.owner.page.text.partition("Imported. ")[2].partition(" Proceed was pressed")[0]
    if not said:
        raise RuntimeError(f"{upload} imported nothing: {shop.owner.page.text[:500]}")
    return said


def _exported(shop: "Shop") -> bytes:
    control = practice_systems.systems(shop.supervisor.wanted.places.data)["control"]
    with requests.Session() as session:
        session.trust_env = False
        path = f"{control['url']}/stores/{SOURCE}/orders.csv"
        answer = session.get(path, headers={"X-Practice-Key": control["key"]}, timeout=60)
    answer.raise_for_status()
    return answer.content
