"""CSV, server-sent events and JSON."""

import json

from flask import Response, request, stream_with_context

from shop.blueprints.reports import reports
from shop.constants import BACK_OFFICE
from shop.helpers.decorators import role_required
from shop.schemas.orders import SalesQuerySchema
from shop.services import reporting


@reports.get("/orders.csv")
@role_required(*BACK_OFFICE)
def orders_csv():
    """All orders, row by row while the database delivers them."""
    rows = stream_with_context(reporting.order_rows(request.args.get("status")))
    return Response(rows, mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=orders.csv"})


@reports.get("/inventory.csv")
@role_required(*BACK_OFFICE)
def inventory_csv():
    """The stock. The rows are all there before the first is sent."""
    inventory = reporting.inventory()

    def generate():
        yield "sku,name,stock,mark\r\n"
        for row in inventory:
            yield reporting.csv_line(row)

    return generate(), {"Content-Type": "text/csv; charset=utf-8", "X-Rows": str(len(inventory))}


@reports.get("/events")
@role_required(*BACK_OFFICE)
def event_stream():
    """What happened to orders since the last event the client saw, as server-sent events."""
    last_seen = request.headers.get("Last-Event-ID", 0, type=int)
    limit = min(request.args.get("limit", 20, type=int), 100)

    @stream_with_context
    def generate():
        yield "retry: 5000\n\n"
        for event in reporting.events_after(last_seen, limit):
            data = json.dumps({"order": str(event.order.token), "status": event.status})
            yield f"id: {event.id}\nevent: order\ndata: {data}\n\n"
        yield "event: idle\ndata: {}\n\n"

    return Response(generate(), content_type="text/event-stream", headers={"Cache-Control": "no-cache"})


@reports.get("/sales")
@role_required(*BACK_OFFICE)
def sales():
    """Turnover per day."""
    query = SalesQuerySchema().load(request.args)
    days = reporting.sales_by_day(query["first"], query["last"], query["currency"])
    return {"currency": query["currency"], "days": days}
