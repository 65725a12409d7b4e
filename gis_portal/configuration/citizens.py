"""Reports, auctions, following lots, and the mails that go out."""

from gis_portal.environment import env, secret

# Citizens' reports: those of one host within an hour, of all together within a day.
PORTAL_REPORTS_EACH = env.int("PORTAL_REPORTS_EACH", default=10)
PORTAL_REPORTS_ALL = env.int("PORTAL_REPORTS_ALL", default=1000)
# Days after closing that a reporter's contact is kept; then the worker deletes it.
PORTAL_REPORT_CONTACT_DAYS = env.int("PORTAL_REPORT_CONTACT_DAYS", default=30)
# The official notices of the province name the winner of an auction: then a lot's page does, too.
PORTAL_AUCTION_WINNERS = env.bool("PORTAL_AUCTION_WINNERS", default=False)
# The largest decision or notice that is attached to a lot, in MB.
PORTAL_AUCTION_FILE_MB = env.int("PORTAL_AUCTION_FILE_MB", default=10)
# Following lots. The portal's own address, as mails name it; without it or a server, no mails.
PORTAL_ADDRESS = env.str("PORTAL_ADDRESS", default="")
EMAIL_HOST = env.str("EMAIL_HOST", default="")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = secret("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="")
# What one address may follow; what one host may ask for in an hour, all together in a day.
PORTAL_FOLLOWS_EACH = env.int("PORTAL_FOLLOWS_EACH", default=20)
PORTAL_FOLLOWS_HOST = env.int("PORTAL_FOLLOWS_HOST", default=10)
PORTAL_FOLLOWS_ALL = env.int("PORTAL_FOLLOWS_ALL", default=1000)
# Hours that a link to confirm lasts; then the address is deleted.
PORTAL_FOLLOW_CONFIRM_HOURS = env.int("PORTAL_FOLLOW_CONFIRM_HOURS", default=48)
# Minutes between two digests to one address; mails of one run.
PORTAL_FOLLOW_PAUSE_MINUTES = env.int("PORTAL_FOLLOW_PAUSE_MINUTES", default=60)
PORTAL_FOLLOW_MAILS = env.int("PORTAL_FOLLOW_MAILS", default=500)
