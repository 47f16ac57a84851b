"""The app as tests run it: in this process, on a given database, beside a local Slack."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from bot.app import Identity, PromptChange
from bot.outbox.pace import Pace
from bot.sandbox.records import AppProfile, Team
from storage.engine import Store

PATIENT = 30
"""Seconds that a click may wait for Slack: what a test tells must not depend on how busy the machine is."""


def local_app(
    store: Store,
    slack_url: str,
    *,
    repositories: Path,
    now: Callable[[], datetime],
    click_seconds: int = PATIENT,
) -> PromptChange:
    """An app of Acme's workspace, which starts nothing by itself; Slack sets it no pace."""
    local, team = AppProfile(), Team()
    return PromptChange(
        store,
        bot_token=SecretStr(local.bot_token),
        signing_secret=SecretStr(local.signing_secret),
        api_url=f"{slack_url}/api/",
        repositories=repositories,
        identity=Identity(team.id, local.bot_user_id, local.bot_id, None),
        now=now,
        pace=Pace(0, 0, 0),
        click_seconds=click_seconds,
    )
