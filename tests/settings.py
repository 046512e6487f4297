"""Settings for a test: those of another, with some values changed."""

from typing import Any

from storage.setting_groups.environment import PREFIX, by_group
from storage.settings import Settings


def changed(settings: Settings, **values: Any) -> Settings:
    """Return settings with values by the name of their variable: ``changed(settings, shadow_share=1.0)``.

    They are checked as those of the environment are; a name that is no setting's is refused.
    """
    nested = settings.model_dump(exclude_unset=True)
    named = {f"{PREFIX}{name.upper()}": value for name, value in values.items()}
    for name, value in by_group(Settings, named).items():
        within = nested.get(name)
        nested[name] = within | value if isinstance(within, dict) else value
    return Settings.model_validate(nested)
