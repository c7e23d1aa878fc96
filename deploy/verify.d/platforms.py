"""Part of deploy/verify: checks fly.toml and render.yaml, without the platforms.

platforms.py check FILE        prints the problems; exits with 1 if there are any
platforms.py environment FILE  prints the environment without secrets, one NAME=VALUE per line
"""

import sys
import tomllib

import yaml

PORT = 4466
SECONDS_FOR_LAST_RESPONSES = 6


def seconds(duration):
    return int(duration.removesuffix("s"))


def stop_problems(time_to_stop, environment, maximum):
    needed = seconds(environment.get("HASTEN_DRAIN_DELAY", "0s")) + seconds(environment["HASTEN_DRAIN_TIMEOUT"])
    if not needed + SECONDS_FOR_LAST_RESPONSES < time_to_stop <= maximum:
        yield f"the time to stop is {time_to_stop} s; the server may need {needed + SECONDS_FOR_LAST_RESPONSES} s"


def fly_problems(fly):
    service = fly["http_service"]
    yield from stop_problems(seconds(fly["kill_timeout"]), fly["env"], 300)
    if fly["kill_signal"] != "SIGTERM":
        yield "kill_signal must be SIGTERM"
    if service["internal_port"] != PORT:
        yield f"internal_port must be {PORT}"
    if service["auto_stop_machines"] != "off":
        yield "auto_stop_machines must be off"
    if [check["path"] for check in service["checks"]] != ["/ready"]:
        yield "the check must be /ready"
    if fly["env"]["HASTEN_PUBLIC_URL"] != f"https://{fly['app']}.fly.dev":
        yield "HASTEN_PUBLIC_URL must be the URL of the app"


def render_problems(render):
    (service,) = render["services"]
    environment = render_environment(render)
    yield from stop_problems(service["maxShutdownDelaySeconds"], environment, 300)
    if environment["PORT"] != str(PORT):
        yield f"PORT must be {PORT}"
    if service["healthCheckPath"] != "/health":
        yield "healthCheckPath must be /health"
    sources = [entry["fromDatabase"]["name"] for entry in service["envVars"] if "fromDatabase" in entry]
    if sources != [database["name"] for database in render["databases"]]:
        yield "DATABASE_URL must come from the database"


def render_environment(render):
    return {entry["key"]: entry["value"] for entry in render["services"][0]["envVars"] if "value" in entry}


def main(command, path):
    with open(path, "rb") as file:
        if path.endswith(".toml"):
            fly = tomllib.load(file)
            environment, found = fly["env"], list(fly_problems(fly))
        else:
            render = yaml.safe_load(file)
            environment, found = render_environment(render), list(render_problems(render))
    if command == "environment":
        for name, value in environment.items():
            print(f"{name}={value}")
        return 0
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
