"""Letters that look like Latin ones, by Unicode's technical report 39. Generated: `make confusables`.

Source: confusables.txt, copyright Unicode, Inc., under the Unicode License v3 (https://www.unicode.org/license.txt),
as carried by confusable-homoglyphs 3.3.1 (MIT).
"""

LOOK_ALIKES = {
    "a": "\u0251\u03b1\u0430\u13aa\u1d00\u1d8f\u2c65\ua4ee\U0001f150\U0001f170",
    "b": (
        "\u0180\u0183\u0185\u0253\u0299\u03b2\u0432\u044c\u13cf\u13f4\u1d6c\u1d80\ua4d0\ua797\ua7b5\U0001f151\U0001f171"
    ),
    "c": (
        "\u0188\u023c\u0255\u025b\u03f2\u0441\u0454\u0511\u13df\u1d04\u2c89\u2ca5\ua4da\ua793\ua794\U00010429\U0001043d"
        "\U0001df1d\U0001f152\U0001f172"
    ),
    "d": (
        "\u0111\u018c\u0221\u0256\u0257\u0501\u13a0\u13e7\u1d05\u1d6d\u1d81\u1d91\ua4d2\ua4d3\ua7c8\U0001f153\U0001f173"
    ),
    "e": "\u0247\u03b5\u0435\u04bd\u13ac\u1d07\u1d92\u2c78\ua4f0\uab32\uab34\U0001f154\U0001f174",
    "f": "\u0192\u03dd\u0584\u1d6e\u1d82\u1e9d\ua4dd\ua730\ua799\uab35\U0001d213\U0001f155\U0001f175",
    "g": "\u018d\u01e5\u0260\u0261\u0262\u050d\u0581\u13c0\u13f3\u1d83\ua4d6\ua7a1\U0001f156\U0001f176",
    "h": ("\u0127\u0266\u029c\u03b7\u043d\u04bb\u0570\u13bb\u13c2\u2c68\u2c8f\ua4e7\ua727\ua795\U0001f157\U0001f177"),
    "i": "\u0131\u0268\u0269\u026a\u03b9\u0456\u04cf\u13a5\u1d96\ua647\U0001df1a\U0001f158\U0001f178",
    "j": "\u0249\u029d\u03f3\u0458\u13ab\u1d0a\ua4d9\U0001f159\U0001f179",
    "k": ("\u0138\u0199\u03ba\u043a\u13e6\u1d0b\u1d84\u2c6a\u2c95\ua4d7\ua741\ua743\ua745\ua7a3\U0001f15a\U0001f17a"),
    "l": (
        "\u0142\u019a\u01c0\u0234\u026b\u026c\u026d\u029f\u13de\u1d85\u2c61\u2c93\u2cd1\ua4e1\ua4f2\ua749\ua78e\uab37"
        "\uab38\uab39\U00010443\U0001d22a\U0001df11\U0001df13\U0001f15b\U0001f17b"
    ),
    "m": "\u0271\u028d\u03bc\u03fb\u043c\u13b7\u1d0d\u1d6f\u1d86\u2c99\ua4df\uab3a\uab51\U0001f15c\U0001f17c",
    "n": ("\u019e\u0235\u0272\u0273\u0274\u0578\u057c\u1d70\u1d87\u2c9b\ua4e0\ua791\ua7a5\uab3b\U0001f15d\U0001f17d"),
    "o": (
        "\xf8\u01ff\u03bf\u03c3\u043e\u0585\u1d0f\u1d11\u2c7a\u2c9f\ua4f3\ua74b\ua74d\uab3d\U0001042c\U0001df1b"
        "\U0001f15e\U0001f17e"
    ),
    "p": ("\u01a5\u03c1\u0440\u13e2\u1d18\u1d29\u1d71\u1d7d\u1d88\u2ca3\ua4d1\ua751\ua753\ua755\U0001f15f\U0001f17f"),
    "q": "\u024b\u02a0\u051b\u0563\u0566\u1d90\ua757\ua759\ua7af\U0001f160\U0001f180",
    "r": (
        "\u024d\u027c\u027d\u027e\u0280\u0433\u13a1\u13d2\u1d26\u1d72\u1d73\u1d89\u2c85\ua4e3\ua7a7\uab47\uab48\uab49"
        "\U0001d216\U0001df16\U0001f161\U0001f181"
    ),
    "s": (
        "\u01bd\u023f\u0282\u0455\u057f\u13d5\u13da\u1d74\u1d8a\ua4e2\ua731\ua7a9\ua7ca\U00010448\U0001df1e\U0001f162"
        "\U0001f182"
    ),
    "t": (
        "\u0167\u01ab\u01ad\u0236\u0288\u03c4\u0442\u13a2\u13bf\u1d1b\u1d75\u2c66\u2ca7\ua4d4\U0001df09\U0001f163"
        "\U0001f183"
    ),
    "u": "\u028b\u03c5\u057d\u1d1c\u1d99\ua4f4\ua79f\ua7b9\uab4e\uab52\U0001f164\U0001f184",
    "v": "\u03bd\u0475\u13d9\u1d20\u2c71\u2c74\ua4e6\ua75f\U0001d20d\U0001f165\U0001f185",
    "w": "\u026f\u0461\u051d\u0561\u13b3\u13d4\u1d21\u2c73\ua4ea\U0001f166\U0001f186",
    "x": "\u03c7\u0445\u1d8d\u2cad\ua4eb\uab53\uab56\uab57\uab58\uab59\U0001f167\U0001f187",
    "y": (
        "\u01b4\u024f\u0263\u028f\u03b3\u03d2\u0443\u04af\u13a9\u13bd\u1d8c\u1eff\u2ca9\ua4ec\uab5a\U0001f168\U0001f188"
    ),
    "z": ("\u01b6\u0225\u0240\u0290\u0291\u03b6\u13c3\u1d22\u1d76\u1d8e\u2c6c\ua4dc\U000102f5\U0001f169\U0001f189"),
}
