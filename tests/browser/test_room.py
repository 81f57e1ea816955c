"""A room in real browsers: an instructor with desk and wall, and a learner; and the presenter's keys, with and without a room."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.browsing import READY, address, at, number, opened
from tests.support.room_pages import FILES, desk_of, join
from tests.support.waiting import until

SMALLEST = """() => {
  const sizes = [], walk = (root) => { for (const el of root.querySelectorAll('*')) {
    if (el.shadowRoot) walk(el.shadowRoot);
    if (el.closest('.seq') && el.getBoundingClientRect().width && [...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())) sizes.push(parseFloat(getComputedStyle(el).fontSize));
  } };
  walk(document);
  return [sizes.length, Math.min(...sizes)];
}"""


@pytest.mark.browser
def test_a_class_is_led_through_a_question_and_a_vote(fresh: Callable[..., Any], app: str) -> None:
    desk, ana = fresh(), fresh(width=1024, height=768)
    code = desk_of(desk, app)
    join(ana, app, code, "<b>Ana</b>")
    wall = fresh(beside=desk, width=1920, height=1080)
    wall.goto(f"{app}/workshop?room={code}&present=1")
    wall.locator(".room.lobby .invitation .address", has_text=f"?room={code}").wait_for()
    desk.bring_to_front()
    desk.locator(".people b", has_text="<b>Ana</b>").wait_for()
    desk.keyboard.press("End")
    step = int(desk.locator(".stepper").get_attribute("data-step"))
    assert step > 5
    for page in (ana, wall):  # they follow
        at(page, step)
    count, smallest = wall.evaluate(SMALLEST)
    assert count > 20
    assert smallest >= 16
    assert wall.locator(".stepper .verdict", has_text="Attack").count() == 0

    ana.bring_to_front()
    ana.locator(".answers button").first.click()
    desk.get_by_text("1 of 1 answered").wait_for()
    ana.get_by_role("button", name="Say otherwise").click()
    ana.locator(".answers button").last.click()
    desk.locator(".roomside .spread li:nth-child(2) b", has_text="1").wait_for()
    ana.reload()  # the same person, with the same answer
    ana.locator(".room[data-role=learner] .who", has_text="<b>Ana</b>").wait_for()
    ana.get_by_text("You said: No").wait_for()
    assert wall.locator(".spread").count() == 0
    desk.get_by_role("button", name="Reveal").click()
    wall.locator(".spread li.right", has_text="Yes").wait_for()
    ana.locator(".spread .short", has_text="Yes: ").wait_for()  # folded: her window is low
    ana.locator(".spread summary").click()
    ana.locator(".spread li.right", has_text="Yes").wait_for()
    ana.get_by_text("It goes the other way.").wait_for()
    wall.locator(".joinnow", has_text="1 here").wait_for()  # and not how many have answered the question after this one
    number(wall.get_by_role("button", name="Hide"), 0)  # what was said goes by itself there
    ana.set_viewport_size({"width": 390, "height": 844})
    ana.reload()
    ana.locator(".spread .short", has_text="Yes: ").wait_for()  # folded: the run stays in view
    assert ana.locator(".roomstage").bounding_box()["y"] < 400
    ana.set_viewport_size({"width": 1024, "height": 768})
    ana.locator(".spread summary").click()
    ana.locator(".spread li.right", has_text="Yes").wait_for()
    desk.bring_to_front()
    desk.keyboard.press("End")
    wall.locator(".joinnow", has_text="0 of 1 answered").wait_for()
    number(wall.locator(".spread"), 0)
    ana.bring_to_front()

    ana.keyboard.press("Home")  # looks around, and comes back
    ana.get_by_role("button", name="Back to the instructor").click()
    ana.get_by_text("Following").wait_for()
    while desk.get_by_role("button", name="Reveal").count():
        asked = desk.locator(".roomside [data-part=question] .top b").inner_text()
        desk.get_by_role("button", name="Reveal").click()
        desk.locator(".roomside [data-part=question] .top b", has_text=asked).wait_for(state="detached")
    desk.get_by_role("button", name="Vote: which defence next?").click()
    ana.locator(".vote button").first.click()
    desk.get_by_text("1 of 1 have voted").wait_for()
    desk.get_by_role("button", name="End the vote").click()
    desk.get_by_role("button", name="Run it").first.click()
    desk.keyboard.press("End")  # of the run that is left: it takes nothing back
    desk.get_by_text("In another setting.").wait_for()
    desk.locator('.stepper[data-step="1"]').wait_for()  # the new run begins
    desk.keyboard.press("End")
    for page in (ana, wall, desk):
        page.locator(".stepper .verdict b", has_text="Attack blocked").wait_for()

    ana.get_by_role("link", name="Glossary").or_(ana.get_by_role("link", name="Matrix")).first.click()  # another page of the app
    ana.get_by_role("button", name="Back to the room").click()
    ana.wait_for_selector(f".room[data-role=learner] {READY}")
    ana.get_by_role("button", name="Leave").click()
    number(ana.locator(".room"), 0)
    desk.get_by_text("People: 0").wait_for()
    desk.get_by_role("button", name="End the room").click()
    desk.get_by_text("The room has ended").wait_for()


@pytest.mark.browser
def test_everybody_gets_a_world_and_a_neighbour_can_look_at_it_and_no_more(fresh: Callable[..., Any], app: str) -> None:
    desk, ana, bo = fresh(), fresh(), fresh(width=390, height=844)
    code = desk_of(desk, app)
    for page, name in ((ana, "Ana"), (bo, "<i>Bo</i>")):
        join(page, app, code, name)
    desk.get_by_text("Worlds of their own").click()
    desk.get_by_role("button", name="Give everybody a world").click()
    for page in (ana, bo):
        page.locator(".roomworld code", has_text="/world/").wait_for()
    with ana.context.expect_page() as opening:
        ana.get_by_role("link", name="Open it").click()
    live = opening.value
    live.get_by_role("button", name="Send it for me").click()
    live.wait_for_selector(f"{READY} .row[data-n]", state="attached")
    desk.locator(".people .well", has_text="200 GET /accounts/accounts").wait_for()
    assert bo.get_by_text("Worlds of the others").count() == 0
    desk.get_by_role("switch", name="Neighbours look").click()
    bo.get_by_text("Worlds of the others: 1").click()
    with bo.context.expect_page() as opening:
        bo.get_by_role("link", name="Look").click()
    look = opening.value
    look.wait_for_selector(f"{READY} .row[data-n]", state="attached")
    number(look.get_by_role("button", name=re.compile("Clear|Close|New keys|Send again|Switches")), 0)
    desk.get_by_role("switch", name="Neighbours look").click()
    look.get_by_text("This world was given to somebody in a room.").wait_for()
    desk.get_by_role("button", name="Reset the world of Ana").click()
    live.get_by_text("Waiting for the first request").wait_for()
    desk.get_by_role("button", name="Take all back").click()
    number(ana.locator(".roomworld code"), 0)


@pytest.mark.browser
def test_a_key_that_is_pressed_twice_skips_no_scenario_and_the_keys_are_told(fresh: Callable[..., Any], app: str) -> None:
    page = opened(fresh(), f"{app}/workshop?files={FILES}&present=1")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    page.keyboard.press("?")
    number(page.get_by_role("dialog", name="Keys"), 0)
    page.keyboard.press("End")

    def nervous() -> bool:
        """Twice at once, again and again, until the next scenario is there."""
        for _ in range(2):
            page.keyboard.press("ArrowRight")
        return "scenario 2 of 3" in page.locator(".stepper .count").inner_text()

    until(nervous, "the second scenario")
    page.keyboard.press("ArrowRight")
    address(page, lambda query: query["item"] == "2")
    assert "scenario 2 of 3" in page.locator(".stepper .count").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1024, 768), (390, 844)])
def test_in_a_small_window_what_was_said_is_folded_and_the_bar_of_the_run_can_be_clicked(
    fresh: Callable[..., Any], app: str, size: tuple[int, int]
) -> None:
    desk, ana = fresh(), fresh(width=size[0], height=size[1])
    code = desk_of(desk, app)
    join(ana, app, code, "Somebody with a name of forty characters")
    wall = fresh(beside=desk, width=1280, height=720)
    wall.goto(f"{app}/workshop?room={code}&present=1")
    wall.locator(".room.lobby").wait_for()
    desk.bring_to_front()
    desk.keyboard.press("ArrowRight")
    wall.locator(".joinnow", has_text="1 here").wait_for()  # not at the question yet
    desk.keyboard.press("End")
    wall.locator(".joinnow", has_text="0 of 1 answered").wait_for()
    desk.get_by_role("button", name="Reveal").click()
    wall.locator(".spread li.right", has_text="Yes").wait_for()  # open there, whatever the projector's size
    wall.wait_for_function(
        "() => document.documentElement.scrollHeight <= innerHeight && document.querySelector('[data-testid=stMain]').scrollHeight <= innerHeight"
    )
    ana.locator(".spread .short", has_text="Yes: ").wait_for()
    number(ana.locator(".spread[open]"), 0)
    rows = {round(each.bounding_box()["y"] / 20) for each in ana.locator(".roombar button, .roombar a").all()}
    assert len(rows) <= 2, "the bar takes two rows at most"
    if size[0] > 640:  # on a telephone one scrolls
        bar = ana.locator(".stepper .bar").bounding_box()
        assert bar["y"] + bar["height"] <= size[1]
