"""What people type and press."""

from __future__ import annotations

from tests.support.short_stories import sent, told


def test_a_password_that_is_said_is_typed_into_the_bank_form_of_another_company_too() -> None:
    record = told("go laptop.visit {url: 'https://import.connectsphere.example/share'}\nin laptop.log_in {password: guess}")
    (request,) = sent(record, "in", "importer")
    assert dict(request.form) == {"username": "alice", "bank_password": "guess"}


def test_whoever_is_asked_about_a_log_out_approves_it_like_all_that_asks() -> None:
    record = told(
        "in budget.sign_in {browser: laptop}\nask laptop.visit {url: 'https://auth.connectsphere.example/end-session'}\nyes laptop.approve {}"
    )
    (request,) = sent(record, "yes", "auth")
    assert (request.path, dict(request.form)["log_out"]) == ("/end-session/confirmed", "yes")
