"""Pages as the parties write and read them."""

from __future__ import annotations

from sandbox.world.parties.pages import error_page, form, page, read


def test_forms_are_read_and_texts_escaped():
    shown = page("login", "<b>", form("/go?a=1&b=2", {"t": '"><script>'}, ("name", "text")))
    forms, _ = read("https://one.test/x/", shown.body)
    assert forms[0].action == "https://one.test/go?a=1&b=2"
    assert forms[0].fields == (("t", '"><script>'), ("name", ""))
    assert "<script>" not in shown.body
    assert error_page(400, 'x"y').error == "x&quot;y"
