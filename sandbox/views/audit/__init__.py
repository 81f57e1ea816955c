"""The audit as something to read: its words (words.py) and Markdown (markdown.py); the page is in html/audit_page.py."""
