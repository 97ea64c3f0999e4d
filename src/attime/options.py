"""Groups of options: dataclasses whose fields know their ranges and which scikit-learn can look into.

``clone`` copies them and ``GridSearchCV`` reaches their fields (``network__width``). As with scikit-learn's own
estimators nothing is checked when they are made or changed, everything when they are used (`checked`).
"""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, Self

from pydantic import Field, TypeAdapter, ValidationError

from attime.errors import OptionError
from attime.names import name_hint

Count = Annotated[int, Field(ge=1)]
PositiveNumber = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, lt=1)]
Probability = Annotated[float, Field(ge=0, le=1)]


class Options:
    """What a dataclass of options adds so that an estimator may hold it as a parameter.

    Examples
    --------
    >>> @dataclasses.dataclass
    ... class Bread(Options):
    ...     slices: Count = 2
    >>> Bread().set_params(slices=3).get_params()
    {'slices': 3}
    >>> Bread(slices=0).checked()
    Traceback (most recent call last):
    attime.errors.OptionError: Bread.slices is 0; input should be greater than or equal to 1
    """

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the fields by name, as scikit-learn's estimators do; `deep` makes no difference."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}  # type: ignore[arg-type]

    def set_params(self, **params: Any) -> Self:
        """Change fields by name and return this object.

        Raises
        ------
        OptionError
            If there is no such field.
        """
        known = self.get_params()
        for name, value in params.items():
            if name not in known:
                raise OptionError(f"{type(self).__name__} has no option {name!r}; {name_hint(name, known)}")
            setattr(self, name, value)
        return self

    def checked(self) -> Self:
        """Return a copy in which every field has its type and lies in its range.

        Raises
        ------
        OptionError
            If a field does not fit, the first one is named; or if the class is no dataclass.
        """
        if not dataclasses.is_dataclass(self):
            raise OptionError(f"{type(self).__name__} is no dataclass, so its options are not known; write @dataclass")
        try:
            return TypeAdapter(type(self)).validate_python(self.get_params())
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            message = first["msg"][0].lower() + first["msg"][1:]
            raise OptionError(f"{type(self).__name__}.{place} is {first['input']!r}; {message}") from None
