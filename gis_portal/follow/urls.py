"""Addresses of following: the feed, the calendar, the form, links of mails."""

from django.urls import path

from gis_portal.follow import calendar_file, pages, rss

urlpatterns = [
    path("auctions/feed.rss", rss.feed, name="auctions-feed"),
    path("auctions/calendar.ics", calendar_file.calendar, name="auctions-calendar"),
    path("follow/new/", pages.new, name="follow-new"),
    path("follow/confirm/<str:token>/", pages.confirmed, name="follow-confirm"),
    path("follow/stop/<str:token>/", pages.stopped, name="follow-stop"),
]
