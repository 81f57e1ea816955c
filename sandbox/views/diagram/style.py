"""Colours, and the sizes of everything but text."""

from __future__ import annotations

PALETTE = {
    "bg": "#ffffff", "ink": "#1f2937", "line": "#aab4c3", "head-fill": "#eef2f9", "head-line": "#5b6b8c", "bar-fill": "#dfe7f5",
    "bar-line": "#7b8db0", "front": "#2563eb", "back": "#475569", "internal": "#7c8aa0", "danger": "#dc2626", "danger-fill": "#fde8e8",
    "ok": "#15803d", "ok-fill": "#e7f6ec", "edited": "#b45309", "note-fill": "#fff8db", "note-line": "#d9b84a", "note-ink": "#5c4a06",
    "phase-fill": "#f1f4f9", "phase-ink": "#4d5869", "soft": "#5b6678", "badge-ink": "#fffffe",
}  # fmt: skip

BAR = 4.5  # half the width of an activation bar
BADGE = 8.0  # radius of a moment's number
RING = 8.0  # radius of a tick, a cross or a dash on a lifeline
STOP = 7.5  # radius of the cross at which a message was stopped
STOP_AT = 14.0  # from the receiver's lifeline to the middle of that cross
GAP = 3.0  # between a label and what stands next to it
