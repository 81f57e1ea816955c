"""The names of extension grants are what Authlib knows, too."""

from __future__ import annotations

from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE

from sandbox.protocol.grant_types import DEVICE_CODE


def test_the_name_is_that_of_the_rfc() -> None:
    assert DEVICE_CODE == DEVICE_CODE_GRANT_TYPE
