#!/usr/bin/env python3
"""Takes the structure out of a published OpenAPI 3.0 file of the PMS API, without its prose.

    derive.py openapi-1.9.0.yaml > pms-api-1.9.0.json

Needs PyYAML. See README.md for what is left out.
"""
import json
import sys

import yaml

PROSE = {"description", "summary", "example", "examples", "externalDocs"}
METHODS = {"get", "put", "post", "patch", "delete"}


def structure(value):
    """A value without its prose. `properties` holds names, which may be called anything."""
    if isinstance(value, list):
        return [structure(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, inner in value.items():
        if key == "properties":
            kept[key] = {name: structure(schema) for name, schema in inner.items()}
        elif key not in PROSE:
            kept[key] = structure(inner)
    return kept


def operation(described):
    kept = {"operationId": described["operationId"]}
    for part in ("parameters", "requestBody", "callbacks"):
        if part in described:
            kept[part] = structure(described[part])
    kept["responses"] = {str(status): structure(r) for status, r in described["responses"].items()}
    return kept


def main(path):
    with open(path, encoding="utf-8") as file:
        published = yaml.safe_load(file)
    components = published["components"]
    contract = {
        "openapi": published["openapi"],
        "info": {"version": published["info"]["version"]},
        "paths": {
            path: {method: operation(item[method]) for method in item if method in METHODS}
            for path, item in published["paths"].items()
        },
        "components": {
            "schemas": structure(components["schemas"]),
            "responses": structure(components["responses"]),
            "securitySchemes": structure(components["securitySchemes"]),
        },
        "security": published["security"],
    }
    json.dump(contract, sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")


main(sys.argv[1])
