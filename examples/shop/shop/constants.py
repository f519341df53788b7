"""Names, prefixes and limits that more than one module needs."""

API_ROOT = "/api"
API_PREFIX = f"{API_ROOT}/v1"
AUTH_PREFIX = API_PREFIX + "/auth"
CATALOGUE_PREFIX = API_PREFIX + "/catalogue"
ORDERS_PREFIX = API_PREFIX + "/orders"
FILES_PREFIX = API_PREFIX + "/files"
REPORTS_PREFIX = API_PREFIX + "/reports"
ADMIN_PREFIX = API_PREFIX + "/admin"
# Reviews are nested in the catalogue, so this one is relative.
REVIEWS_PREFIX = "/products/<int:product_id>/reviews"

ROLE_CUSTOMER = "customer"
ROLE_STAFF = "staff"
ROLE_ADMIN = "admin"
ROLES = (ROLE_CUSTOMER, ROLE_STAFF, ROLE_ADMIN)
BACK_OFFICE = (ROLE_STAFF, ROLE_ADMIN)

STATUS_PENDING = "pending"
STATUS_PAID = "paid"
STATUS_SHIPPED = "shipped"
STATUS_DELIVERED = "delivered"
STATUS_CANCELLED = "cancelled"

#: Which status may follow which.
ORDER_TRANSITIONS = {
    STATUS_PENDING: {STATUS_PAID, STATUS_CANCELLED},
    STATUS_PAID: {STATUS_SHIPPED, STATUS_CANCELLED},
    STATUS_SHIPPED: {STATUS_DELIVERED},
    STATUS_DELIVERED: set(),
    STATUS_CANCELLED: set(),
}

COUNTRIES = ("AT", "CH", "DE", "FR", "NL", "PL")
CURRENCIES = ("EUR", "CHF", "PLN")
DEFAULT_CURRENCY = "EUR"

SKU_PATTERN = r"^[A-Z]{2,4}-\d{3,5}$"
ALLOWED_UPLOADS = {"csv", "gif", "jpg", "pdf", "png", "txt"}

SESSION_CART = "cart"
SESSION_USER = "user_id"
