"""The search for the smallest change that is enough, with answers made up, so that what it must find is known."""

from __future__ import annotations

import itertools

from sandbox.protocol.settings import Settings
from sandbox.studies.changes import Delta, cost, singles, within
from sandbox.studies.smallest import Answer, Search, first, shrunk, through, union

BASE = Settings.of("oauth-basic")


def d(text: str) -> Delta:
    return frozenset(tuple(part.split("=")) for part in text.split())  # type: ignore[misc]


def search(needed: str, breaking: str = "") -> Search[Answer]:
    """A search in which exactly these switches together are enough, at any value; those that are breaking break honest use."""

    def run(change: Delta) -> Answer:
        names = {name for name, _ in change}
        breaks = bool(names & set(breaking.split()))
        return Answer(set(needed.split()) <= names and not breaks, breaks)

    return Search(run, lambda change: cost(BASE, change))


def names(change: Delta | None) -> set[str]:
    assert change is not None
    return {name for name, _ in change}


def test_alone_the_cheapest_is_tried_first_and_nothing_that_contains_what_is_enough():
    one = search("rs.check_aud")
    tries = [d("as.stamp_aud=on rs.check_aud=on"), d("rs.dpop=require"), d("rs.check_aud=on"), d("rs.dpop=accept-both")]
    through(one.each(tries))
    assert list(one.tried) == [d("rs.check_aud=on"), d("rs.dpop=accept-both"), d("rs.dpop=require")]
    assert one.found == [d("rs.check_aud=on")]
    assert one.best == d("rs.check_aud=on")


def test_a_try_is_not_made_twice():
    one = search("rs.check_aud")
    first(one.each(singles(BASE)))
    before = dict(one.tried)
    through(one.each([*before]))
    assert one.tried == before


def test_the_first_that_is_enough_ends_a_search():
    one = search("rs.check_scope")
    assert first(one.each([d("as.stamp_aud=on"), d("rs.check_scope=on"), d("rs.dpop=require rs.mtls=on")])) == Answer(True)
    assert d("rs.dpop=require rs.mtls=on") not in one.tried
    assert first(one.each([d("rs.dpop=require")])) is None


def test_what_is_forced_leaves_out_what_breaks_honest_use_and_is_then_made_smaller():
    one = search("rs.dpop rs.mtls rs.check_aud", breaking="as.no_ropc")
    through(one.forced(singles(BASE)))
    assert names(one.best) == {"rs.dpop", "rs.mtls", "rs.check_aud"}


def test_nothing_is_found_where_nothing_is_enough():
    one = search("rs.dpop rs.mtls", breaking="rs.mtls")
    through(one.forced(singles(BASE)))
    assert one.best is None
    assert one.found == []


def test_all_smaller_sets_are_tried_in_the_end():
    one = search("rs.dpop rs.denylist")
    through(one.each(singles(BASE)))
    one.attempt(d("rs.dpop=require rs.denylist=strict rs.check_aud=on as.stamp_aud=on"))
    through(one.smaller(singles(BASE)))
    assert names(one.best) == {"rs.dpop", "rs.denylist"}


def test_sets_of_three_are_the_largest_that_are_searched_through():
    one = search("rs.dpop rs.denylist rs.check_aud as.stamp_aud")
    few = singles(BASE)[:8]
    through(one.each(few))
    through(one.smaller(few))
    assert one.best is None
    assert max(map(len, one.tried)) == 3
    wanted = {len({name for name, _ in pair}) for pair in one.tried}
    assert wanted == {1, 2, 3}, "no set has a switch twice"


def test_sets_of_which_a_part_breaks_the_service_are_tried_first():
    one = search("rs.dpop rs.check_aud", breaking="rs.check_typ")
    few = [d("as.stamp_aud=on"), d("rs.check_scope=on"), d("rs.check_typ=on"), d("rs.dpop=require")]
    through(one.each(few))
    next(one.smaller(few))
    assert "rs.check_typ" in names([*one.tried][-1])


def test_a_change_is_made_smaller_for_as_long_as_it_is_enough():
    whole = d("rs.dpop=require rs.mtls=on rs.check_aud=on")
    assert shrunk(whole, lambda change: "rs.mtls" in dict(change)) == d("rs.mtls=on")
    assert shrunk(whole, lambda change: False) == whole
    assert shrunk(whole, lambda change: True) == frozenset()


def test_what_is_spare_once_something_else_has_gone_is_left_out_too():
    def enough(change: Delta) -> bool:
        has = dict(change)
        return "rs.check_aud" in has and ("as.par" not in has or "rs.mtls" in has)

    assert shrunk(d("as.par=required rs.check_aud=on rs.mtls=on"), enough) == d("rs.check_aud=on")


def test_the_search_finds_the_smallest_union():
    options = [
        [d("rs.check_aud=on"), d("rs.check_typ=on")],
        [d("rs.check_typ=on"), d("rs.check_scope=on")],
        [d("rs.check_scope=on rs.dpop=require"), d("rs.check_typ=on rs.check_iss=value")],
        [d("rs.check_iss=bound"), d("rs.dpop=require")],
    ]
    best, exact = union(options, lambda x: (len(x), sorted(x)))
    unions = [set().union(*pick) for pick in itertools.product(*options)]
    assert exact
    assert len(best) == min(len({n for n, _ in u}) for u in unions)
    assert all(any(within(o, best) for o in each) for each in options)


def test_a_search_that_is_cut_short_says_so_and_still_covers_all():
    options = [[d(f"rs.check_aud=on rs.dpop={v}"), d("rs.check_typ=on"), d("rs.check_scope=on")] for v in ("accept-both", "require")]
    best, exact = union(options, len, limit=0)
    assert not exact
    assert all(any(within(o, best) for o in each) for each in options)
