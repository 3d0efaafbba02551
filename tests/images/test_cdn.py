"""The fetcher of attachments against a real server on loopback: what it takes, and what it refuses."""

import asyncio
from contextlib import suppress

import pytest
from aiohttp import web
from yarl import URL

from bot.errors import ImageError
from bot.images.cdn import ORIGINS, DiscordCdn

IMAGE = b"\x89PNG and so on"
LIMIT = 1000


class Server:
    """Stands for the CDN; notes what it is asked."""

    def __init__(self):
        self.asked = []
        self.headers = {}
        self.sent = 0
        self.origin = ""

    def app(self):
        app = web.Application()
        app.router.add_get("/image.png", self.image)
        app.router.add_get("/status/{status}", self.status)
        app.router.add_get("/page.png", self.page)
        app.router.add_get("/moved.png", self.moved)
        app.router.add_get("/endless.png", self.endless)
        app.router.add_get("/cut.png", self.cut)
        app.router.add_get("/silent.png", self.silent)
        return app

    async def image(self, request):
        self.asked.append(request.raw_path)
        self.headers = dict(request.headers)
        size = int(request.query.get("size", len(IMAGE)))
        return web.Response(body=IMAGE.ljust(size, b"."), content_type="image/png", headers={"Set-Cookie": "a=b"})

    async def status(self, request):
        return web.Response(status=int(request.match_info["status"]), content_type="image/png")

    async def page(self, request):
        return web.Response(text="<script>", content_type="text/html")

    async def moved(self, request):
        return web.Response(status=302, headers={"Location": f"{self.origin}/image.png"})

    async def endless(self, request):
        response = web.StreamResponse(headers={"Content-Type": "image/png"})
        await response.prepare(request)
        with suppress(ConnectionError):
            while True:
                await response.write(bytes(1 << 16))
                self.sent += 1 << 16

    async def cut(self, request):
        response = web.StreamResponse(headers={"Content-Type": "image/png", "Content-Length": "900"})
        await response.prepare(request)
        await response.write(IMAGE)
        request.transport.close()
        return response

    async def silent(self, request):
        await asyncio.Event().wait()


@pytest.fixture
async def server():
    server = Server()
    runner = web.AppRunner(server.app(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@pytest.fixture
async def cdn(server):
    cdn = DiscordCdn([URL(server.origin)])
    yield cdn
    await cdn.close()


def test_only_discords_two_hosts_are_asked_and_only_over_tls():
    assert {str(origin) for origin in ORIGINS} == {"https://cdn.discordapp.com", "https://media.discordapp.net"}


async def test_an_image_is_fetched_by_its_signed_address_as_it_stands(server, cdn):
    assert await cdn.fetch(f"{server.origin}/image.png?ex=1%2F2&hm=a+b", LIMIT) == IMAGE
    assert server.asked == ["/image.png?ex=1%2F2&hm=a+b"]


async def test_no_cookie_is_kept_and_no_compressed_answer_asked_for(server, cdn):
    for _ in range(2):
        await cdn.fetch(f"{server.origin}/image.png", LIMIT)
    assert "Cookie" not in server.headers
    assert server.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(("size", "fits"), [(LIMIT, True), (LIMIT + 1, False)])
async def test_an_image_may_be_as_large_as_the_limit(server, cdn, size, fits):
    if fits:
        assert len(await cdn.fetch(f"{server.origin}/image.png?size={size}", LIMIT)) == size
    else:
        with pytest.raises(ImageError, match="more than 1,000 bytes"):
            await cdn.fetch(f"{server.origin}/image.png?size={size}", LIMIT)


async def test_an_endless_answer_is_left_soon_after_the_limit(server, cdn):
    with pytest.raises(ImageError, match="more than"):
        await asyncio.wait_for(cdn.fetch(f"{server.origin}/endless.png", LIMIT), 20)
    assert server.sent < 64 << 20


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/image.png",
        "https://cdn.discordapp.com.evil.example/image.png",
        "https://evil.example/image.png?https://cdn.discordapp.com",
        "http://cdn.discordapp.com/image.png",
        "https://cdn.discordapp.com:8443/image.png",
        "https://cdn.discordapp.com@evil.example/image.png",
        "https://user:password@cdn.discordapp.com/image.png",
        "file:///etc/passwd",
        "/image.png",
        "",
        "https://[",
    ],
)
async def test_no_other_address_is_asked(address):
    cdn = DiscordCdn()
    with pytest.raises(ImageError) as refused:
        await cdn.fetch(address, LIMIT)
    assert "not of Discord's CDN" in str(refused.value) or "ValueError" in str(refused.value)
    await cdn.close()


async def test_a_redirect_is_not_followed(server, cdn):
    with pytest.raises(ImageError, match="answered 302"):
        await cdn.fetch(f"{server.origin}/moved.png", LIMIT)
    assert server.asked == []


@pytest.mark.parametrize("status", [404, 403, 500, 206])
async def test_any_answer_but_ok_is_a_refusal(server, cdn, status):
    with pytest.raises(ImageError, match=f"answered {status}"):
        await cdn.fetch(f"{server.origin}/status/{status}", LIMIT)


async def test_a_page_is_not_taken_for_an_image(server, cdn):
    with pytest.raises(ImageError, match="something else than an image"):
        await cdn.fetch(f"{server.origin}/page.png", LIMIT)


async def test_an_answer_that_breaks_off_is_told_without_its_address(server, cdn):
    with pytest.raises(ImageError) as refused:
        await cdn.fetch(f"{server.origin}/cut.png?hm=secret", LIMIT)
    assert "cannot be fetched" in str(refused.value)
    assert "secret" not in str(refused.value)


async def test_a_fetch_that_is_given_up_leaves_no_connection_behind(server, cdn):
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await cdn.fetch(f"{server.origin}/silent.png", LIMIT)
    assert await cdn.fetch(f"{server.origin}/image.png", LIMIT) == IMAGE
