"""What schemathesis must know of Slotbridge: which ids there are, so that calls get past 404, and
what the liberal reader takes although a schema does not say so (WIRE-2)."""

import atexit
import collections
import json
import os
import pathlib
import random
import re

import jsonschema_rs
import schemathesis
from schemathesis import GenerationMode

# By operation id (or "*"), what stands for a name in paths, queries and bodies.
KNOWN = json.loads(os.environ["SLOTBRIDGE_KNOWN"])
CHANCE = random.Random(1)
# How often each operation answered what.
SEEN = collections.defaultdict(collections.Counter)
atexit.register(lambda: pathlib.Path(os.environ["SLOTBRIDGE_SEEN"]).write_text(json.dumps(SEEN)))


def known(operation_id, name):
    for scope in (operation_id, "*"):
        if name in KNOWN.get(scope, {}):
            return KNOWN[scope][name]
    return None


def is_positive(case, location):
    part = case.meta.components.get(location) if case.meta else None
    return part is None or part.mode == GenerationMode.POSITIVE


def locations(case):
    return {str(key.value if hasattr(key, "value") else key): key for key in case.meta.components} if case.meta else {}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts ids that exist where a valid one was made up, three times in four."""
    operation_id = case.operation.definition.raw.get("operationId", "")
    keys = locations(case)
    for location, values in (("path", case.path_parameters), ("query", case.query)):
        if values and (location not in keys or is_positive(case, keys[location])):
            for name in list(values):
                value = known(operation_id, name)
                if value is not None and CHANCE.random() < 0.75:
                    values[name] = value
                # The token that all calls are made with stays.
                elif name == "tokenId" and str(values[name]).lstrip("0") == str(KNOWN["*"]["ownToken"]):
                    values[name] = KNOWN["*"]["tokenId"]
    # What ends a booking's life is tried on one of its own.
    token = known(operation_id, "manageToken")
    if token:
        case.headers["authorization"] = f"Bearer {token}"
    if isinstance(case.body, (dict, list)) and ("body" not in keys or is_positive(case, keys["body"])):
        put_known(operation_id, case.body)


def put_known(operation_id, value):
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(items):
        found = known(operation_id, key) if isinstance(key, str) else None
        if found is not None and CHANCE.random() < 0.75:
            value[key] = found
        elif isinstance(inner, (dict, list)):
            put_known(operation_id, inner)


@schemathesis.hook
def after_call(context, case, response):
    SEEN[case.operation.definition.raw["operationId"]][response.status_code] += 1


def as_read(value, schema, resolve):
    """The value as the liberal reader understands it: the whole of WIRE-2, and nothing else."""
    if "$ref" in schema:
        return as_read(value, resolve(schema["$ref"]), resolve)
    choices = [one for one in schema.get("oneOf", []) if one.get("type") != "null"]
    if len(choices) == 1:
        return None if value is None else as_read(value, choices[0], resolve)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if "string" in kinds and number:
        # Ids as numbers.
        return json.dumps(value)
    if "string" in kinds and schema.get("format") == "base64" and isinstance(value, str):
        # Base64 with white space in it, or without its padding.
        plain = re.sub(r"[ \t\r\n]", "", value).rstrip("=")
        return plain + "=" * (-len(plain) % 4)
    if "integer" in kinds:
        # Integers as numeric texts, and without a fraction.
        if isinstance(value, str) and re.fullmatch(r"\s*[+-]?[0-9]+\s*", value, re.ASCII):
            return int(value)
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            return int(value)
    if "boolean" in kinds and not isinstance(value, bool):
        return {"true": True, "1": True, "false": False, "0": False}.get(str(value), value)
    if "object" in kinds:
        if value is None:
            return {}
        if isinstance(value, dict):
            return read_object(value, schema, resolve)
    if "array" in kinds and isinstance(value, list):
        return [as_read(item, schema["items"], resolve) for item in value]
    return value


def read_object(value, schema, resolve):
    read = {}
    for name, inner in schema.get("properties", {}).items():
        required = name in schema.get("required", [])
        absent = name not in value
        # null, or nothing but blanks, is absent where it may be.
        blank = value.get(name) is None or (isinstance(value.get(name), str) and not value[name].strip())
        if not absent and (required or not blank):
            read[name] = as_read(value[name], inner, resolve)
    # Unknown fields are ignored.
    return read


@schemathesis.check
def refused_unless_liberally_read(ctx, response, case):
    """A body that the schema does not allow is refused, unless WIRE-2 makes it one that it does."""
    keys = locations(case)
    if response.status_code >= 300 or "body" not in keys or is_positive(case, keys["body"]):
        return
    document = case.operation.schema.raw_schema
    media = case.operation.definition.raw.get("requestBody", {}).get("content", {})
    schema = media.get("application/json", {}).get("schema")
    if schema is None or isinstance(case.body, (bytes, str)):
        return

    def resolve(reference):
        found = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        return found

    body = {} if type(case.body).__name__ == "NotSet" else case.body
    while "$ref" in schema:
        schema = resolve(schema["$ref"])
    # AVAIL-6: of a batch each element is judged alone, and the answer is 200.
    if case.operation.definition.raw["operationId"] == "sendAvailabilitySnapshots" and isinstance(body, list):
        return
    for choice in schema.get("oneOf", [schema]):
        whole = {**choice, "components": document["components"]}
        if jsonschema_rs.validator_for(whole).is_valid(as_read(body, choice, resolve)):
            return
    raise AssertionError(f"taken, though the schema does not allow it, nor WIRE-2: {json.dumps(body)[:2000]}")
