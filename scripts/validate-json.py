"""Checks JSON documents against a JSON Schema: validate-json.py [--closed] SCHEMA DOCUMENT...

With --closed, a field that the schema does not name is a fault too, though the schema allows it.
"""

import json
import os
import sys

try:
    import jsonschema
except ImportError:
    # Another Python may come first in PATH than that of the system, for which the package is installed.
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3") or not os.path.exists("/usr/bin/python3"):
        sys.exit("The validator is missing: install Debian's python3-jsonschema, or what corresponds to it.")
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])


def closed(schema):
    """The schema with every object that names its fields closed to others."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: closed(part) for name, part in schema.items()}
    if isinstance(parts.get("properties"), dict) and "additionalProperties" not in parts:
        parts["additionalProperties"] = False
    return parts


arguments = sys.argv[1:]
is_closed = "--closed" in arguments
schema_path, *documents = [argument for argument in arguments if argument != "--closed"]
with open(schema_path, encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(closed(schema) if is_closed else schema)
faults = 0
for path in documents:
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    for error in validator.iter_errors(document):
        print(f"{path}: {error.json_path}: {error.message[:300]}")
        faults += 1
sys.exit(1 if faults or not documents else 0)
