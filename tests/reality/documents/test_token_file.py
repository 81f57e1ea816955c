"""A token in a file."""

from tests.support.reality import OWN, document, ids, inspected, jwt, ticked


def test_an_access_token_an_id_token_and_a_home_made_one():
    assert {"oauth_token", "typed", "one_audience", "dev_keys"} <= ids(inspected(OWN / "access-at-jwt.txt"))
    assert {"id_token_seen", "id_token_pii", "dev_keys"} <= ids(inspected(OWN / "id-token.txt"))
    assert {"home_made", "hs256", "no_aud_iss", "role_in_token"} <= ids(inspected(OWN / "naive-hs256.txt"))


def test_an_id_token_says_nothing_about_access_tokens():
    assert ticked(inspected(OWN / "id-token.txt")) == {"design-oauth"}


def test_of_a_home_made_token_it_is_not_asked_whether_it_is_bound():
    assert "bearer" not in ids(document(jwt({"id": 7}), "token.txt"))
