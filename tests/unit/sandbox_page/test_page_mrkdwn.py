"""Slack's markup is drawn like Slack draws it, and nothing else in a text is markup."""

import time

import pytest

from bot.sandbox.page.mrkdwn import mrkdwn, plain
from bot.sandbox.page.reader import Reader

DRAWN = [
    ("*bold*", "<b>bold</b>"),
    ("_italic_", "<i>italic</i>"),
    ("~gone~", "<s>gone</s>"),
    ("*bold _and italic_*", "<b>bold <i>and italic</i></b>"),
    ("(*bold*), *again*.", "(<b>bold</b>), <b>again</b>."),
    ("2*3*4", "2*3*4"),
    ("snake_case_name", "snake_case_name"),
    ("* not bold *", "* not bold *"),
    ("*not\nbold*", "*not<br>bold*"),
    ("**", "**"),
    ("`a *b* &lt;c&gt;`", "<code>a *b* &lt;c&gt;</code>"),
    ("```one\n*two*```", "<pre>one\n*two*</pre>"),
    ("before\n```x```\nafter", "before<pre>x</pre>after"),
    ("> quoted\nnot", "<blockquote>quoted</blockquote>not"),
    ("&gt; quoted\n&gt; too", "<blockquote>quoted<br>too</blockquote>"),
    ("a\n&gt;&gt;&gt; all\nthe rest", "a<blockquote>all<br>the rest</blockquote>"),
    ("• one\n• two", "• one<br>• two"),
    (":tada: :no_such_thing: 10:30:45", "🎉 :no_such_thing: 10:30:45"),
    ("a &amp;amp; b", "a &amp;amp; b"),
    ("<@U0SAM>", '<span class="mention me" data-user="U0SAM">@Sam Ito</span>'),
    ("<@U0EVIL>", '<span class="mention" data-user="U0EVIL">@&lt;b&gt;Eve&lt;/b&gt;</span>'),
    ("<@U0GONE|old name>", '<span class="mention" data-user="U0GONE">@old name</span>'),
    ("<#C0REFUNDS>", '<a class="mention" href="/as/U0SAM/C0REFUNDS">#refunds</a>'),
    ("<#C0SECRET|plans>", '<span class="mention">#plans</span>'),
    ("<!subteam^S0PEERS>", '<span class="mention">@peers</span>'),
    ("<!channel>", '<span class="mention me">@channel</span>'),
    ("<!here|here>", '<span class="mention me">@here</span>'),
    ("<!date^1741003200^{date_short_pretty} at {time}|then>", "<time>today at 1:00 PM</time>"),
    ("<!date^1740916800^{date_pretty}|then>", "<time>yesterday</time>"),
    ("<!date^1741089600^{date_pretty}|then>", "<time>tomorrow</time>"),
    ("<!date^1700000000^{date_num} {date} {date_long}|x>",
     "<time>2023-11-14 November 14th, 2023 Tuesday, November 14th, 2023</time>"),
    ("<!date^1700000000^{no_token}|x>", "<time>{no_token}</time>"),
    ("<!date^soon^{date}|as &lt;said&gt;>", "<time>as &lt;said&gt;</time>"),
    ("<!date^1e999^{date}|never>", "<time>never</time>"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "html"), DRAWN)
def test_it_draws_what_slack_draws(reader: Reader, text: str, html: str) -> None:
    """Each form of markup becomes its HTML, and what only looks like one stays text."""
    assert html == mrkdwn(text, reader)


def test_links_open_elsewhere_and_keep_their_label(reader: Reader) -> None:
    """A link shows its label or its address; a bare web address is a link without its full stop."""
    drawn = mrkdwn("<https://a.example/?x=1&amp;y=2|the &lt;log&gt;> https://b.example/c.", reader)
    assert 'href="https://a.example/?x=1&amp;y=2"' in drawn
    assert ">the &lt;log&gt;</a>" in drawn
    assert drawn.endswith('rel="noopener noreferrer">https://b.example/c</a>.')


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<javascript:alert(1)|click me>",
    "<JAVASCRIPT:alert(1)>",
    "<data:text/html,<script>alert(1)</script>|x>",
    '<https://a.example/" onmouseover="alert(1)|x>',
    '<@U1"><script>alert(1)</script>>',
    "<#C1|<img src=x onerror=alert(1)>>",
    "<!date^1700000000^<img src=x onerror=alert(1)>|x>",
    "<!date^1700000000^{date}^javascript:alert(1)|x>",
    "```</pre><script>alert(1)</script>```",
    "`<img src=x onerror=alert(1)>`",
    "*<script>alert(1)</script>*",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;",
    "<http://[|broken>",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_markup(reader: Reader, text: str) -> None:
    """Hostile text makes no element that mrkdwn does not know, no handler and no script address."""
    for drawn in (mrkdwn(text, reader), plain(text)):
        bare = drawn.replace("&lt;", "").replace("&#34;", "")
        assert "<script" not in bare
        assert "<img" not in bare
        assert 'href="javascript:' not in bare.lower()
        assert 'href="data:' not in bare.lower()
        assert '" on' not in bare


def test_escaped_shouts_and_direction_marks_stay_text(reader: Reader) -> None:
    """A shout that the app has escaped is no mention, and right-to-left marks come through as they are."""
    assert mrkdwn("&lt;!channel&gt;", reader) == "&lt;!channel&gt;"
    assert mrkdwn("\u202eabc\u200f", reader) == "\u202eabc\u200f"


@pytest.mark.parametrize("piece", ["*a", "_<", "`", "<@", "~<a>", "```", "&gt;", ":a", "*_~"])
def test_long_hostile_texts_are_drawn_quickly(reader: Reader, piece: str) -> None:
    """A text of three thousand half-open marks does not make the search explode."""
    began = time.perf_counter()
    mrkdwn(piece * (3000 // len(piece)), reader)
    assert time.perf_counter() - began < 2


def test_plain_text_knows_emoji_and_lines_only() -> None:
    """In plain_text only line breaks and, where wanted, emoji mean something."""
    assert plain("*a*\n:white_check_mark: <@U1>") == "*a*<br>✅ &lt;@U1&gt;"
    assert plain(":white_check_mark:", emoji=False) == ":white_check_mark:"
