"""The real command in a process of its own, and a browser that looks at its page."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from browser_hand import Sandbox, Screen
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STARTS_WITHIN = 60
STOPS_WITHIN = 30
expect.set_options(timeout=20_000)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """`prompt-change sandbox` on a free port with a folder of its own; it must end well and log no fault."""
    with tempfile.TemporaryDirectory(prefix="acme-") as folder, Path(folder, "log").open("w+b") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "sandbox"],
            cwd=folder,
            env=_environment(Path(folder)),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield _started(process, Path(folder))
        finally:
            process.terminate()
            process.wait(STOPS_WITHIN)
        said = Path(folder, "log").read_text(encoding="utf-8")
        faults = [line for line in said.splitlines() if _is_fault(line)]
        assert not faults, said
        assert process.returncode in {0, -signal.SIGTERM}, said  # uvicorn ends by the signal that it got


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of this shell's settings, so that no token makes the command connect to a real Slack."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(ROOT),
        "SANDBOX_DATA": str(folder / "data"),
        "PORT": str(port),
        "LOG_LEVEL": "WARNING",
    }


def _started(process: "subprocess.Popen[bytes]", folder: Path) -> Sandbox:
    """Wait until the command has said where its page is, and the page answers."""
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        words = Path(folder, "log").read_text(encoding="utf-8").split()
        urls = [word for word in words if word.startswith("http://127.0.0.1:")]
        if urls and _answers(urls[0]):
            return Sandbox(urls[0].rstrip("/"), folder / "data" / "prompts.git")
        time.sleep(0.1)
    raise AssertionError(Path(folder, "log").read_text(encoding="utf-8"))


def _answers(url: str) -> bool:
    """Whether the page is there: its address is said a moment before."""
    try:
        return httpx.get(url, follow_redirects=True).is_success
    except httpx.ConnectError:
        return False


def _is_fault(line: str) -> bool:
    """Whether a line of the log is more than information."""
    return "Traceback" in line or (line.startswith("{") and json.loads(line)["level"] != "info")


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def screen(sandbox: Sandbox, browser: Browser) -> Iterator[Screen]:
    """A desktop window in which no script may fail."""
    with browser.new_context(base_url=sandbox.url, viewport={"width": 1200, "height": 900}) as context:
        yield from _watched(context.new_page())


@pytest.fixture
def phone(sandbox: Sandbox, browser: Browser) -> Iterator[Screen]:
    """A phone of 390 pixels, on which the panel of first steps was closed."""
    size = {"width": 390, "height": 844}
    with browser.new_context(base_url=sandbox.url, viewport=size, has_touch=True, is_mobile=True) as context:  # type: ignore[arg-type]
        context.add_cookies([{"name": "start", "value": "closed", "url": sandbox.url}])
        yield from _watched(context.new_page())


def _watched(page: Page) -> Iterator[Screen]:
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    pictures = os.environ.get("SCREENSHOTS")
    yield Screen(page, ROOT / pictures if pictures else None)
    assert not failures
