"""Takes the pictures of the app: `make screenshots` the one in the README, `python tests/screenshots.py FOLDER` all of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from serving import FLAGS, ROOT, chromium, free_port, serving

README = ROOT / ".github" / "images" / "attack.png"
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"][data-test-connection-state="CONNECTED"]'
AUD = "/play?scenario=missing-aud-replay"

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
    "compare-three": "/compare?scenario=missing-aud-replay&a=file&b=file,AUD=on&c=oauth-bcp&step=9",
    "matrix": "/matrix",
    "matrix-defences": "/matrix?show=defences",
    "system": "/system",
    "token-lab": "/token-lab",
    "workshop": "/workshop",
}
SIZES = ((1440, 900), (1024, 768))


def take(browser: Any, url: str, file: Path, size: tuple[int, int], scheme: str) -> None:
    """One picture, when nothing moves any more."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce")
    page.goto(url)
    page.wait_for_selector(IDLE)
    if "/play" in url:
        page.wait_for_selector('.stepper[data-ready="true"]')
        if "step=" not in url and page.locator("text=To the verdict").is_visible():
            page.locator("text=To the verdict").click()
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
            README.parent.mkdir(parents=True, exist_ok=True)
            take(browser, url + VIEWS["blocked"], README, SIZES[0], "light")
            print(README.relative_to(ROOT))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            for name, path in VIEWS.items():
                for size in SIZES:
                    for scheme in ("light", "dark"):
                        take(browser, url + path, folder / f"{name}-{size[0]}-{scheme}.png", size, scheme)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
