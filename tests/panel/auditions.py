"""The audition page as its tests see it."""

from __future__ import annotations

from tests.panel.browser import Tab

HOST = "reaper"
"""Whose jobs they are."""


def settled(tab: Tab) -> Tab:
    """The same tab, once all sound and all waveforms are there."""
    tab.page.wait_for_selector(".board[aria-busy=false]")
    return tab


def heard(tab: Tab) -> str:
    """The name of the lane that is heard."""
    return tab.page.locator(".lane-hear[aria-pressed=true] .lane-name").inner_text()
