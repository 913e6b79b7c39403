// Package phone makes what a phone shows of what an operator writes in Slack. It is pure: no
// request, no clock, no state.
//
//	Slack's event          Text          Plain         Parts
//	*Hi* <@U1> &amp; :wave:  ->  Hi Dana & 👋  ->  as few parts as the same words need  ->  1
//
// Read text.go first: the order in which a message is read. link.go says what a link or a mention
// becomes, emoji.go what a short name becomes, code.go and emphasis.go which marks are dropped.
// parts.go counts the parts of a text message, and makes its quotation marks plain where that
// saves some. internal.go finds links that an end user cannot open, and names of channels and groups.
//
// emoji.txt is a table that emoji_gen.go made from Cal Henderson's emoji-datasource 16.0.0, whose
// short names are those of Slack; emoji.LICENSE is its license.
package phone
