"""Names of the cast: a wrong one is answered with what it is, and with the nearest right one."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from sandbox.verbs.table import VERBS
from tests.support.models import said


def test_a_wrong_party_is_named_with_its_kind_or_the_nearest_name():
    call = VERBS["call_api"].args
    assert "`app` is a client, not a browser" in said(call, {"browser": "app", "api": "accounts", "path": "/"})
    with pytest.raises(ValidationError) as caught:
        call.model_validate({"api": "acounts", "path": "/"})
    assert caught.value.errors()[0]["ctx"]["cure"] == "did you mean `accounts`?"
