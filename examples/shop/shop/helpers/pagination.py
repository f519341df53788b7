"""Pages of a select, driven by the query string: ``?page=2&per_page=20``."""

from urllib.parse import urlencode

from flask import current_app, g, request

from shop.extensions import db


def page_arguments():
    """Page and size as asked for; nonsense becomes the default, too much becomes the maximum."""
    page = request.args.get("page", 1, type=int)
    per_page = request.args.get("per_page", current_app.config["PAGE_SIZE"], type=int)
    return max(page, 1), min(max(per_page, 1), current_app.config["MAX_PAGE_SIZE"])


def page_link(page):
    """The address of another page of the same list, other parameters kept."""
    arguments = request.args.to_dict(flat=False)
    arguments["page"] = [page]
    return f"{request.path}?{urlencode(arguments, doseq=True)}"


def paginated(statement, schema):
    """Run the select for the page asked for and dump it into the API's envelope."""
    page, per_page = page_arguments()
    result = db.paginate(statement, page=page, per_page=per_page, error_out=False)
    g.total_count = result.total
    return {
        "items": schema.dump(result.items, many=True),
        "page": result.page,
        "pages": result.pages,
        "per_page": per_page,
        "total": result.total,
        "links": {
            "next": page_link(result.next_num) if result.has_next else None,
            "previous": page_link(result.prev_num) if result.has_prev else None,
        },
    }
