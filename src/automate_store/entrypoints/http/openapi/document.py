"""The document: what the routes are, in the words of OpenAPI 3.1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any

import msgspec
from msgspec import Struct

from automate_store.application.errors import RateLimited
from automate_store.domain.kernel.errors import StoreError, TooMany, Unavailable
from automate_store.entrypoints.http.config import HttpConfig
from automate_store.entrypoints.http.errors import CsrfRefused
from automate_store.entrypoints.http.forms import FORM, file_schema
from automate_store.entrypoints.http.openapi.refusals import example_problem
from automate_store.entrypoints.http.openapi.samples import example_answer, example_bodies
from automate_store.entrypoints.http.problems import MEDIA_TYPE, problem_type, status_of, title_of
from automate_store.entrypoints.http.routes import Route
from automate_store.entrypoints.http.sending import JSON

Json = dict[str, Any]

_REF = "#/components/schemas/{name}"
_ABOUT = """\
Browse the catalogue, fill a cart, place an order, pay it.

A guest's cart is opened by its token, told once by `POST /api/v1/cart/add` and sent in the header
`X-Cart-Token`; an order by its own, told once by `POST /api/v1/orders` and sent in `X-Order-Token`.
Whoever is signed in needs neither: their cart and their orders are opened by their access token.
What moves stock or money takes an `Idempotency-Key`: a fresh random value for each thing you mean,
the same again when you repeat it. Amounts are decimal text with a currency, and are never taken
from a request as a price. Every refusal is a problem document (RFC 9457) with a stable `code`.

How often you may ask is told by the `RateLimit-*` headers of every answer; one too many is a 429
that says in `Retry-After` when to come back."""
_TAGS: Mapping[str, str] = {
    "Catalogue": "What is for sale: public, and kept for a moment by caches.",
    "Cart": "What somebody means to buy, priced anew at every read.",
    "Orders": "What was bought, and what became of it.",
    "Payments": "How an order is paid.",
    "Returns": "What goes back of an order, and what for.",
    "Sales": "What vendors sold: their own items of an order, and nothing of who bought them.",
    "Accounts": "Who somebody is, and what their account stands on.",
    "Addresses": "Where a customer has things sent.",
    "Staff: customers": "Who there is, and what they are to the store.",
    "Staff: inventory": "Needs the staff token; without it these routes are not there.",
    "Staff: taxes": "Needs the staff token; without it these routes are not there.",
    "Staff: shipping": "Needs the staff token; without it these routes are not there.",
    "Staff: promotions": "Needs the staff token; without it these routes are not there.",
    "Staff: coupons": "Needs the staff token; without it these routes are not there.",
    "Staff: catalogue": "Products for those who sell them: vendors reach their own, staff all.",
    "Staff: audit": "Needs the staff token; without it these routes are not there.",
    "Staff: orders": "Needs the staff token; without it these routes are not there.",
    "Staff: payments": "Needs the staff token; without it these routes are not there.",
    "Staff: returns": "Needs the staff token; without it these routes are not there.",
    "Health": "For whoever runs the server.",
}
_SECURITY: Mapping[str, Json] = {
    "cartToken": {"type": "apiKey", "in": "header", "name": "X-Cart-Token"},
    "cartCookie": {"type": "apiKey", "in": "cookie", "name": "automate_store_cart"},
    "orderToken": {"type": "apiKey", "in": "header", "name": "X-Order-Token"},
    "account": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The access token of somebody who is signed in.",
    },
    "accountCookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "automate_store_access",
        "description": "The same in a browser: `cookies` asked for it at signing in. Over https"
        " its name begins with `__Host-`; what writes needs `X-CSRF-Token` beside it.",
    },
    "staff": {"type": "http", "scheme": "bearer", "description": "AUTOMATE_STORE_STAFF_TOKEN"},
}
_TOKENS: Mapping[str, tuple[str, ...]] = {
    "cart": ("cartToken", "cartCookie"),
    "order": ("orderToken",),
}
"""What opens somebody's cart or order who is not signed in."""
_REQUEST_ID: Json = {
    "X-Request-ID": {
        "description": "Names the request in the logs; one that was sent is kept.",
        "schema": {"type": "string"},
    }
}
_WHOLE: Json = {"type": "integer", "minimum": 0}
_LIMITS: Mapping[str, Json] = {
    "RateLimit-Limit": {"description": "Requests that are allowed.", "schema": _WHOLE},
    "RateLimit-Remaining": {"description": "How many are left of them.", "schema": _WHOLE},
    "RateLimit-Reset": {
        "description": "In how many seconds at least one more is allowed.",
        "schema": _WHOLE,
    },
    "RateLimit-Policy": {
        "description": "So many within so many seconds, wherever they begin.",
        "schema": {"type": "string"},
        "example": "100;w=900",
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": _WHOLE},
}
"""By the draft ietf-httpapi-ratelimit-headers-06."""
_LATER = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
_TO_BE_REPEATED = (TooMany, Unavailable)
_CACHED: Json = {
    "ETag": {"description": "Send it back in If-None-Match.", "schema": {"type": "string"}},
    "Cache-Control": {"schema": {"type": "string"}},
}
_VERSION: Json = {
    "ETag": {
        "description": "The version of what is answered; send it in If-Match with a change of it.",
        "schema": {"type": "string"},
    }
}
_IF_MATCH: Json = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that the change is based on; of another version it is a 412.",
    "schema": {"type": "string"},
    "example": '"3"',
}
_CSRF: Json = {
    "name": "X-CSRF-Token",
    "in": "header",
    "required": False,
    "description": "The session's `csrf_token`, where cookies say who asks.",
    "schema": {"type": "string"},
}
_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "The same key and body have their effect once, and give the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "4f1c7e5c-6f0f-4b8e-9a52-2b1e4d7f9c31",
}


@lru_cache(maxsize=4)
def document(routes: tuple[Route, ...], config: HttpConfig) -> bytes:
    """The document as JSON, the same for the same routes."""
    told = {
        "openapi": "3.1.0",
        "info": {
            "title": config.store_name,
            "version": config.version,
            "description": _ABOUT,
        },
        "servers": [{"url": "/"}],
        "tags": [
            {"name": name, "description": _TAGS[name]}
            for name in dict.fromkeys(route.tag for route in routes)
        ],
        "paths": _paths(routes),
        "components": {
            "schemas": _schemas(routes),
            "headers": _LIMITS,
            "securitySchemes": _SECURITY,
        },
    }
    return msgspec.json.encode(told)


def _schemas(routes: Iterable[Route]) -> Json:
    kinds: dict[type[Struct], None] = {}
    for route in routes:
        kinds.update(dict.fromkeys(each for each in (route.body, route.answer) if each))
        kinds.update(dict.fromkeys(problem_type(error) for error in route.raises))
    _, components = msgspec.json.schema_components(kinds, ref_template=_REF)
    for route in routes:
        if route.query:
            _, more = msgspec.json.schema_components([route.query], ref_template=_REF)
            components |= {name: each for name, each in more.items() if "enum" in each}
    for form in (route.body for route in routes if route.body and route.form):
        fields = components[form.__name__]["properties"]
        fields.update({name: file_schema(each) for name, each in fields.items()})
    return dict(sorted(components.items()))


def _paths(routes: Iterable[Route]) -> Json:
    paths: dict[str, Json] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return paths


def _operation(route: Route) -> Json:
    told: Json = {
        "operationId": route.operation_id,
        "tags": [route.tag],
        "summary": route.summary,
        "description": route.description,
        "parameters": [*_path_parameters(route), *_query(route), *_headers(route)],
        "responses": {str(route.status): _answer(route), **_refusals(route)},
        "security": _security(route),
    }
    if route.other_status is not None:
        told["responses"][str(route.other_status)] = _answer(route)
    if route.cached:
        headers = {**_told_always(route), **_CACHED}
        not_again = {"description": "You have it already.", "headers": headers}
        told["responses"]["304"] = not_again
    if route.body is not None:
        told["requestBody"] = _body(route, route.body)
    return told


def _headers(route: Route) -> list[Json]:
    keyed, based = [_KEY] if route.keyed else [], route.versioned and route.path_parameters
    match = {**_IF_MATCH, "required": route.version_needed}
    forgeable = [_CSRF] if CsrfRefused in route.raises else []
    return [*keyed, *([match] if based and route.writes else []), *forgeable]


def _path_parameters(route: Route) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in route.path_parameters
    ]


def _query(route: Route) -> list[Json]:
    if route.query is None:
        return []
    _, components = msgspec.json.schema_components([route.query], ref_template=_REF)
    properties: Json = components[route.query.__name__]["properties"]
    return [_parameter(name, schema) for name, schema in properties.items()]


def _parameter(name: str, schema: Json) -> Json:
    """A field of a query: what may be null there may be left out here."""
    schema = dict(schema)
    one_of = [each for each in schema.pop("anyOf", []) if each != {"type": "null"}]
    if one_of:
        schema = {**one_of[0], **schema}
    if schema.get("default", ...) is None:
        del schema["default"]
    told: Json = {"name": name, "in": "query", "required": False, "schema": schema}
    if "description" in schema:
        told["description"] = schema.pop("description")
    return told


def _body(route: Route, kind: type[Struct]) -> Json:
    content = {"schema": _ref(kind), "example": example_bodies()[kind]}
    return {
        "required": not route.body_optional,
        "content": {FORM if route.form else JSON: content},
    }


def _answer(route: Route) -> Json:
    assert route.answer is not None, "every route answers"
    example = msgspec.to_builtins(example_answer(route.answer, route.operation_id))
    headers = {**_told_always(route), **(_CACHED if route.cached else {}), **_own_headers(route)}
    summary = (route.answer.__doc__ or "").strip().splitlines()[0]
    return {
        "description": summary,
        "headers": headers,
        "content": {JSON: {"schema": _ref(route.answer), "example": example}},
    }


def _told_always(route: Route) -> Json:
    limits = (name for name in _LIMITS if name.startswith("RateLimit-"))
    told = {name: {"$ref": f"#/components/headers/{name}"} for name in limits}
    return {**_REQUEST_ID, **(told if route.limit else {})}


def _own_headers(route: Route) -> Json:
    if route.operation_id == "add_to_cart":
        about = "The new cart's token, where one was made."
        return {"X-Cart-Token": {"description": about, "schema": {"type": "string"}}}
    if route.operation_id == "create_product":
        about = "Where the product is read by those who sell it."
        location = {"Location": {"description": about, "schema": {"type": "string"}}}
        return {**_VERSION, **location}
    if route.versioned and route.method != "DELETE":
        return _VERSION
    if route.operation_id == "place_order":
        about = "Where the order is read."
        return {"Location": {"description": about, "schema": {"type": "string"}}}
    return {}


def _refusals(route: Route) -> Json:
    errors = sorted(route.raises, key=lambda error: (status_of(error), error.code()))
    grouped = groupby(errors, key=status_of)
    return {str(status): _refusal(list(same), route) for status, same in grouped}


def _refusal(errors: list[type[StoreError]], route: Route) -> Json:
    refs = [_ref(problem_type(error)) for error in errors]
    instance = route.path.replace("{", "").replace("}", "")
    told = {
        error.code(): {
            "summary": title_of(error),
            "value": msgspec.to_builtins(example_problem(error, instance=instance)),
        }
        for error in errors
    }
    lines = [f"`{error.code()}`: {(error.__doc__ or '').strip()}" for error in errors]
    if RateLimited in errors:
        lines.append(f"It is counted with `{route.limit}`.")
    later = all(issubclass(error, _TO_BE_REPEATED) for error in errors)
    return {
        "description": "\n\n".join(lines),
        "headers": {**_told_always(route), **(_LATER if later else {})},
        "content": {
            MEDIA_TYPE: {
                "schema": refs[0] if len(refs) == 1 else {"oneOf": refs},
                "examples": told,
            }
        },
    }


def _security(route: Route) -> list[Json]:
    """Each way to be let in; what stands together is needed together."""
    accounts: list[Json] = [{"account": []}, {"accountCookie": []}]
    if route.staff:
        return [*accounts, {"staff": []}]
    ways: list[Json] = [{way: []} for way in _TOKENS[route.opens]] if route.opens else []
    if route.needs is not None:
        return [*(account | way for account in accounts for way in ways), *accounts]
    if route.opens == "order":
        return [*accounts, *ways, {"staff": []}]
    return [*accounts, *ways, {}] if ways else []


def _ref(kind: type[Struct]) -> Json:
    return {"$ref": _REF.format(name=kind.__name__)}
