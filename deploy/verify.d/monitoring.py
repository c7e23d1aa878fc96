"""Part of deploy/verify: checks the dashboard in deploy/grafana and the alerts in deploy/prometheus.

monitoring.py check REPOSITORY    prints the problems; exits with 1 if there are any
monitoring.py rules REPOSITORY    prints the expressions of the dashboard as recording rules, for promtool
"""

import json
import re
import sys

import promql
import yaml

ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| \w* \| ([^|]*) \|", re.MULTILINE)
TARGET_LABELS = {"instance", "job"}
# Series that Prometheus itself creates: type and labels.
OF_PROMETHEUS = {"up": ("gauge", set()), "ALERTS": ("gauge", {"alertname", "alertstate", "severity"})}
GRAFANA_VARIABLES = {"$__rate_interval": "5m", "$__range": "1h", "$database": ".*", "$instance": ".*"}


def read(repository, path):
    with open(f"{repository}/{path}", encoding="utf-8") as file:
        return file.read()


def documented(repository):
    """The type and labels of each series that docs/metrics.md promises."""
    series = dict(OF_PROMETHEUS)
    for name, kind, labels in ROW.findall(read(repository, "docs/metrics.md")):
        own = set(re.findall(r"`(\w+)`", labels))
        if kind in ("histogram", "summary"):
            series |= {name + "_count": ("counter", own), name + "_sum": ("counter", own)}
            if kind == "histogram":
                series[name + "_bucket"] = ("counter", own | {"le"})
        else:
            series[name] = (kind, own)
    return series


def problems_of(expression, series):
    try:
        found = promql.selectors(expression)
    except ValueError as e:
        yield str(e)
        return
    for selector in found:
        if selector.metric not in series:
            yield f"{selector.metric} is not in docs/metrics.md"
            continue
        kind, labels = series[selector.metric]
        for label in sorted((selector.matchers.keys() | selector.grouped_by) - labels - TARGET_LABELS):
            yield f"{selector.metric} has no label {label}"
        if kind == "counter" and selector.function not in promql.COUNTING:
            yield f"{selector.metric} is a counter: use rate or increase"
        if kind == "gauge" and selector.function in promql.COUNTING - {"changes"}:
            yield f"{selector.metric} is a gauge: it has no rate"


def panels(dashboard):
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def expressions(dashboard):
    """The expressions of panels and annotations, each with the title of its panel or annotation."""
    return [
        *((panel["title"], target["expr"]) for panel in panels(dashboard) for target in panel["targets"]),
        *((annotation["name"], annotation["expr"]) for annotation in dashboard["annotations"]["list"]),
    ]


def dashboard_problems(dashboard, series):
    ids = [panel["id"] for panel in dashboard["panels"]]
    if len(ids) != len(set(ids)):
        yield "panels have the same id"
    for panel in panels(dashboard):
        for key, value in {
            "title": panel.get("title"),
            "description": panel.get("description"),
            "unit": panel["fieldConfig"]["defaults"].get("unit"),
        }.items():
            if not value:
                yield f"panel {panel['id']}, {panel.get('title')}: no {key}"
        if panel["datasource"]["uid"] != "${datasource}":
            yield f"{panel['title']}: must use the variable datasource"
    for title, expression in expressions(dashboard):
        yield from (f"{title}: {problem}" for problem in problems_of(expression, series))
        for selector in promql.selectors(expression):
            known = series.get(selector.metric, ("", set()))[1]
            for label in ("instance", "database"):
                if (label == "instance" or label in known) and selector.matchers.get(label) != "$" + label:
                    yield f'{title}: {selector.metric} must be selected by {label}=~"${label}"'


def alert_problems(repository, series):
    (group,) = yaml.safe_load(read(repository, "deploy/prometheus/alerts.yml"))["groups"]
    tests = yaml.safe_load(read(repository, "deploy/prometheus/alerts_test.yml"))["tests"]
    documentation = read(repository, "docs/monitoring.md")
    for rule in group["rules"]:
        name, annotations = rule["alert"], rule.get("annotations", {})
        yield from (f"{name}: {problem}" for problem in problems_of(rule["expr"], series))
        if rule.get("labels", {}).get("severity") not in ("critical", "warning"):
            yield f"{name}: severity must be critical or warning"
        for annotation in ("summary", "description"):
            if not annotations.get(annotation):
                yield f"{name}: no {annotation}"
        anchor = name.lower()
        if annotations.get("runbook") != f"docs/monitoring.md#{anchor}":
            yield f"{name}: runbook must be docs/monitoring.md#{anchor}"
        if f'<a id="{anchor}"></a>`{name}`' not in documentation:
            yield f"{name} is not in the table of docs/monitoring.md"
        if not any(fires_and_does_not(test, name) for test in tests):
            yield f"{name}: no test in which it fires at one time and not at another"
    documented_alerts = set(re.findall(r"^\| <a id=\"\w+\"></a>`(\w+)`", documentation, re.MULTILINE))
    for name in sorted(documented_alerts - {rule["alert"] for rule in group["rules"]}):
        yield f"{name} of docs/monitoring.md does not exist"


def fires_and_does_not(test, alert):
    fires = [any(f'alertname="{alert}"' in sample["labels"] for sample in check["exp_samples"])
             for check in test["promql_expr_test"]]  # fmt: skip
    return any(fires) and not all(fires)


def main(command, repository):
    dashboard = json.loads(read(repository, "deploy/grafana/hasten.json"))
    if command == "rules":
        rules = []
        for number, (_, expression) in enumerate(expressions(dashboard)):
            for variable, value in GRAFANA_VARIABLES.items():
                expression = expression.replace(variable, value)
            rules.append({"record": f"dashboard:{number}", "expr": expression})
        print(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
        return 0
    series = documented(repository)
    found = [*dashboard_problems(dashboard, series), *alert_problems(repository, series)]
    print("\n".join(dict.fromkeys(found)))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
