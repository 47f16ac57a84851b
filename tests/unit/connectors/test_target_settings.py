"""What a registry keeps beside a text is read with it, and a proposed text takes along what is live."""

import pytest
from test_target_faults import moved, opened, proposed

from bot.policy.settings import changed_settings
from tests.systems import SYSTEMS
from tests.systems.settings import MODEL_IS_AT, REGISTRIES, with_model


@pytest.mark.parametrize("kind", REGISTRIES)
def test_another_model_is_a_setting_that_differs_by_name(kind: str) -> None:
    """Between two versions with the same text, and nothing else differs."""
    with SYSTEMS[kind]() as system:
        target = opened(system)
        old, new = (target.read_content(with_model(system, "Answer kindly.", model)) for model in ("a", "b"))
        assert (old.text, new.text) == ("Answer kindly.", "Answer kindly.")
        (changed,) = changed_settings(old.settings, new.settings)
        assert (changed.name, changed.before, changed.after) == (MODEL_IS_AT[kind], '"a"', '"b"')


@pytest.mark.parametrize("kind", REGISTRIES)
def test_a_proposed_text_has_the_settings_of_the_live_one(kind: str) -> None:
    """So that approving a text approves nothing else."""
    with SYSTEMS[kind]() as system:
        target = opened(system)
        before = system.put("Answer.")
        live = with_model(system, "Answer kindly.", "gpt-y")
        moved(target, before, live)
        new = target.read_content(proposed(target, "Answer kindly and briefly.", "PC-2"))
        assert new.text == "Answer kindly and briefly."
        assert new.settings == target.read_content(live).settings
        assert new.settings != target.read_content(before).settings


def test_every_registry_is_tried() -> None:
    """A new one has a line in the table, or its settings are read by nobody. The others keep texts alone."""
    assert {*REGISTRIES, "github", "webhook"} == set(SYSTEMS)
