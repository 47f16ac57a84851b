"""The page's addresses. Who acts stands in the path, so that two tabs can be two people.

Looking never changes anything; every change is a POST that comes from the page itself. What a person does
can take as long as the app takes to answer, so it happens in a thread.
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.sandbox.inputs import NoSuchInputError
from bot.sandbox.page.acts import ACTS, GONE
from bot.sandbox.page.blocks import environment
from bot.sandbox.page.screen import HOME, NotHereError, Screen, first_place
from bot.sandbox.records import Answer
from bot.sandbox.workspace import Workspace

_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: http: https:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_START_COOKIE = "start"  # `closed` when the person has put the first panel away
_LARGEST_FILE = 20_000_000

Endpoint = Callable[[Request], Awaitable[Response]]


def routes(workspace: Workspace) -> list[BaseRoute]:
    """Return the routes of the page for one workspace, to be mounted at `/`."""
    page = _Page(workspace)
    return [
        Route("/", page.front),
        Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static"),
        Route("/as/{user}", page.front),
        Route("/as/{user}/files/{file_id}", page.file),
        Route("/as/{user}/upload", page.upload, methods=["POST"]),
        Route("/as/{user}/{place}", page.look),
        Route("/as/{user}/{place}/live", page.live),
        Route("/as/{user}/{place}/do/{act}", page.act, methods=["POST"]),
    ]


class _Page:
    """The endpoints, around the one workspace that they show."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def front(self, request: Request) -> Response:
        """Send the browser to a person and a place."""
        user_id = request.path_params.get("user", "")
        return RedirectResponse(first_place(self._workspace, user_id), status_code=303)

    async def look(self, request: Request) -> Response:
        """The page itself."""
        path, query = request.path_params, request.query_params
        if path["place"] == "direct":
            return self._to_direct(path["user"])
        start_open = "start" in query or request.cookies.get(_START_COOKIE) != "closed"
        try:
            screen = Screen(self._workspace, path["user"], path["place"], query.get("thread", ""))
            html = await run_in_threadpool(screen.whole, start_open=start_open, draft=query.get("draft", ""))
        except NotHereError:
            return self._missing(path["user"])
        response = HTMLResponse(html, headers=_HEADERS)
        if "start" in query:
            response.delete_cookie(_START_COOKIE)
        return response

    async def live(self, request: Request) -> Response:
        """The changing parts of the page as JSON, or 204 where the browser has the newest already."""
        path, query = request.path_params, request.query_params
        version = self._workspace.revision  # read before drawing: a change in between is drawn again
        if query.get("since") == str(version):
            return Response(status_code=204, headers=_HEADERS)
        try:
            screen = Screen(self._workspace, path["user"], path["place"], query.get("thread", ""))
            regions = await run_in_threadpool(screen.regions)
        except NotHereError:
            return JSONResponse({"gone": first_place(self._workspace, path["user"])}, headers=_HEADERS)
        shown = {
            "version": version,
            "regions": regions,
            "unread": screen.unread_here,
            "connected": self._workspace.app_is_connected,
        }
        return JSONResponse(shown, headers=_HEADERS)

    async def act(self, request: Request) -> Response:
        """Do one thing as a person and say what came of it."""
        path = request.path_params
        if not _from_the_page(request) or path["act"] not in ACTS:
            return JSONResponse(_told(_REFUSED), status_code=403, headers=_HEADERS)
        form: dict[str, list[str]] = {}
        for key, value in (await request.form(max_fields=5000)).multi_items():
            form.setdefault(key, []).append(str(value))
        try:
            screen = Screen(self._workspace, path["user"], path["place"])
            answer = await run_in_threadpool(ACTS[path["act"]], screen, form)
        except NoSuchInputError:
            return JSONResponse(_told(GONE), headers=_HEADERS)
        except NotHereError:
            return JSONResponse(_told(_REFUSED), status_code=404, headers=_HEADERS)
        return JSONResponse(_told(answer), headers=_HEADERS)

    async def upload(self, request: Request) -> Response:
        """Take one file for a file_input and return its id."""
        if not _from_the_page(request):
            return JSONResponse(_told(_REFUSED), status_code=403, headers=_HEADERS)
        async with request.form() as form:
            picked = form.get("file")
            if not isinstance(picked, UploadFile) or (picked.size or 0) > _LARGEST_FILE:
                return JSONResponse(_told(_TOO_LARGE), headers=_HEADERS)
            name, content = picked.filename or "file", await picked.read()
        try:
            screen = Screen(self._workspace, request.path_params["user"], HOME)
        except NotHereError:
            return JSONResponse(_told(_REFUSED), status_code=404, headers=_HEADERS)
        stored = await run_in_threadpool(screen.person.upload, name, content)
        return JSONResponse({"ok": True, "id": stored.id, "name": stored.name}, headers=_HEADERS)

    async def file(self, request: Request) -> Response:
        """A shared file's bytes, always as a download: nobody's file may become a page of ours."""
        file_id = request.path_params["file_id"]
        try:
            screen = Screen(self._workspace, request.path_params["user"], HOME)
            content = screen.file_bytes(file_id)
        except (KeyError, NotHereError):
            return self._missing(request.path_params["user"])
        return Response(
            content,
            media_type="application/octet-stream",
            headers=_HEADERS | {"Content-Disposition": "attachment"},
        )

    def _to_direct(self, user_id: str) -> Response:
        try:
            screen = Screen(self._workspace, user_id, HOME)
        except NotHereError:
            return self._missing(user_id)
        if not screen.uses_app:
            return RedirectResponse(first_place(self._workspace, user_id), status_code=303)
        return RedirectResponse(f"/as/{user_id}/{screen.direct.id}", status_code=303)

    def _missing(self, user_id: str) -> Response:
        html = environment.get_template("missing.html").render(
            words="This person or place does not exist, or this person cannot see it.",
            address=first_place(self._workspace, user_id),
        )
        return HTMLResponse(html, status_code=404, headers=_HEADERS)


_REFUSED = Answer(ok=False, sent=False, error="The sandbox did not take this. Reload the page and try again.")
_TOO_LARGE = Answer(ok=False, sent=False, error="Files up to 20 MB can be uploaded here.")


def _told(answer: Answer) -> Mapping[str, object]:
    return {"ok": answer.ok, "error": answer.error, "errors": answer.errors, "sent": answer.sent}


def _from_the_page(request: Request) -> bool:
    """Whether a POST was made by this page: another site's form would carry its own origin."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
