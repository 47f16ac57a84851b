"""The Makefile and the Procfile say what they do, and what is missing."""

import os
import re
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]


def _make(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE") and k != "MFLAGS"}
    return subprocess.run(
        ["make", *words],  # noqa: S607 - found as a person's shell finds it
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_alone_lists_the_words() -> None:
    """Every word that a person may type is there with what it does."""
    said = _make().stdout
    words = re.findall(r"^  make ([a-z-]+) +\S", said, re.MULTILINE)
    assert {"run", "test", "lint", "bench", "browser", "lock", "reset-sandbox", "clean", "help"} <= set(words)


def test_a_machine_without_python_is_told_what_to_install(tmp_path: Path) -> None:
    """One line, and make stops before anything is made."""
    done = _make("install", f"VENV={tmp_path}/venv", "PYTHONS=no-such-python")
    assert done.returncode != 0
    assert "no Python 3.11 or newer with venv was found. On Debian: apt-get install" in done.stderr
    assert not list(tmp_path.iterdir())


def test_reset_sandbox_removes_its_folder_only(tmp_path: Path) -> None:
    """Also where its path holds a space."""
    data = tmp_path / "sandbox data"
    (data / "deep").mkdir(parents=True)
    (tmp_path / "policy.yml").write_text("")
    assert _make("reset-sandbox", f"SANDBOX_DATA={data}").returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["policy.yml"]


def test_the_procfile_binds_as_platforms_expect() -> None:
    """Everywhere else the app listens to its own machine only."""
    assert (REPOSITORY / "Procfile").read_text() == "web: HOST=0.0.0.0 prompt-change serve\n"


def test_the_check_script_is_valid_bash() -> None:
    """And can be run."""
    script = REPOSITORY / ".ci" / "run"
    subprocess.run(["bash", "-n", str(script)], check=True)  # noqa: S607 - a script of our own
    assert os.access(script, os.X_OK)
