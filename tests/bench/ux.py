"""What a learner's screen and line have to carry: `make ux`, or `python -m tests.bench.ux [screen|phone|keys|load|clicks|axe ...]`.

Printed, not asserted: the share of the window that the diagram has, the rows in view, what a telephone shows at every step, how many keys
a lesson takes, bytes, first paint and layout shift of each page on a slow line, what a click costs, and what axe-core finds.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sandbox.language import library
from tests.bench import control
from tests.support.axe import found as found_by_axe
from tests.support.browsing import IDLE, READY, new_context
from tests.support.needs import chromium
from tests.support.serving import FLAGS, free_port, serving

PAGES = (
    "",
    "flows",
    "attacks",
    "play?scenario=code-pkce",
    "play?scenario=missing-aud-replay",
    "compare",
    "matrix",
    "system",
    "token-lab",
    "live",
)
LESSONS = ("missing-aud-replay", "code-pkce")
DESKS = ((1440, 900), (1366, 768), (1024, 768), (1920, 1080))
PHONE = {"width": 390, "height": 844}
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 768e3 / 8}
# Of the stepper, which lives in a shadow tree
BOARD = "(root) => { const b = root.querySelector('.board').getBoundingClientRect(); return 100 * b.width * b.height / innerWidth / innerHeight; }"
ROWS = """(root) => { const box = root.querySelector('.scroll').getBoundingClientRect();
  return [...root.querySelectorAll('.row:not(.chapter, .later)')].filter((r) => { const b = r.getBoundingClientRect(); return b.height && b.top >= box.top - 1 && b.bottom <= box.bottom + 1; }).length; }"""
# Goes through a whole run by message: the steps at which row, message and Next are not all in view, and how many steps there are.
# A question about the order of the messages puts them away, and counts if it is in view itself.
UNSEEN = """(root) => {
  const inside = (el, room) => { const b = el?.getBoundingClientRect(), r = room.getBoundingClientRect(); return b && b.height > 0 && b.top >= r.top - 1 && b.bottom <= r.bottom + 1; };
  const scroll = root.querySelector('.scroll'), next = root.querySelector('.nav.primary'), main = root.getRootNode().host.closest('[data-testid="stMain"]'), unseen = [];
  root.querySelector('[data-pace=message]').click();
  let total = 0;
  for (;;) {
    const panel = root.querySelector('.panel').getBoundingClientRect(), here = root.querySelector('.row.now[data-n]:not([hidden])') ?? root.querySelector('.row.secret');
    const told = root.classList.contains('veiled') ? root.querySelector('.ask').getBoundingClientRect().bottom <= innerHeight
      : inside(here, scroll) && scroll.getBoundingClientRect().bottom <= innerHeight && panel.height > 60 && panel.top < innerHeight - 60;
    const seen = told && next.getBoundingClientRect().bottom <= innerHeight && main.scrollWidth <= innerWidth;
    total += 1;
    if (!seen) unseen.push(Number(root.dataset.step));
    const before = root.dataset.step;
    next.click();
    if (root.classList.contains('ended') || root.dataset.step === before) return [unseen, total];
  }
}"""
# From the visitor's click to the first frame in which this diagram has given way to a new one, in milliseconds
TAKES = """(board) => new Promise((done) => addEventListener('click', () => {
  const from = performance.now(), look = () => board.isConnected ? requestAnimationFrame(look) : done(performance.now() - from);
  look();
}, { capture: true, once: true }))"""
SHIFT = """new Promise((done) => { let sum = 0; new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => done(sum), 300); })"""
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


@contextmanager
def page_of(browser: Any, **options: Any) -> Iterator[Any]:
    context = new_context(browser, reduced_motion="reduce", **options)
    yield context.new_page()
    context.close()


def opened(page: Any, url: str) -> Any:
    page.goto(url)
    page.wait_for_selector(IDLE)
    if "play" in url or "compare" in url:
        page.wait_for_selector(f"{READY} .row[data-n]", state="attached")
    page.evaluate("document.fonts.ready")
    return page


def stepper(page: Any, script: str) -> Any:
    return page.locator(".stepper").evaluate(script)


def whole(page: Any) -> None:
    """Everything of the run on show is there."""
    everything = page.locator('.stepper .bar button:text-is("Show all")')
    if everything.is_visible():
        everything.click()
        page.wait_for_selector(".stepper:not(.asking)")


def screen(browser: Any, app: str) -> None:
    print("\nThe diagram's share of the window, and rows in view at the last step")
    for width, height in DESKS:
        for lesson in LESSONS:
            with page_of(browser, viewport={"width": width, "height": height}) as page:
                opened(page, f"{app}/play?scenario={lesson}")
                asking = stepper(page, BOARD)
                whole(page)
                page.keyboard.press("End")
                page.wait_for_timeout(400)
                print(
                    f"  {width}x{height} {lesson:<22} {asking:3.0f} % asking, {stepper(page, BOARD):3.0f} % open, {stepper(page, ROWS):>3} rows"
                )


def phone(browser: Any, app: str) -> None:
    print("\nA telephone, 390x844: steps at which row, message and Next are in view together, the page left where it opens")
    for lesson in [s.id for s in (*library.flows(), *library.attacks())]:
        with page_of(browser, viewport=PHONE) as page:
            opened(page, f"{app}/play?scenario={lesson}")
            whole(page)
            unseen, total = stepper(page, UNSEEN)
            print(f"  {lesson:<28} {total - len(unseen):>3} of {total}{f', not at {unseen}' if unseen else ''}")


def keys(browser: Any, app: str) -> None:
    print("\nKeys from the first step of a lesson to its end, answers included")
    for lesson in LESSONS:
        with page_of(browser, viewport={"width": 1440, "height": 900}) as page:
            opened(page, f"{app}/play?scenario={lesson}")
            pressed = asked = 0
            while not page.locator(".stepper.ended").count() and pressed < 200:
                options = page.locator(".answers button").count()
                if options:
                    key = page.locator(".ask .q").inner_text()
                    page.keyboard.press("1")
                    for each in range(2, options + 1) if page.locator(".ask .submit").count() else ():
                        page.keyboard.press(str(each))
                    if page.locator(".ask .submit").count():
                        page.locator(".ask .submit").press("Enter")
                    page.locator(".ask .q", has_text=key).wait_for(state="detached")
                    asked += 1
                else:
                    page.keyboard.press("ArrowRight")
                    pressed += 1
            print(f"  {lesson:<28} {pressed} sentences and {asked} questions")


def load(browser: Any, app: str) -> None:
    print("\nA first visit on a line of 1.6 Mbit/s and 150 ms: kilobytes over the line, first paint, all layout shifts")
    for path in PAGES:
        with page_of(browser, viewport={"width": 1440, "height": 900}) as page:
            session, bytes_, shift = page.context.new_cdp_session(page), [0], 0.0
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", SLOW)
            session.on("Network.loadingFinished", lambda e, n=bytes_: n.__setitem__(0, n[0] + e["encodedDataLength"]))
            start = time.perf_counter()
            opened(page, f"{app}/{path}")
            ready = time.perf_counter() - start
            page.wait_for_timeout(1500)
            shift = page.evaluate(SHIFT)
            print(
                f"  /{path:<38} {bytes_[0] / 1000:6.0f} kB  paint {page.evaluate(PAINT) / 1000:5.1f} s  ready {ready:5.1f} s  shift {shift:.2f}"
            )


def clicks(browser: Any, app: str) -> None:
    print("\nA click on a design: kilobytes over the websocket, and milliseconds to the new rows")
    with page_of(browser, viewport={"width": 1440, "height": 900}) as page:
        frames = [0]
        page.on("websocket", lambda ws: ws.on("framereceived", lambda f: frames.__setitem__(0, frames[0] + len(f))))
        opened(page, f"{app}/play?scenario=missing-aud-replay")
        whole(page)
        sizes, times = [], []
        for name in ("Naive JWT", "JWT done properly", "OAuth 2.0, basic", "OAuth 2.0, best practice") * 3:
            frames[0] = 0
            page.locator(".stepper .board").evaluate(f"(board) => {{ window.takes = ({TAKES})(board); }}")
            page.get_by_role("radio", name=name, exact=True).click()
            times.append(page.evaluate("window.takes"))
            page.wait_for_selector(IDLE)
            page.wait_for_timeout(200)
            sizes.append(frames[0] / 1000)
        print(
            f"  median {statistics.median(sizes):.0f} kB (at most {max(sizes):.0f}), {statistics.median(times):.0f} ms (at worst {max(times):.0f})"
        )


def axe(browser: Any, app: str) -> None:
    print("\naxe-core: what it finds, in our own elements and in Streamlit's")
    for path in PAGES:
        for scheme in ("light", "dark"):
            with page_of(browser, viewport={"width": 1440, "height": 900}, color_scheme=scheme) as page:
                opened(page, f"{app}/{path}")
                found = found_by_axe(page)
                ours = [each for each in found if each.ours]
                said = "; ".join(sorted({f"{each.rule} {each.selector[:90] if each.ours else each.place}" for each in found}))
                print(f"  /{path:<38} {scheme:<5} {len(ours)} ours, {len(found) - len(ours)} Streamlit's: {said[:700]}")


MEASURES: dict[str, Callable[[Any, str], None]] = {
    "screen": screen,
    "phone": phone,
    "keys": keys,
    "load": load,
    "clicks": clicks,
    "axe": axe,
}


def main() -> None:
    """Print what was asked for, or everything, with the machine's load and a control at head and foot."""
    parser = argparse.ArgumentParser(prog="ux", description="What a learner's screen and line have to carry.")
    parser.add_argument("what", nargs="*", choices=[[], *MEASURES], help="all of it, if nothing is named")
    wanted = parser.parse_args().what or list(MEASURES)
    program = chromium()
    if program is None:
        sys.exit("no chromium on this machine (install it, or set CHROMIUM to its path)")
    from playwright.sync_api import sync_playwright

    port = free_port()
    print(f"control: {control.measured(control.python)}")
    with serving([sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)], port) as app, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=program, args=list(FLAGS))
        for name in wanted:
            MEASURES[name](browser, app)
        browser.close()
    print(f"\ncontrol: {control.measured(control.python)}")


if __name__ == "__main__":
    main()
