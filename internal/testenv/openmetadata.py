"""A double of the OpenMetadata server's REST API, as far as ingestion asks it.

usage: python -c THIS PORT

It runs in the environment of the openmetadata-ingestion that talks to it, and
holds every request and answer to that version's own models: what a client may
not send is a 400, and what a server may not answer is a 500. It keeps what it is
given, and gives it back. `GET /state` shows all requests and what came with
them; `PUT /state` puts entities there before a test, by collection and name.

Standard input is a pipe whose other end only the test process holds.
"""
from __future__ import annotations

import json
import os
import sys
import threading
import uuid
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module, metadata
from urllib.parse import parse_qs, unquote, urlparse

# The collections, with the models of what is sent and of what is answered.
MODELS = {
    "services/databaseServices": ("api.services.createDatabaseService.CreateDatabaseServiceRequest",
                                  "entity.services.databaseService.DatabaseService"),
    "databases": ("api.data.createDatabase.CreateDatabaseRequest", "entity.data.database.Database"),
    "databaseSchemas": ("api.data.createDatabaseSchema.CreateDatabaseSchemaRequest",
                        "entity.data.databaseSchema.DatabaseSchema"),
    "tables": ("api.data.createTable.CreateTableRequest", "entity.data.table.Table"),
    "dataQuality/testSuites": ("api.tests.createTestSuite.CreateTestSuiteRequest", "tests.testSuite.TestSuite"),
    "services/ingestionPipelines": (
        "api.services.ingestionPipelines.createIngestionPipeline.CreateIngestionPipelineRequest",
        "entity.services.ingestionPipelines.ingestionPipeline.IngestionPipeline"),
}
# The fields of a request that are names, and a reference in the answer.
REFERENCES = {"service": "databaseService", "database": "database", "databaseSchema": "databaseSchema"}

entities: dict[tuple[str, str], dict] = {}
requests: list[dict] = []
lock = threading.Lock()


@cache
def keep_references() -> None:
    """Have secrets dumped as they are: before 1.12.13 a dump looks them up."""
    secret = import_module("metadata.ingestion.models.custom_pydantic")._CustomSecretStr
    secret.get_secret_value = lambda self, skip_secret_manager=False: self._secret_value


def model(path: str):
    module, _, name = path.rpartition(".")
    return getattr(import_module("metadata.generated.schema." + module), name)


def checked(path: str, content: dict) -> dict:
    keep_references()
    return json.loads(model(path).model_validate(content).model_dump_json(
        exclude_none=True, by_alias=True, context={"mask_secrets": False}))


def answered(collection: str, body: dict) -> dict:
    """Make of a request to create something what the server answers."""
    request, answer = MODELS[collection]
    model(request).model_validate(body)
    fields = {k: v for k, v in body.items() if k not in ("owners", "domains", "lifeCycle", "tableConstraints")}
    parent = next((fields[field] for field in REFERENCES if field in fields), "")
    above = parent.split(".") if parent else []
    for depth, (field, kind) in enumerate(REFERENCES.items(), 1):
        if depth <= len(above):  # an answer names all that is above the entity
            name = ".".join(above[:depth])
            fields[field] = {"id": identity(name), "type": kind, "name": above[depth - 1], "fullyQualifiedName": name}
    name = body["name"]
    full = f"{parent}.{name}" if parent else name
    return checked(answer, {**fields, "id": identity(full), "fullyQualifiedName": full,
                            "version": 0.1, "updatedAt": 1, "href": "http://localhost/" + collection})


def identity(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def definition(name: str) -> dict:
    """Make the definition of a test of a connection: that somebody may log in."""
    step = {"name": "CheckAccess", "description": "log in", "mandatory": True}
    return checked("entity.services.connections.testConnectionDefinition.TestConnectionDefinition",
                   {"id": identity(name), "name": name.partition(".")[0], "steps": [step]})


def get(path: str) -> tuple[int, object]:
    if path == "/state":
        return 200, {"requests": requests, "entities": [[*key, value] for key, value in entities.items()]}
    rest = path.removeprefix("/api/v1/")
    if rest.startswith("system/version"):
        return 200, {"version": ".".join(metadata.version("openmetadata-ingestion").split(".")[:3]),
                     "revision": "test", "timestamp": 1}
    collection, _, name = rest.partition("/name/")
    if collection == "services/testConnectionDefinitions":
        return 200, definition(name)
    if name and (collection, name) in entities:
        return 200, entities[collection, name]
    if "/pipelineStatus/" in rest:  # one that was never told is nothing
        return 200, entities.get(("pipelineStatus", rest.rpartition("/")[2]), {})
    collection, _, number = rest.rpartition("/")
    for (of, _), entity in entities.items():
        if of == collection and entity["id"] == number:
            return 200, entity
    if rest.startswith("search/"):
        return 200, {"hits": {"total": {"value": 0}, "hits": []}}
    if not name and "/" not in rest.removeprefix("services/").removeprefix("dataQuality/"):
        return 200, {"data": [], "paging": {"total": 0}}
    return 404, {"code": 404, "message": f"{path} not found"}


def put(path: str, body: dict | list) -> tuple[int, object]:
    if path == "/state":
        for collection, content in body.items():
            for full, entity in content.items():
                entities[collection, full] = checked(MODELS[collection][1], entity)
        return 200, {}
    if path.endswith("/pipelineStatus"):
        entities["pipelineStatus", body["runId"]] = checked(
            "entity.services.ingestionPipelines.ingestionPipeline.PipelineStatus", body)
        return 200, body
    collection = path.removeprefix("/api/v1/").removesuffix("/bulk")
    if collection in MODELS and isinstance(body, list):
        for one in body:
            create(collection, one)
        return 200, {"status": "success", "dryRun": False, "numberOfRowsProcessed": len(body), "numberOfRowsPassed": len(body)}
    if collection in MODELS:
        return 200, create(collection, body)
    if "seenFqns" in body:  # what was not seen is to be deleted: there is nothing else
        return 200, {"status": "success", "dryRun": False}
    return 200, body


def create(collection: str, body: dict) -> dict:
    entity = answered(collection, body)
    entities[collection, entity["fullyQualifiedName"]] = entity
    return entity


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def serve(self) -> None:
        url = urlparse(self.path)
        path = unquote(url.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            body = json.loads(raw or b"{}")
            with lock:
                if path != "/state":
                    requests.append({"method": self.command, "path": path, "query": parse_qs(url.query), "body": body,
                                     "authorization": self.headers.get("Authorization", "")})
                status, answer = get(path) if self.command == "GET" else put(path, body)
        except Exception as err:  # noqa: BLE001 - whatever it is, the test wants to see it
            status, answer = 400, {"code": 400, "message": f"{type(err).__name__}: {err}"}
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = serve

    def log_message(self, *args: object) -> None:
        """Say nothing: the state tells it."""


def end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
