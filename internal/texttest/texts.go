// Package texttest has messages as operators write them in Slack, hostile ones among them, and what
// the end user's phone must show of each.
//
// The table is data for the tests of several packages: of slackbot/phone, which makes the one of
// the other, and of those that carry such messages.
package texttest

import "strings"

// The only Slack user whose name the table knows; every other one has none.
const (
	Dana     = "U0DANA"
	DanaName = "Dana Ruiz"
)

// Text is a message and what becomes of it.
type Text struct {
	Name string
	// Slack is the message as an event carries it, in mrkdwn with entities.
	Slack string
	// Phone is what the end user reads; empty where nothing is left to send.
	Phone string
	// Internal says that it holds a link that the end user cannot open.
	Internal bool
}

// NameOf is the name of a Slack user, as the table expects it.
func NameOf(userID string) string {
	if userID == Dana {
		return DanaName
	}
	return ""
}

// Texts is the table.
func Texts() []Text {
	return []Text{
		{Name: "plain", Slack: "We are on our way.", Phone: "We are on our way."},
		{Name: "empty"},
		{Name: "only space", Slack: " \n\t\u00a0\u200b\n"},
		{Name: "only hidden characters", Slack: "\u202e\u200b\u2066\u00ad\x00\x1b"},
		{Name: "only emoji", Slack: ":wave::skin-tone-4: :tada:", Phone: "👋🏽 🎉"},
		{Name: "entities", Slack: "5 &lt; 6 &amp;&amp; 7 &gt; 6", Phone: "5 < 6 && 7 > 6"},
		{Name: "entities, typed", Slack: "&amp;lt; is &lt;, &amp;amp; is &amp;", Phone: "&lt; is <, &amp; is &"},
		{Name: "pings that were typed", Slack: "&lt;!channel&gt; &lt;@U0DANA&gt; &lt;https://a.example|b&gt;",
			Phone: "<!channel> <@U0DANA> <https://a.example|b>"},
		{Name: "mentions", Slack: "<@U0DANA> and <@W0NOBODY|@sam> and <@U0NOBODY> will call", Phone: "Dana Ruiz and sam and a colleague will call"},
		{Name: "groups", Slack: "<!subteam^S0PLUMB|@plumbers>, <!subteam^S0PLUMB> <!here> <!channel|channel>", Phone: "plumbers, the team @here @channel"},
		{Name: "channels", Slack: "<#C0DESK|desk> <#C0DESK|> <#C0DESK>", Phone: "#desk a channel a channel"},
		{Name: "date", Slack: "At <!date^1700000000^{time}^https://a.example/x|22:13 UTC>.", Phone: "At 22:13 UTC."},
		{Name: "links", Slack: "<https://a.example/x?a=1&amp;b=2>, <https://a.example|our &amp; page>, <http://a.example|a.example>, <https://a.example/|https://a.example>",
			Phone: "https://a.example/x?a=1&b=2, our & page (https://a.example), a.example, https://a.example"},
		{Name: "mail and phone", Slack: "<mailto:a@b.example|a@b.example> <mailto:a@b.example?subject=x|Dana> <tel:+14155550137|+1 (415) 555-0137> <tel:+14155550137>",
			Phone: "a@b.example Dana (a@b.example) +1 (415) 555-0137 +14155550137"},
		{Name: "link with marks in it", Slack: "*<https://a.example/_x_/*y*|:tada: _z_>*", Phone: ":tada: _z_ (https://a.example/_x_/*y*)"},
		{Name: "address without a link", Slack: "`https://a.example/_x_/` or *https://a.example/_y_/z*", Phone: "https://a.example/_x_/ or https://a.example/_y_/z"},
		{Name: "link that ends nowhere", Slack: "<https://a.example <@U0DANA> |x>", Phone: "<https://a.example Dana Ruiz |x>"},
		{Name: "styles", Slack: "*Bold*, _italic_, ~gone~, *_~all~_*, (*x*) \"_y_\" *two words*.", Phone: "Bold, italic, gone, all, (x) \"y\" two words."},
		{Name: "no styles", Slack: "2*3*4, 2 * 3 * 4, snake_case_name, 5*, price*, ~5 or ~6, **x**, ____ C:\\*.a or D:\\*.b а*б*в x²*y*",
			Phone: "2*3*4, 2 * 3 * 4, snake_case_name, 5*, price*, ~5 or ~6, **x**, ____ C:\\*.a or D:\\*.b а*б*в x²*y*"},
		{Name: "style over two lines", Slack: "*a\nb* _c\n\nd_", Phone: "*a\nb* _c\n\nd_"},
		{Name: "name with underscores in italics", Slack: "_snake_case_name_ and *a _b*", Phone: "snake_case_name and a _b"},
		{Name: "bold without spaces", Slack: "这是*重点*内容", Phone: "这是重点内容"},
		{Name: "code", Slack: "Run `a*b*c :tada: &lt;x&gt;` it`s `` `open", Phone: "Run a*b*c :tada: <x> it`s `` `open"},
		{Name: "block of code", Slack: "Do: ```\n  *x*\n_y_ :tada: &amp;\n``` then ```z```\nend", Phone: "Do:\n  *x*\n_y_ :tada: &\nthen\nz\nend"},
		{Name: "block of code without an end", Slack: "```a *b*", Phone: "```a b"},
		{Name: "quote", Slack: "&gt; *My* sink leaks\n&gt;again\nComing.", Phone: "> My sink leaks\n>again\nComing."},
		{Name: "lists", Slack: "• one\n    ◦ *two*\n- three\n* four\n1. five", Phone: "• one\n    ◦ two\n- three\n* four\n1. five"},
		{Name: "emoji", Slack: ":+1::skin-tone-2: :v::skin-tone-6: :male-technologist::skin-tone-3: :flag-us: :flag-scotland: :heart:",
			Phone: "👍🏻 ✌🏿 👨🏼‍💻 🇺🇸 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f ❤️"},
		{Name: "emoji beside words", Slack: "Thanks:wave:and *:tada:* 5:star: :pencil:", Phone: "Thanks👋and 🎉 5⭐ 📝"},
		{Name: "emoji of two people", Slack: ":handshake::skin-tone-2-5: :tada::skin-tone-2: :skin-tone-3:", Phone: "🤝 🎉 🏼"},
		{Name: "no emoji", Slack: ":our_own: 10:30:45 1:100:2 a::b :Tada: : tada : :tada", Phone: ":our_own: 10:30:45 1:100:2 a::b :Tada: : tada : :tada"},
		{Name: "right to left", Slack: "*مرحبا* \u202eabc\u202c שלום", Phone: "مرحبا abc שלום"},
		{Name: "joiners", Slack: "می\u200cخواهم 👩\u200d🔧 a\u200db", Phone: "می\u200cخواهم 👩\u200d🔧 ab"},
		{Name: "control characters", Slack: "a\x00b\x1b[31m\r\nc\td\u2028e", Phone: "ab[31m\nc d\ne"},
		{Name: "not Unicode", Slack: "a\xffb\xed\xa0\x80", Phone: "a\ufffdb\ufffd"},
		{Name: "word of the bot", Slack: "!note *x* //y", Phone: "!note x //y"},
		{Name: "link into Slack", Slack: "See <https://acme.slack.com/archives/C0DESK/p1700000000000100>", Internal: true,
			Phone: "See https://acme.slack.com/archives/C0DESK/p1700000000000100"},
		{Name: "file in Slack", Slack: "<https://files.slack.com/files-pri/T1-F1/plan.pdf|the plan>", Internal: true,
			Phone: "the plan (https://files.slack.com/files-pri/T1-F1/plan.pdf)"},
		{Name: "link into Slack, typed", Slack: "`Acme.Enterprise.Slack.com:443/x`, ok", Internal: true, Phone: "Acme.Enterprise.Slack.com:443/x, ok"},
		{Name: "link into Slack by its label", Slack: "<https://acme.slack.com|acme.slack.com>.", Internal: true, Phone: "acme.slack.com."},
		{Name: "Slack's own scheme", Slack: "<slack://channel?team=T1&amp;id=C1|here>", Internal: true, Phone: "here (slack://channel?team=T1&id=C1)"},
		{Name: "file on a computer", Slack: "<file:///C:/plan.pdf|plan>", Internal: true, Phone: "plan (file:///C:/plan.pdf)"},
		{Name: "not into Slack", Slack: "dana@slack.com <mailto:a@acme.slack.com|a@acme.slack.com> https://slack.com.example/ https://notslack.com https://a.example/?u=acme.slack.com slack",
			Phone: "dana@slack.com a@acme.slack.com https://slack.com.example/ https://notslack.com https://a.example/?u=acme.slack.com slack"},
		{Name: "long", Slack: strings.Repeat("*wörd* &amp; ", 3000), Phone: strings.TrimSpace(strings.Repeat("wörd & ", 3000))},
		{Name: "marks without end", Slack: strings.Repeat("*a _b ~c `d <", 500), Phone: strings.Repeat("*a _b ~c d <*a _b ~c d <", 250)},
	}
}
