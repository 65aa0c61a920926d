"""A real browser before a real Tillbridge: `./run`'s own parts, on a data folder that is thrown away."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright

from tests.integration.test_run import free_port

ROOT = Path(__file__).parent.parent.parent
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
EXPECTED = "Failed to load resource: the server responded with a status of 4"
"""The browser's own line about an answer that refuses what was typed."""


@dataclass
class Site:
    """A running Tillbridge."""

    url: str
    code: str
    data: Path
    process: subprocess.Popen[str]


def start_site() -> Site:
    """Start on a fresh data folder and read what it prints."""
    data, port = Path(tempfile.mkdtemp(prefix="tillbridge-browser-")) / "data", free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TILLBRIDGE")}
    command = [sys.executable, "-W", "ignore", "-m", "supervisor", "--data", str(data), "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    said: list[str] = []
    for line in process.stdout or ():
        said.append(line)
        if line.startswith("Set-up code:"):
            return Site(f"http://127.0.0.1:{port}", line.split()[2], data, process)
    raise AssertionError("".join(said))


def stop_site(site: Site) -> None:
    """Ask it to end, and take its folder away."""
    site.process.send_signal(signal.SIGINT)
    try:
        site.process.wait(60)
    finally:
        site.process.kill()
        shutil.rmtree(site.data.parent, ignore_errors=True)


@pytest.fixture
def fresh_site() -> Iterator[Site]:
    """An installation in which nothing is set up."""
    made = start_site()
    try:
        yield made
    finally:
        stop_site(made)


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(_playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium, else Playwright's own."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    flags = [*FLAGS, *(["--no-sandbox"] if os.getuid() == 0 else [])]
    browser = _playwright.chromium.launch(executable_path=path, args=flags)
    yield browser
    browser.close()


@dataclass
class Tab:
    """A page of the browser, with what went wrong in it."""

    page: Page
    site: Site
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        """Keep what the console complains about."""
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def look(self) -> None:
        """No violation that axe-core finds, on the page as it is now; in the dark, of its colours."""
        self.page.evaluate(AXE)
        self._look_as("light")
        self._look_as("dark", runOnly=["color-contrast"])
        self.page.evaluate("document.documentElement.dataset.bsTheme = 'light'")

    def _look_as(self, theme: str, **options: list[str]) -> None:
        self.page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
        options["resultTypes"] = ["violations"]
        for each in self.page.evaluate("options => axe.run(options).then(r => r.violations)", options):
            where = "; ".join(node["html"][:200] for node in each["nodes"][:3])
            self.complaints.append(f"{self.page.url}: axe {each['id']}: {each['help']}: {where}")

    def check(self) -> None:
        """Nothing was complained about."""
        assert not self.complaints, "\n".join(self.complaints)


def open_tab(browser: Browser, site: Site, size: str = "desktop", js: bool = True) -> Tab:
    """A browser of its own, at a size, with or without JavaScript."""
    context: BrowserContext = browser.new_context(
        viewport=SIZES[size],
        java_script_enabled=js,
        reduced_motion="reduce",
        base_url=site.url,
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    tab = Tab(page, site)
    page.on("console", tab.hear)
    page.on("pageerror", lambda error: tab.complaints.append(f"{page.url}: {error}"))
    return tab


def wait_for(page: Page, is_so, most_s: float = 60) -> None:
    """Reload until something is so: what a person without JavaScript does."""
    end = time.monotonic() + most_s
    while not is_so():
        assert time.monotonic() < end, f"it did not happen: {page.url}\n{page.inner_text('main')[:2000]}"
        page.wait_for_timeout(500)
        page.reload()
