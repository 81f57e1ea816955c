"""The whole way, and what it refuses."""

import io
import pickle

import pytest

from sandbox.reality.inspection import MOST_FILES, inspect
from sandbox.reality.unreadable import Unreadable
from tests.support.reality import NAIVE, OWN, SPA, WEB, document, own, writings


def test_the_worst_three_are_there_and_what_cannot_be_seen_has_a_command():
    found = own(SPA)
    assert [f.tone for f in found.worst] == ["bad"] * 3
    asked = {u.id: u for u in found.unseen}
    assert "https://api.acme.example/v1/orders" in asked["api_checks"].curl
    assert "client_id=acme-spa" in asked["pkce_required"].curl
    assert "{" not in "".join(u.curl for u in found.unseen)


def test_what_was_settled_is_not_asked_again():
    assert "pkce_required" in {u.id for u in own(SPA).unseen}
    found = own(WEB)
    assert "pkce_required" not in {u.id for u in found.unseen}  # a code was issued without it


def test_a_document_alone_is_asked_about_with_words_in_place_of_addresses():
    assert any("YOUR-SERVER" in u.curl for u in document((OWN / "oidc-provider.json").read_text()).unseen)


def test_an_error_names_the_file_and_nothing_in_it():
    with pytest.raises(Unreadable, match=r"\Abad.json: ") as error:
        inspect([("good.json", io.BytesIO((OWN / "key-set.json").read_bytes())), ("bad.json", io.BytesIO(b'{"my-secret-7": '))])
    assert "my-secret" not in str(error.value)


def test_too_many_files_are_refused():
    with pytest.raises(Unreadable):
        inspect([("a", io.BytesIO(b""))] * (MOST_FILES + 1))


def test_progress_is_told_by_file():
    told = []
    inspect([(SPA, io.BytesIO((OWN / SPA).read_bytes()))], lambda *said: told.append(said))
    assert {name for name, *_ in told} == {SPA}


def test_no_secret_is_left_in_what_is_kept():
    for name, secrets in ((SPA, ("correct-horse-7", "alice.liddell@acme.example")), (NAIVE, ("rabbit-hole-42", "Bob Builder"))):
        kept = pickle.dumps(own(name)).decode("latin-1")
        for secret in secrets:
            assert not [w for w in writings(secret) if w in kept], name


def test_files_of_the_same_name_are_told_apart() -> None:
    raw = (OWN / "key-set.json").read_bytes()
    found = inspect([("a.json", io.BytesIO(raw)), ("a.json", io.BytesIO(raw)), ("a.json", io.BytesIO(raw))])
    assert [f.name for f in found.files] == ["a.json", "a.json (2)", "a.json (3)"]
    assert {e.file for f in found.findings for e in f.evidence} >= {"a.json", "a.json (2)"}
