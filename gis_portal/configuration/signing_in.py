"""Signing in: django-allauth, second factors, the province's OpenID Connect provider."""

from typing import Any

from gis_portal.environment import env, secret

LOGIN_URL = "/accounts/login/"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "gis_portal.accounts.adapters.Accounts"
SOCIALACCOUNT_ADAPTER = "gis_portal.accounts.adapters.OfTheProvider"
MFA_ADAPTER = "gis_portal.accounts.adapters.SecondFactors"

# Accounts are the office's: nobody signs up, and addresses are the administrator's matter.
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_GET = False
# A shared computer of the office: the browser's end is the session's.
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Attempts are counted in the database, for all processes and machines together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_attempts",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# One step of 30 s before and after: phones in the field are not always on time.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "gis_portal.accounts.codes.SignInCode",
    "reauthenticate": "gis_portal.accounts.codes.ConfirmingCode",
}
# Browsers offer passkeys over HTTPS and on the machine itself only; so does the portal.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not env.bool("PORTAL_HTTPS", default=False)
# Roles that may do nothing before they have a second factor: officer,steward,…
PORTAL_SECOND_FACTOR_ROLES = env.list("PORTAL_SECOND_FACTOR_ROLES", default=[])

# The province's provider; without an address there is none.
PORTAL_OIDC_URL = env.str("PORTAL_OIDC_URL", default="")
PORTAL_OIDC_NAME = env.str("PORTAL_OIDC_NAME", default="Tài khoản của tỉnh")
# The claim that names an account of the portal: preferred_username or email; none: nobody is known.
PORTAL_OIDC_MATCH = env.str("PORTAL_OIDC_MATCH", default="")
# For whom an account (without any role) is made: claim=value.
PORTAL_OIDC_NEW_ACCOUNTS = env.str("PORTAL_OIDC_NEW_ACCOUNTS", default="")
# By a link: a form may not lead to another site (form-action). Nothing but signing in starts so.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
_provider: dict[str, Any] = {
    "provider_id": "province",
    "name": PORTAL_OIDC_NAME,
    "client_id": env.str("PORTAL_OIDC_CLIENT_ID", default=""),
    "secret": secret("PORTAL_OIDC_CLIENT_SECRET"),
    "settings": {
        "server_url": PORTAL_OIDC_URL,
        "scope": env.list("PORTAL_OIDC_SCOPES", default=["openid", "profile", "email"]),
        "uid_field": env.str("PORTAL_OIDC_UID", default="sub"),
        "oauth_pkce_enabled": True,
    },
}
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [_provider] if PORTAL_OIDC_URL else []}
}
