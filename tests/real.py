"""``make registries``: real MLflow and Phoenix servers on loopback, and every test that can meet one.

The servers live in a virtual environment of their own, whose folder of programs is the one argument. What is
started here is stopped here, with everything that it started.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from tests.bench.processes import free_port

READY_SECONDS = 180
STOP_SECONDS = 20
MEETING = ["tests/unit/connectors/contract", "tests/unit/connectors/test_mlflow.py"]
MEETING += ["tests/unit/connectors/test_phoenix.py", "tests/scenario/release/test_release_real.py"]


@contextmanager
def started(command: Sequence[str], environment: Mapping[str, str], url: str, folder: Path) -> Iterator[str]:
    """A server that answers at its address. Raises RuntimeError, with its last words, where it does not."""
    log = folder / "log.txt"
    with log.open("wb") as words:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            if not _answers(process, url):
                raise RuntimeError(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-3_000:]}")
            yield url
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def _answers(process: "subprocess.Popen[bytes]", url: str) -> bool:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(url, timeout=5).is_success:
                return True
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    return False


@contextmanager
def mlflow(programs: Path, folder: Path) -> Iterator[str]:
    """A real MLflow on SQLite, without a login."""
    folder.mkdir()
    port = str(free_port())
    command = [str(programs / "mlflow"), "server", "--host", "127.0.0.1", "--port", port, "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"]
    command += ["--artifacts-destination", str(folder / "artifacts")]
    with started(command, {"MLFLOW_DISABLE_TELEMETRY": "true"}, f"http://127.0.0.1:{port}", folder) as url:
        yield url


@contextmanager
def phoenix(programs: Path, folder: Path) -> Iterator[str]:
    """A real Phoenix on SQLite, without a login."""
    folder.mkdir()
    port = free_port()
    environment = {
        "PHOENIX_HOST": "127.0.0.1",
        "PHOENIX_PORT": str(port),
        "PHOENIX_GRPC_PORT": str(free_port()),
        "PHOENIX_WORKING_DIR": str(folder),
        "PHOENIX_TELEMETRY_ENABLED": "false",
    }
    with started(
        [str(programs / "phoenix"), "serve"], environment, f"http://127.0.0.1:{port}", folder
    ) as url:
        yield url


def main(programs: Path) -> int:
    """Start both, run the tests, stop both."""
    with tempfile.TemporaryDirectory(prefix="prompt-change-real-") as name, ExitStack() as stack:
        folder = Path(name)
        urls = {
            "TEST_MLFLOW_URL": stack.enter_context(mlflow(programs, folder / "mlflow")),
            "TEST_PHOENIX_URL": stack.enter_context(phoenix(programs, folder / "phoenix")),
        }
        tests = [sys.executable, "-m", "pytest", "-n", "2", "-k", "real", *MEETING]
        return subprocess.call(tests, env={**os.environ, **urls})


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
