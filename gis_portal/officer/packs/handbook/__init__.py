"""The handbook: pages that ship with the portal and that the office edits (`pages`), Markdown taken
apart or made a page of (`markdown`), land codes and legal texts as lists to look up (`lists`).
"""
