"""The OpenAPI document of the HTTP API, made from its table; run as a module it prints it."""

from __future__ import annotations

import json
import sys
from types import NoneType
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from pydantic_core import core_schema

from multicloud_lab.endpoints import ENDPOINTS, SECRET_HEADER, Endpoint
from multicloud_lab.interface import LabInterface
from multicloud_lab.records import Change

_TEMPLATE = "#/components/schemas/{model}"
_ERROR = {
    "type": "object",
    "description": "What went wrong, in one sentence for a person.",
    "properties": {
        "code": {"type": "string", "description": "Stable, machine-readable name of the error."},
        "message": {"type": "string", "description": "What failed, and the way out."},
    },
    "required": ["code", "message"],
}


class _Schemas(GenerateJsonSchema):
    """JSON schemas in which an answer has all its fields, and titles do not repeat names."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        return self.mode == "serialization" or super().field_is_required(field, total)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> dict[str, Any]:
        made = super().default_schema(schema)
        if self.mode == "serialization":
            made.pop("default", None)
        return made

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def document() -> dict[str, Any]:
    """Make the OpenAPI 3.1 document.

    Returns
    -------
    dict
        Its server is relative to the place where the document is served, so that it is right
        below any base URL.

    Raises
    ------
    ValueError
        A record has one form in requests and another in answers.
    """
    kinds: list[tuple[str, JsonSchemaMode, Any]] = [("Change", "serialization", Change)]
    for endpoint in ENDPOINTS:
        if endpoint.answer is not NoneType:
            kinds.append((f"{endpoint.name}.answer", "serialization", endpoint.answer))
        for part, kind in (("query", endpoint.query), ("body", endpoint.body)):
            if kind is not None:
                kinds.append((f"{endpoint.name}.{part}", "validation", kind))
    made, shared = TypeAdapter.json_schemas(
        [(name, mode, TypeAdapter(kind)) for name, mode, kind in kinds],
        ref_template=_TEMPLATE,
        schema_generator=_Schemas,
    )
    schemas: dict[str, Any] = dict(shared.get("$defs", {}))
    split = sorted(name for name in schemas if name.endswith(("-Input", "-Output")))
    if split:
        raise ValueError(f"These differ between requests and answers: {', '.join(split)}")
    parts = {name: schema for (name, _), schema in made.items()}
    # Several endpoints may ask by the same words.
    asked = {endpoint.query.__name__ for endpoint in ENDPOINTS if endpoint.query is not None}
    queries = {name: schemas.pop(name) for name in sorted(asked)}
    schemas["Error"] = _ERROR
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        operation = _operation(endpoint, parts, queries)
        paths.setdefault("/" + endpoint.path, {})[endpoint.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Multi-Cloud Lab",
            "description": "Datasets, the gateways near them and the clusters there.",
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
            "version": "1",
        },
        "servers": [{"url": ".", "description": "The Jupyter server that this is served by."}],
        "security": [{"token": []}, {"cookie": []}, {"kernel": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {
                "Error": {
                    "description": "A 4xx is for the caller to mend.",
                    "content": {"application/json": {"schema": _ref("Error")}},
                }
            },
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`token …`: the token of the Jupyter server or hub.",
                },
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "username-host-port",
                    "description": "The login of the Jupyter server at that host and port; "
                    "changes want X-XSRFToken too.",
                },
                "kernel": {
                    "type": "apiKey",
                    "in": "header",
                    "name": SECRET_HEADER,
                    "description": "The secret that only this server's kernels inherit.",
                },
            },
        },
    }


def _operation(
    endpoint: Endpoint, parts: dict[str, Any], queries: dict[str, Any]
) -> dict[str, Any]:
    """Describe one endpoint; what it does is said by the method that answers it."""
    doc = getattr(LabInterface, endpoint.name).__doc__ or ""
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": doc.strip().splitlines()[0],
        "parameters": [_path_parameter(name) for name in endpoint.arguments],
        "responses": {
            str(endpoint.status): {"description": "Done."},
            "default": {"$ref": "#/components/responses/Error"},
        },
    }
    if endpoint.query is not None:
        query = queries[endpoint.query.__name__]
        operation["parameters"] += [
            _query_parameter(name, schema, name in query.get("required", ()))
            for name, schema in query["properties"].items()
        ]
    if endpoint.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": parts[f"{endpoint.name}.body"]}},
        }
    if endpoint.answer is not NoneType:
        operation["responses"][str(endpoint.status)]["content"] = {
            "application/json": {"schema": parts[f"{endpoint.name}.answer"]}
        }
    if endpoint.kernels_only:
        operation["security"] = [{"kernel": []}]
        operation["description"] = "For kernels of this server only."
    return operation


def _ref(name: str) -> dict[str, str]:
    return {"$ref": _TEMPLATE.format(model=name)}


def _path_parameter(name: str) -> dict[str, Any]:
    described = {"description": "Percent-encoded, its slashes too."} if name == "dataset_id" else {}
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
        **described,
    }


def _query_parameter(name: str, schema: dict[str, Any], required: bool) -> dict[str, Any]:
    described = {"description": schema["description"]} if "description" in schema else {}
    return {
        "name": name,
        "in": "query",
        "required": required,
        "schema": {key: value for key, value in schema.items() if key != "description"},
        **described,
    }


def text() -> str:
    """Give the document as stable, sorted JSON."""
    return json.dumps(document(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
