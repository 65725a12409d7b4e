"""Signing in: django-allauth with our rules (`adapters.py`), our pages, our addresses (`urls.py`).

Accounts are made by the administrator; roles are groups (`layers.permissions`).
"""
