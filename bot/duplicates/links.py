"""Web addresses that lead to the same page, written one way: scheme, host aliases, tracking parameters, page ids.

The rules are our own and found by domain, so that a link costs microseconds whatever their number.
"""

import posixpath
import re
from collections.abc import Callable, Iterable
from urllib.parse import quote, unquote

_LINK = re.compile(  # up to "](", where a masked link shows another address than its own
    r"https?://[^\s<>\"\]]*(?:\](?!\()[^\s<>\"\]]*)*|\bdiscord(?:\.gg|(?:app)?\.com/invite)/[\w-]+", re.IGNORECASE
)
_TRAILING = ".,;:!?'\"*_|~]}\u2019\u201d\u2026`"
_SPACE = re.compile(r"\s")
_LONGEST = 2000
_SLASHES = 2  # of a scheme
_TRACKING = frozenset(
    word
    for line in """
    _ga _gl _hsenc _hsmi ab_channel action_object_map campid cmp cmpid dclid ecid ef_id fb_action_ids fb_ref
    fb_source fbclid gad_source gbraid gclid gclsrc guccounter guce_referrer guce_referrer_sig icid igsh igshid
    li_fat_id mbid mc_cid mc_eid mibextid mkcid mkevt mkrid mkt_tok msclkid ncid ocid pk_campaign pk_kwd rcm rdt
    ref_src ref_url referringsource s_cid searchresultposition sfnsn share_id si smid smtyp spm srsltid trk ttclid
    twclid unlocked_article_code wbraid wickedid wprov wt_mc xtor yclid
    """.splitlines()
    for word in line.split()
)
_TRACKING_PREFIXES = ("utm_", "hsa_", "oly_", "vero_", "mtm_", "matomo_")
_AMP = frozenset({"amp", "amp_gsa", "amp_js_v", "outputtype=amp"})
_MOBILE = ("www.", "m.", "mobile.", "amp.", "touch.")
_ALIASES = {
    alias: domain
    for domain, aliases in {
        "x.com": "twitter.com fxtwitter.com d.fxtwitter.com vxtwitter.com c.vxtwitter.com d.vxtwitter.com fixupx.com"
        " fixvx.com nitter.net xcancel.com",
        "youtube.com": "youtu.be youtube-nocookie.com music.youtube.com yout-ube.com",
        "reddit.com": "old.reddit.com new.reddit.com np.reddit.com sh.reddit.com i.reddit.com redd.it rxddit.com"
        " vxreddit.com",
        "instagram.com": "ddinstagram.com instagr.am kkinstagram.com",
        "tiktok.com": "vxtiktok.com tnktok.com",
        "bsky.app": "fxbsky.app bskyx.app bsyy.app",
        "discord.com": "discordapp.com discord.gg ptb.discord.com canary.discord.com",
        "facebook.com": "fb.com web.facebook.com",
        "arxiv.org": "export.arxiv.org",
        "t.me": "telegram.me",
    }.items()
    for alias in aliases.split()
}
_Query = dict[str, str]
_Rule = Callable[[list[str], _Query], str | None]  # path segments and query -> the page, None where it does not apply


def links_in(text: str) -> tuple[str, ...]:
    """The canonical links of a text, each once, sorted; masked Markdown links count."""
    if "://" not in text and "iscord" not in text.lower():
        return ()
    trimmed = (_trimmed(link) for link in _LINK.findall(text))
    return tuple(sorted({canonical(link) for link in trimmed if not link.endswith("/") or link.count("/") > _SLASHES}))


def with_embedded(links: tuple[str, ...], embedded: Iterable[str]) -> tuple[str, ...]:
    """The links of a text and those of its embeds; an embed of a site that the text links shows that very link."""
    sites = {domain(link) for link in links}
    others = {link for address in embedded for link in links_in(address) if domain(link) not in sites}
    return tuple(sorted({*links, *others})) if others else links


def without_links(text: str) -> str:
    """The text with its links taken out."""
    if "://" not in text and "iscord" not in text.lower():
        return text
    return _LINK.sub(lambda link: " " + link[0][len(_trimmed(link[0])) :], text)


def domain(link: str) -> str:
    """The domain of a canonical link."""
    return link.partition("/")[0].partition("?")[0].partition("#")[0]


def canonical(link: str) -> str:
    """One spelling, without scheme, for all addresses of a page; an address that no rule knows is only cleaned.

    Example:
        ``https://youtu.be/dQw4w9WgXcQ?si=x`` and ``http://m.youtube.com/watch?v=dQw4w9WgXcQ&t=4`` give
        ``youtube.com/watch?v=dQw4w9WgXcQ``.
    """
    address = link[:_LONGEST]
    if address[:4] != "http":  # shouted, or in title case
        address = address.lower()
    address = address.partition("://")[2] or address
    address, _, fragment = address.partition("#")
    address, _, query_text = address.partition("?")
    authority, _, path = address.partition("/")
    host = _host(authority)
    segments = _segments(path)
    inner = _wrapped(host, segments, query_text)
    if inner is not None:
        return canonical(inner)
    query = _query(query_text) if query_text else {}
    short = _SHORT.get(host)
    host = _ALIASES.get(host, host)
    rule = short or _RULES.get(host)
    page = rule(segments, query) if rule is not None else None
    if page is not None:
        return f"{host}/{page}"
    return _joined(host, _without_amp(segments), query, fragment)


def _trimmed(link: str) -> str:
    """Without the punctuation of the sentence around it."""
    unopened, end = link.count(")") - link.count("("), len(link)
    while end and (link[end - 1] in _TRAILING or (link[end - 1] == ")" and unopened > 0)):
        end -= 1
        unopened -= link[end] == ")"
    return link[:end]


def _host(authority: str) -> str:
    host = authority.rpartition("@")[2].lower().rstrip(".")
    name, colon, port = host.rpartition(":")
    if colon and port in ("80", "443"):
        host = name
    for prefix in _MOBILE:
        if host.startswith(prefix) and host.count(".") > 1:
            host = host[len(prefix) :]
    if ".m." in host:
        host = host.replace(".m.", ".", 1)  # en.m.wikipedia.org
    return host


def _segments(path: str) -> list[str]:
    if "%" in path:
        path = _decoded(path)
    if "/." in path or path.startswith("."):
        path = posixpath.normpath(f"/{path}")
    return [segment for segment in path.split("/") if segment]


def _query(text: str) -> _Query:
    query: _Query = {}
    for pair in text.replace("&amp;", "&").split("&"):
        name, _, value = pair.partition("=")
        small = name.lower()
        if not pair or small in _TRACKING or small.startswith(_TRACKING_PREFIXES):
            continue
        if small in _AMP or pair.lower() in _AMP:
            continue
        value = _decoded(value) if "%" in value else value
        query[name] = f"{query[name]}&{name}={value}" if name in query else value
    if "ref_src" in text:
        query.pop("s", None)  # both come with a share from one site
    return query


def _decoded(text: str) -> str:
    """What percent signs stand for, but for white space: that would end the link."""
    return _SPACE.sub(lambda space: quote(space[0]), unquote(text))


def _wrapped(host: str, segments: list[str], query_text: str) -> str | None:
    """The address inside an archive's, a cache's or a redirect's."""
    if host == "web.archive.org" and len(segments) > 2:  # noqa: PLR2004  # /web/20240101000000/https:/example.org
        return "/".join(segments[2:]).replace(":/", "://", 1) + (f"?{query_text}" if query_text else "")
    is_amp = host.startswith("google.") and segments[:1] == ["amp"]
    if is_amp or (host.endswith("cdn.ampproject.org") and segments[:1] in (["c"], ["v"])):  # an "s" follows for https
        return "/".join(segments[2:] if segments[1:2] == ["s"] else segments[1:]) or None
    if host.startswith("google.") and segments == ["url"]:
        query = _query(query_text)
        return query.get("q") or query.get("url")
    return None


def _without_amp(segments: list[str]) -> list[str]:
    if segments and segments[-1].lower() in ("amp", "index.html", "index.htm", "index.php"):
        return segments[:-1]
    if segments and segments[-1].endswith((".amp", ".amp.html")):
        return [*segments[:-1], segments[-1].replace(".amp", "", 1)]
    if len(segments) > 1 and segments[0] == "amp":
        return segments[1:]
    return segments


def _joined(host: str, segments: list[str], query: _Query, fragment: str) -> str:
    text = "/".join([host, *segments])
    if query:
        text += "?" + "&".join(f"{name}={query[name]}" for name in sorted(query))
    return f"{text}#{fragment}" if fragment.startswith(("/", "!")) else text  # a page of its own, drawn by a script


def _youtube(segments: list[str], query: _Query) -> str | None:
    if segments[:1] == ["watch"] and "v" in query:
        return f"watch?v={query['v']}"
    if len(segments) > 1 and segments[0] in ("shorts", "live", "embed", "v"):
        return f"watch?v={segments[1]}"
    return None


def _x(segments: list[str], query: _Query) -> str | None:  # noqa: ARG001  # the signature of a rule
    if "status" in segments[:-1]:
        return f"status/{segments[segments.index('status') + 1]}"
    return None


def _reddit(segments: list[str], query: _Query) -> str | None:  # noqa: ARG001  # the signature of a rule
    if "comments" not in segments:
        return f"comments/{segments[1]}" if segments[:1] == ["gallery"] and segments[1:] else None
    post, *rest = [*segments[segments.index("comments") + 1 :], ""][:3]
    return f"comments/{post}/{rest[1]}" if len(rest) > 1 and rest[1] else f"comments/{post}"


def _amazon(segments: list[str], query: _Query) -> str | None:  # noqa: ARG001  # the signature of a rule
    for marker in ("dp", "product"):
        if marker in segments[:-1]:
            return f"dp/{segments[segments.index(marker) + 1]}"
    return None


def _instagram(segments: list[str], query: _Query) -> str | None:  # noqa: ARG001  # the signature of a rule
    for marker in ("p", "reel", "reels", "tv"):
        if marker in segments[:-1]:
            return f"p/{segments[segments.index(marker) + 1]}"
    return "/".join(segments)


def _tiktok(segments: list[str], query: _Query) -> str | None:  # noqa: ARG001  # the signature of a rule
    return f"video/{segments[-1]}" if "video" in segments[:-1] else "/".join(segments)


def _spotify(segments: list[str], query: _Query) -> str | None:  # noqa: ARG001  # the signature of a rule
    return "/".join(segment for segment in segments if not segment.startswith("intl-"))


def _discord(segments: list[str], query: _Query) -> str | None:  # noqa: ARG001  # the signature of a rule
    return "/".join(segments)


def _arxiv(segments: list[str], query: _Query) -> str | None:  # noqa: ARG001  # the signature of a rule
    if len(segments) > 1 and segments[0] in ("abs", "pdf", "html"):
        return "abs/" + re.sub(r"(?:v\d+)?(?:\.pdf)?$", "", "/".join(segments[1:]))
    return None


def _short_id(prefix: str) -> _Rule:
    """The rule of a shortener whose path is the page's id."""
    return lambda segments, query: f"{prefix}{segments[0]}" if segments else None  # noqa: ARG005  # a rule's signature


_SHORT: dict[str, _Rule] = {
    "youtu.be": _short_id("watch?v="),
    "redd.it": _short_id("comments/"),
    "discord.gg": _short_id("invite/"),
}
_RULES: dict[str, _Rule] = {
    "youtube.com": _youtube,
    "x.com": _x,
    "reddit.com": _reddit,
    "instagram.com": _instagram,
    "tiktok.com": _tiktok,
    "open.spotify.com": _spotify,
    "discord.com": _discord,
    "arxiv.org": _arxiv,
    **{f"amazon.{end}": _amazon for end in ("com", "de", "co.uk", "fr", "it", "es", "ca", "co.jp", "com.au", "nl")},
}
