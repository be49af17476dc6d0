"""A headless Chromium without a network, for pages that need none."""

import contextlib
import shutil

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@contextlib.contextmanager
def chromium():
    """A browser, driven by playwright; skips where one of the two is missing."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("there is no Chromium")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Watched:
    """A page that notes what must not happen: requests, and errors in the console."""

    def __init__(self, browser, path, **options):
        self.context = browser.new_context(offline=True, **options)
        self.page = self.context.new_page()
        self.requests, self.errors = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._console)
        self.page.goto(path.as_uri())
        self.page.wait_for_selector(".ag canvas", timeout=8000)

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def close(self):
        """Close it; it must have asked for nothing but itself, and have met no error."""
        assert [url for url in self.requests if not url.startswith("file:")] == []
        assert len(self.requests) == 1
        assert self.errors == []
        self.context.close()


def until(page, expression, seconds=5.0):
    """Wait for an expression to become true. (Playwright's way needs eval, which is forbidden.)"""
    for _ in range(int(seconds * 20)):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not in {seconds} s: {expression}")
