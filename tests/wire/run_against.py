"""Runs Copydesk's own command line against the server at the address given first."""

import sys

import discord
import yarl

from bot.__main__ import main
from tests.wire.fakecord import api_of, gateway_of

if __name__ == "__main__":
    discord.http.Route.BASE = api_of(sys.argv[1])
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_of(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
