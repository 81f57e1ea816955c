"""What a model has against some data."""

from __future__ import annotations

import pytest
from pydantic import ValidationError


def said(model: type, data: object) -> str:
    """The messages of all errors, each with its place."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in caught.value.errors())
