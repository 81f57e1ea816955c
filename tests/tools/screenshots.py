"""Takes the pictures of the app: `make screenshots` those in the README, `python -m tests.tools.screenshots FOLDER` all of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.support.browsing import AUD as STORY
from tests.support.browsing import IDLE, READY
from tests.support.needs import chromium
from tests.support.paths import ROOT
from tests.support.reality import OWN, SPA
from tests.support.serving import FLAGS, free_port, serving

IMAGES = ROOT / ".github" / "images"
EVERYTHING = '.stepper .bar button:text-is("Show all")'
AUD = f"/play?scenario={STORY}"

VIEWS = {
    "start": "/",
    "flows": "/flows",
    "attacks": "/attacks",
    "flow": "/play?scenario=code-pkce&step=15",
    "succeeded": AUD,
    "blocked": f"{AUD}&set=AUD=on",
    "limited": "/play?scenario=no-revocation-before-exp&profile=oauth-bcp",
    "not-applicable": "/play?scenario=code-pkce&profile=naive-jwt",
    "compare": "/compare",
    "compare-three": f"/compare?scenario={STORY}&a=file&b=file,AUD=on&c=oauth-bcp&step=35",
    "matrix": "/matrix",
    "matrix-defences": "/matrix?show=defences",
    "system": "/system",
    "your-login": "/system#own",
    "token-lab": "/token-lab",
    "workshop": "/workshop",
    "live": "/live",
}
README = {
    "attack": "blocked",
    "compare": "compare-three",
    "matrix": "matrix",
    "your-login": "your-login",
}  # the picture's name, and which view it shows
SIZES = ((1440, 900), (1024, 768))


def take(browser: Any, url: str, file: Path, size: tuple[int, int], scheme: str) -> None:
    """One picture, when nothing moves any more."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce")
    page.goto(url)
    page.wait_for_selector(IDLE)
    if "/play" in url:
        page.wait_for_selector(READY)
        if (everything := page.locator(EVERYTHING)).is_visible():  # a lesson in its own setting asks before it shows
            everything.click()
            page.wait_for_selector(".stepper:not(.asking)")
            page.wait_for_selector(IDLE)
        if "step=" not in url and page.locator("text=To the verdict").is_visible():
            page.locator("text=To the verdict").click()
    if "/matrix" in url:
        page.get_by_role("button", name="Stop").wait_for(state="hidden", timeout=120_000)
    if url.endswith("#own"):
        page.set_input_files('input[type="file"]', OWN / SPA)
        page.wait_for_selector('.stepper[data-ready="true"]')
        page.locator(".st-key-own-found").scroll_into_view_if_needed()
        page.mouse.move(size[0] // 2, size[1] // 2)
        page.mouse.wheel(0, 120)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=file)
    page.close()


def main(folder: Path | None) -> None:
    program, port = chromium(), free_port()
    if program is None:
        sys.exit("no chromium on this machine (install it, or set CHROMIUM to its path)")
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with serving(command, port) as url, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=program, args=list(FLAGS))
        if folder is None:
            IMAGES.mkdir(parents=True, exist_ok=True)
            for name, view in README.items():
                take(browser, url + VIEWS[view], IMAGES / f"{name}.png", SIZES[0], "light")
                print(IMAGES / f"{name}.png")
        else:
            folder.mkdir(parents=True, exist_ok=True)
            for name, path in VIEWS.items():
                for size in SIZES:
                    for scheme in ("light", "dark"):
                        take(browser, url + path, folder / f"{name}-{size[0]}-{scheme}.png", size, scheme)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
