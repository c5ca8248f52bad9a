#!/usr/bin/env python3
"""Writes deploy/grafana/dashboards/*.json: what the panels show stands here, one line each; the rest is Grafana's form.

usage: make_dashboards.py [--check]      --check writes nothing and fails when the files say something else
"""
import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "dashboards"
SOURCE = {"type": "prometheus", "uid": "lintel-prometheus"}
WIDTH = 24


def stat(title, expression, unit="short", bad_from=None, text=None):
    """One number; red from `bad_from` on."""
    steps = [{"color": "green", "value": None}]
    if bad_from is not None:
        steps.append({"color": "red", "value": bad_from})
    panel = graph(title, [(expression, "")], unit, text)
    panel |= {"type": "stat", "width": 4, "height": 4}
    panel["fieldConfig"]["defaults"]["thresholds"] = {"mode": "absolute", "steps": steps}
    panel["options"] = {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "value", "graphMode": "area"}
    return panel


def graph(title, queries, unit="short", text=None, stack=False):
    """Lines over time: pairs of an expression and its legend."""
    custom = {"fillOpacity": 10, "showPoints": "never", "stacking": {"mode": "normal" if stack else "none"}}
    return {
        "title": title,
        "description": text or "",
        "type": "timeseries",
        "datasource": SOURCE,
        "width": 8,
        "height": 7,
        "targets": [
            {"refId": chr(ord("A") + index), "datasource": SOURCE, "expr": expression, "legendFormat": legend, "range": True}
            for index, (expression, legend) in enumerate(queries)
        ],
        "fieldConfig": {"defaults": {"unit": unit, "min": 0, "custom": custom}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}},
    }


def row(title):
    return {"title": title, "type": "row", "collapsed": False, "panels": [], "width": WIDTH, "height": 1}


def quantiles(metric, by, unit="s", title=None, text=None):
    """The median and the 99th percentile of a histogram."""
    def of(q):
        return f"histogram_quantile({q}, sum by ({by}, le) (rate({metric}_bucket[$__rate_interval])))"

    return graph(title, [(of(0.5), f"{{{{{by}}}}} p50"), (of(0.99), f"{{{{{by}}}}} p99")], unit, text)


def rate(metric, by, selector="", over="$__rate_interval"):
    return f"sum by ({by}) (rate({metric}{selector}[{over}]))"


def spine():
    return [
        row("At a glance"),
        stat("Replicas up", 'sum(up{job="lintel"})'),
        stat("Checks that fail", "count(readiness_check == 0) or vector(0)", bad_from=1),
        stat("Oldest unconfirmed event", "max(outbox_oldest_seconds)", "s", bad_from=60),
        stat("Dead letters", "sum(max by (service) (dead_letters_waiting))", bad_from=1),
        stat("Waiting to be retried", "sum(max by (service) (retry_depth))", bad_from=50),
        stat("Events without a queue", "sum(max by (service) (outbox_unroutable))", bad_from=1),
        row("Events"),
        graph("Events journalled", [(rate("events_total", "service"), "{{service}}")], "cps"),
        graph("Events handled", [(rate("events_received_total", "service"), "{{service}}")], "cps"),
        graph("Outbox", [("max by (service) (outbox_depth)", "{{service}}")], text="Events that the broker has not confirmed."),
        graph("Age of the oldest event in the outbox", [("max by (service) (outbox_oldest_seconds)", "{{service}}")], "s"),
        quantiles("confirm_seconds", "service", title="Time to the broker's confirm"),
        graph("Relays that publish", [("max by (service) (relay_leads)", "{{service}}")], text="1 for every service, whatever the number of replicas."),
        row("Queues"),
        graph("Messages in queues", [("max by (queue) (rabbitmq_detailed_queue_messages)", "{{queue}}")]),
        graph("Consumers", [("max by (queue) (rabbitmq_detailed_queue_consumers)", "{{queue}}")]),
        graph("Broker: refused, returned, blocked", [
            (rate("nacked_total", "service"), "{{service}} refused"),
            (rate("returned_total", "service"), "{{service}} returned"),
            (rate("blocked_seconds_total", "service"), "{{service}} blocked (s/s)"),
            (rate("reconnects_total", "service"), "{{service}} reconnected"),
        ]),
        row("Handling"),
        quantiles("handler_seconds", "inlet", title="Time per batch"),
        quantiles("batch_size", "inlet", "short", "Messages per batch"),
        graph("Dropped as known", [(rate("inbox_duplicates_total", "inlet"), "{{inlet}}")], "cps"),
        graph("Retries and dead letters", [
            ("max by (service) (retry_depth)", "{{service}} retries"),
            ("max by (service) (dead_letters_waiting)", "{{service}} dead letters"),
        ]),
        graph("Timers set", [("max by (service) (timers_pending)", "{{service}}")]),
        graph("Timers: overdue", [("max by (service) (timer_lag_seconds)", "{{service}}")], "s"),
        row("Pages, database, processes"),
        graph("Requests", [(rate("http_requests_total", "service, status"), "{{service}} {{status}}")], "reqps"),
        quantiles("http_request_seconds", "service", title="Time to an answer"),
        graph("Database connections", [
            ("max by (service) (postgres_pool_in_use)", "{{service}} in use"),
            ("max by (service) (postgres_pool_waiting)", "{{service}} waiting"),
        ]),
        graph("Memory", [('process_resident_memory_bytes{job="lintel"}', "{{service}} {{instance}}")], "bytes"),
        graph("Processor", [('rate(process_cpu_seconds_total{job="lintel"}[$__rate_interval])', "{{service}} {{instance}}")], "percentunit"),
        graph("Files and sockets", [('process_open_fds{job="lintel"}', "{{service}} {{instance}}")]),
    ]


def business():
    won, lost = ('sum(increase(events_total{name="sales.deal.%s.v1"}[$__range])) or vector(0)' % end for end in ("won", "lost"))
    return [
        row("At a glance"),
        stat("Leads", 'sum(increase(intake_submissions_total{outcome="accepted"}[$__range]))', text="New leads in the time shown."),
        stat("Not called back yet", "max(leads_unanswered)"),
        stat("Of those, too late", "max(leads_overdue)", bad_from=1),
        stat("Deals won", won),
        stat("Cases too late", "sum(max by (kind) (service_cases_overdue))", bad_from=1),
        stat("Conservation law: rows that break it", "sum(max by (law) (leads_conservation_violations))", bad_from=1),
        row("Leads"),
        graph("Submissions by channel", [(rate("intake_submissions_total", "channel", over="5m"), "{{channel}}")], "cps", stack=True),
        graph("What became of them", [(rate("intake_submissions_total", "outcome", over="5m"), "{{outcome}}")], "cps", stack=True),
        graph("Rejected, by channel", [(rate("intake_submissions_total", "channel", '{outcome="rejected"}', "5m"), "{{channel}}")], "cps"),
        graph("Waiting for a call back", [
            ("max(leads_unanswered)", "not called back"), ("max(leads_overdue)", "too late"), ("max(leads_pooled)", "without an owner"),
        ]),
        graph("Waiting to be fetched from platforms", [("max by (channel) (leads_fetches_waiting)", "{{channel}}")]),
        graph("Time to the first call back", [
            ("histogram_quantile(0.5, sum by (grade, le) (increase(leads_first_response_seconds_bucket[$__range])))", "{{grade}} p50"),
            ("histogram_quantile(0.9, sum by (grade, le) (increase(leads_first_response_seconds_bucket[$__range])))", "{{grade}} p90"),
        ], "s"),
        graph("Clocks that ran out", [("sum by (grade, step) (increase(leads_response_overdue_total[1h]))", "{{grade}} {{step}}")], text="Steps in the last hour: reminded, given to another, told to the manager."),
        row("Sales"),
        graph("Open deals by stage", [("max by (stage) (sales_deals_open)", "{{stage}}")], stack=True),
        graph("Won and lost", [(won, "won"), (lost, "lost")], text="In the time shown."),
        graph("Units", [("max by (state) (sales_units)", "{{state}}")], stack=True),
        row("After the sale"),
        graph("Open cases", [("max by (kind) (service_cases_open)", "{{kind}}")], stack=True),
        graph("Cases too late", [("max by (kind) (service_cases_overdue)", "{{kind}}")]),
        graph("Cases opened and closed", [('sum by (name) (increase(events_total{service="service", name=~"service[.]case[.].+"}[1h]))', "{{name}}")], text="In the last hour."),
        row("Messages"),
        graph("Messages by state", [(rate("notify_messages_total", "channel, state", over="5m"), "{{channel}} {{state}}")], "cps"),
        graph("Attempts to send", [(rate("notify_attempts_total", "channel, outcome", over="5m"), "{{channel}} {{outcome}}")], "cps"),
        graph("Waiting to be sent", [
            ("max by (channel) (notify_messages_waiting)", "{{channel}}"), ("max(notify_messages_unknown)", "unknown: people decide"),
        ]),
        graph("Longest wait", [("max by (channel) (notify_oldest_waiting_seconds)", "{{channel}}")], "s"),
    ]


def placed(panels):
    """Panels from left to right, rows below each other."""
    x = y = tallest = 0
    for number, panel in enumerate(panels, 1):
        width, height = panel.pop("width"), panel.pop("height")
        if x + width > WIDTH:
            x, y, tallest = 0, y + tallest, 0
        panel |= {"id": number, "gridPos": {"x": x, "y": y, "w": width, "h": height}}
        x, tallest = x + width, max(tallest, height)
    return panels


def dashboard(uid, title, panels):
    return {
        "uid": uid, "title": title, "tags": ["lintel"], "schemaVersion": 39, "version": 1, "editable": False, "graphTooltip": 1,
        "time": {"from": "now-3h", "to": "now"}, "refresh": "10s", "timezone": "browser", "templating": {"list": []},
        "annotations": {"list": [{
            "name": "Alerts", "datasource": SOURCE, "enable": True, "iconColor": "red",
            "expr": 'ALERTS{alertstate="firing"}', "titleFormat": "{{alertname}} {{service}}",
        }]},
        "panels": placed(panels),
    }


def main():
    wrong = []
    for name, content in {"spine": dashboard("lintel-spine", "Spine", spine()), "business": dashboard("lintel-business", "Business", business())}.items():
        file, text = FOLDER / f"{name}.json", json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        if "--check" not in sys.argv[1:]:
            file.write_text(text, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            wrong.append(file.name)
    if wrong:
        sys.exit(f"not what make_dashboards.py writes: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
