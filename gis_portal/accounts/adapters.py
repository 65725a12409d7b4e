"""What django-allauth asks of us: nobody signs up, who comes from where, where they go next.

The provider's people are matched to accounts by a claim that the operator names; without it nobody
is let in that way. What is kept of a second factor is encrypted with the secret key.
"""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User as Account
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from gis_portal.errors import PageNotFound
from layers.ondemand.asking import household_of
from layers.permissions import APPROVER, OFFICER, STEWARD, roles_of

DESK = "/officer/desk/"


class Accounts(DefaultAccountAdapter):
    """Accounts of the portal."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """The administrator makes accounts."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose attempts are counted: as our own proxies report it."""
        return household_of(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To one's work."""
        roles = roles_of(request.user)
        if roles & {STEWARD, APPROVER}:
            return reverse("steward")
        return DESK if OFFICER in roles else reverse("account")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """To the map, as everybody sees it."""
        return reverse("home")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the account's page, which says that it is done."""
        return reverse("account")

    def add_message(
        self, request: HttpRequest, level: int, *args: Any, message: str | None = None, **more: Any
    ) -> None:
        """Pages say themselves what happened; only a failure without a page of its own is told."""
        if level >= messages.ERROR and message:
            messages.error(request, message)


class OfTheProvider(DefaultSocialAccountAdapter):
    """People whom the province's OpenID Connect provider knows."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Tie a person whom we have not met to the account that they are said to have."""
        if sociallogin.state.get("process") != "login":
            raise PageNotFound
        told = sociallogin.account.extra_data.values()
        if len({said["sub"] for said in told if isinstance(said, dict) and "sub" in said}) > 1:
            # The page about the person and the token speak of two people.
            raise PageNotFound
        if sociallogin.is_existing:
            return
        account = account_of(claims_of(sociallogin))
        if account is not None:
            sociallogin.connect(request, account)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Whether a new account is made: only for whom the setting names, and never over another
        account of that name or address.
        """
        claim, sign, value = settings.PORTAL_OIDC_NEW_ACCOUNTS.partition("=")
        said = claims_of(sociallogin)
        told = said.get(claim)
        values = told if isinstance(told, list) else [told]
        name, email = str(said.get("preferred_username") or ""), str(said.get("email") or "")
        same = Q(username__iexact=name) | Q(email__iexact=email, email__gt="")
        taken = Account.objects.filter(same).exists()
        return bool(sign and value and name) and value in map(str, values) and not taken


def claims_of(sociallogin: SocialLogin) -> dict[str, Any]:
    """What the provider says of the person: its own page of them before the token."""
    data: dict[str, Any] = sociallogin.account.extra_data
    return {**data.get("id_token", {}), **data.get("userinfo", {})}


def account_of(claims: dict[str, Any]) -> Account | None:
    """The one account that the provider's claim names; None when none or several do."""
    found: QuerySet[Account] = Account.objects.filter(is_active=True)
    claim = settings.PORTAL_OIDC_MATCH
    value = str(claims.get(claim) or "")
    if not claim or not value:
        return None
    if claim != "email":
        return found.filter(username=value).first()
    # An address that nobody has confirmed is anybody's.
    if claims.get("email_verified") is not True:
        return None
    named = list(found.filter(email__iexact=value)[:2])
    return named[0] if len(named) == 1 else None


class SecondFactors(DefaultMFAAdapter):
    """Secrets of apps and recovery codes are not readable in a copy of the database."""

    def encrypt(self, text: str) -> str:
        """With the secret key of today."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """With it or one of those before it."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """The name that the person's app shows."""
        return str(settings.PORTAL_NAME_VI)


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(b"second factor " + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
