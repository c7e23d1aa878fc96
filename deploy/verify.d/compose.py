"""Part of deploy/verify: checks docker-compose.yml, and files that extend it, without Docker Compose.

compose.py check FILE...        prints the problems; exits with 1 if there are any
compose.py environment FILE...  prints the environment of the service hasten, with defaults, one NAME=VALUE per line
"""

import functools
import os
import re
import secrets
import sys

import yaml

KEYS_OF_A_SERVICE = {
    "build", "cap_add", "cap_drop", "command", "depends_on", "environment", "healthcheck", "image", "mem_limit",
    "pids_limit", "ports", "read_only", "restart", "secrets", "security_opt", "stop_grace_period", "tmpfs",
    "volumes",
}  # fmt: skip


def interpolate(value):
    """Replaces ${NAME:-default} by its default, as for a user without a .env file, and ${NAME:?message} by a random text."""
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))
    return re.sub(r"\$\{\w+:\?[^}]*\}", lambda _: secrets.token_hex(32), text)


def merged(base, extension):
    """Merges two files as Docker Compose does with the keys used here: mappings by key, lists one after the other."""
    if isinstance(base, dict) and isinstance(extension, dict):
        return base | {key: merged(base[key], value) if key in base else value for key, value in extension.items()}
    return base + extension if isinstance(base, list) and isinstance(extension, list) else extension


def seconds(duration):
    return int(duration.removesuffix("s"))


def problems(compose, directory):
    services, volumes = compose["services"], compose["volumes"]
    for name, service in services.items():
        yield from (f"{name}: unknown key {key}" for key in service.keys() - KEYS_OF_A_SERVICE)
        for key in ("healthcheck", "restart", "image"):
            if key not in service:
                yield f"{name}: no {key}"
        if "no-new-privileges:true" not in service.get("security_opt", []):
            yield f"{name}: security_opt must include no-new-privileges:true"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                if not os.path.isfile(os.path.join(directory, source)):
                    yield f"{name}: the file {source} does not exist"
            elif source not in volumes:
                yield f"{name}: the volume {source} is not declared"
        for port in service.get("ports", []):
            if not interpolate(port).startswith("127.0.0.1:"):
                yield f"{name}: publishes {port}; the default must be loopback only"
        for secret in service.get("secrets", []):
            if secret["source"] not in compose.get("secrets", {}):
                yield f"{name}: the secret {secret['source']} is not declared"
            if service.get("read_only"):
                yield f"{name}: Compose cannot copy a secret into a read-only root file system"
        for other, how in service.get("depends_on", {}).items():
            if how.get("condition") != "service_healthy" or "healthcheck" not in services.get(other, {}):
                yield f"{name}: does not wait until {other} is healthy"
    hasten = services["hasten"]
    if not hasten.get("read_only") or hasten.get("cap_drop") != ["ALL"]:
        yield "hasten: must have a read-only root and no capabilities"
    for port in hasten["ports"]:
        if not re.fullmatch(r"127\.0\.0\.1:4466:4466", interpolate(port)):
            yield f"hasten: publishes {port}; the default must be 4466 on loopback only"
    if "ports" in services["postgres"]:
        yield "postgres: must not be published"
    if seconds(hasten["stop_grace_period"]) <= 30:
        yield "hasten: stop_grace_period must be longer than drain_timeout, 30s"


def main(command, *paths):
    files = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            files.append(yaml.safe_load(file))
    compose = functools.reduce(merged, files)
    if command == "environment":
        for name, value in compose["services"]["hasten"]["environment"].items():
            print(f"{name}={interpolate(value)}")
        return 0
    # Docker Compose, too, takes the paths in all files as relative to the first one.
    found = list(problems(compose, os.path.dirname(os.path.abspath(paths[0]))))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
