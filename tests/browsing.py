"""A real browser for tests: the Chromium that is on PATH.

Where there is none such tests are skipped; with RECONCILER_BROWSER=required, as in .ci/run, that is a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}


@contextmanager
def launched() -> Iterator[Browser]:
    """The browser. The library keeps an event loop running in this thread meanwhile."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        missing = f"no browser on PATH ({', '.join(BROWSERS)}): install Debian's package chromium"
        if os.environ.get("RECONCILER_BROWSER") == "required":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page that was opened, and everything that it did besides being shown."""

    page: Page
    asked_for: list[str] = field(default_factory=list)
    noise: list[str] = field(default_factory=list)

    def open(self, url: str) -> Page:
        """Load the page, taking note of dialogs, errors, refusals of the policy and requests."""
        self.page.on("request", lambda request: self.asked_for.append(request.url))
        self.page.on("console", lambda message: self.noise.append(message.text))
        self.page.on("pageerror", lambda error: self.noise.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.noise.append(dialog.message), dialog.dismiss()))
        self.page.goto(url)
        return self.page


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core finds: contrasts, landmarks, headings, labels, heads of tables."""
    found = Axe().run(page).response
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]
