"""How a command talks to a service: JSON and JSON Lines over HTTP, and one line when it fails."""

import json
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from shared.runtime import runfile
from shared.runtime.errors import CommandFailed

if TYPE_CHECKING:
    import httpx2

__all__ = ["Client", "CommandFailed", "connection"]

HTTP_BAD_REQUEST = 400
HTTP_UNAUTHORIZED = 401


def connection(service: str) -> tuple[str, dict[str, str]]:
    """Return the base address of a service and the headers that a call to it carries."""
    running = runfile.find()
    headers = {"Authorization": f"Bearer {running.token}"} if running.token else {}
    return running.address(service), headers


class Client:
    """One service's API, as `run.json` or the environment locate it. Raises CommandFailed only."""

    def __init__(self, service: str, *, timeout: float = 30.0) -> None:
        import httpx2  # noqa: PLC0415 - a tenth of a second that `zones --help` need not pay

        self._service = service
        self.address, headers = connection(service)
        self._http = httpx2.Client(
            base_url=self.address, headers=headers, timeout=timeout, trust_env=False
        )

    def __enter__(self) -> Self:
        self._http.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.__exit__(kind, error, traceback)

    def get(self, path: str, **parameters: object) -> Any:  # noqa: ANN401 - JSON is anything
        """Return the JSON answer. Parameters that are None are left out."""
        return self.call("GET", path, parameters=parameters)

    def post(self, path: str, body: object = None, **parameters: object) -> Any:  # noqa: ANN401
        """Post JSON and return the JSON answer, None where there is none."""
        return self.call("POST", path, body=body, parameters=parameters)

    def put(self, path: str, body: object = None, **parameters: object) -> Any:  # noqa: ANN401
        return self.call("PUT", path, body=body, parameters=parameters)

    def delete(self, path: str, **parameters: object) -> Any:  # noqa: ANN401
        return self.call("DELETE", path, parameters=parameters)

    def call(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        parameters: Mapping[str, object] | None = None,
    ) -> Any:  # noqa: ANN401
        with self._answer(method, path, body=body, parameters=parameters or {}) as answer:
            answer.read()
            return answer.json() if answer.content else None

    def lines(
        self, path: str, *, method: str = "GET", body: object = None, **parameters: object
    ) -> Iterator[str]:
        """Yield the lines of a JSON Lines answer as they come, however long that takes."""
        with self._answer(method, path, body=body, parameters=parameters) as answer:
            yield from answer.iter_lines()

    def _answer(
        self, method: str, path: str, *, body: object, parameters: Mapping[str, object]
    ) -> "_Answer":
        request = self._http.build_request(
            method,
            path,
            json=body,
            params={name: str(value) for name, value in parameters.items() if value is not None},
        )
        return _Answer(self._http, request, self._service)


class _Answer:
    """An answer while it is read; what goes wrong with it becomes one line."""

    def __init__(self, http: "httpx2.Client", request: "httpx2.Request", service: str) -> None:
        self._http, self._request, self._service = http, request, service

    def __enter__(self) -> "httpx2.Response":
        import httpx2  # noqa: PLC0415 - see Client

        try:
            self._response = self._http.send(self._request, stream=True)
            if self._response.status_code >= HTTP_BAD_REQUEST:
                self._response.read()
                raise CommandFailed(_refusal(self._service, self._response))
        except httpx2.HTTPError as error:
            raise CommandFailed(self._unanswered(error)) from error
        return self._response

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        import httpx2  # noqa: PLC0415 - see Client

        self._response.close()
        if isinstance(error, httpx2.HTTPError):
            raise CommandFailed(self._unanswered(error)) from error

    def _unanswered(self, error: "httpx2.HTTPError") -> str:
        import httpx2  # noqa: PLC0415 - see Client

        address = f"{self._http.base_url}".rstrip("/")
        if isinstance(error, httpx2.ConnectError):
            return f"{self._service} does not answer at {address}: is it running?"
        if isinstance(error, httpx2.TimeoutException):
            return f"{self._service} at {address} took too long to answer: see `zones status`"
        return f"{self._service} at {address} broke off the answer: {error}"


def _refusal(service: str, response: "httpx2.Response") -> str:
    if response.status_code == HTTP_UNAUTHORIZED:
        return f"{service} does not know your token: set ZONES_TOKEN to one that it does"
    try:
        return str(response.json()["error"])
    except (json.JSONDecodeError, KeyError, TypeError):
        return f"{service} answered {response.status_code} {response.reason_phrase}"
