"""What to do about each copy that a withdrawal does not reach, in words."""

from __future__ import annotations

from urllib.parse import quote

from onrecord.site.unreachable import Copy
from onrecord.site.wording import Wording


def told(copy: Copy, words: Wording) -> tuple[str, str]:
    """Where a copy may be, and what to do about it."""
    _ = words.gettext
    place, page = copy.place, copy.page
    match copy.kind:
        case "source":
            return _("The recording at its source: %(place)s", place=place), _(
                "Whoever uploaded it can delete it there or make it private. Until then everybody who knows the address sees it."
            )
        case "archived":
            return _("A copy in a web archive: %(place)s", place=place), _(
                "Ask the archive to take it out; for web.archive.org write to info@archive.org, with the address and why."
            )
        case "web-archive":
            searched = (
                f"https://web.archive.org/web/*/{quote(page, safe=':/')}*"
                if page
                else "https://web.archive.org"
            )
            return _("Web archives that came by themselves"), _(
                "Look whether the page was saved, at %(address)s, and ask for its removal: info@archive.org.",
                address=searched,
            )
        case "search-engine":
            return _("Search engines"), _(
                "They forget the page when they come again, in days or weeks. It is quicker by hand: "
                "https://search.google.com/search-console/remove-outdated-content for Google, "
                "https://www.bing.com/webmasters/tools/contentremoval for Bing."
            )
        case "feeds":
            return _("Feed readers"), _(
                "The feeds hold nothing of it from now on. What a reader's program has fetched stays there; nobody can recall it."
            )
        case "podcasts":
            return _("Podcast apps and their directories"), _(
                "Apps drop the episode when they read the feed again; what was downloaded stays with the listeners. "
                "Look in Apple Podcasts, Spotify and the Podcast Index whether it is gone, and write to their support if it is not."
            )
        case "calendars":
            return _("Calendars of attendees"), _(
                "Whoever subscribed sees it go; whoever took the single file keeps the entry, with title, time and address."
            )
        case "downloads":
            return _("Files that people have saved"), _(
                "Transcripts, recordings and the file of the whole archive could be downloaded. "
                "Write to those whom you know to have them."
            )
        case "elsewhere":
            return _("Quotes, links and pictures on other sites"), _(
                "Frames and links lead to the notice of withdrawal now. What was copied by hand stays: "
                "look for the title in quotation marks with a search engine, and write to who shows it."
            )
        case "git":
            return _("Earlier commits at %(place)s", place=place), _(
                "The branch holds one new commit. The host may keep the earlier ones, for whoever knows their number, until it "
                "cleans up: ask its support to remove unreachable commits now (GitHub and GitLab have forms for sensitive data), "
                "or delete the repository there and make it again."
            )
        case "host":
            return _("Backups and caches of %(place)s", place=place), _(
                "The files are deleted there. Ask the host how long its backups and its content delivery network keep them."
            )
        case "former-target":
            return _("A place that the site was sent to earlier: %(place)s", place=place), _(
                "It is in the settings no more, so nothing is sent there: delete what is there by hand."
            )
        case "backups":
            return _("Backups of this archive"), _(
                "They hold the event as the archive does, and are not public. If it must not exist at all, delete it there too."
            )
    raise AssertionError(copy.kind)
