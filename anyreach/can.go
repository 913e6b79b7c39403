package anyreach

import (
	"fmt"

	"takeoverbot/takeover"
)

// Can says what works at Anyreach. It depends on the channel, on the status of the
// conversation, and on what the credential has been seen to be allowed.
func (p *Provider) Can(c takeover.Conversation) takeover.Capabilities {
	read := p.canRead()
	can := takeover.Capabilities{
		takeover.CanFind:     canFind(c.Channel),
		takeover.CanRead:     read,
		takeover.CanWatch:    canWatch(c, read),
		takeover.CanSilence:  cannotSilence(c),
		takeover.CanNote:     no("Anyreach takes no notes for a running conversation; inbound routing can give the next call an initial context (docs/anyreach.md)."),
		takeover.CanReply:    no("Anyreach has no way to speak as a person: what is posted counts as the end user's words, and the AI answers it."),
		takeover.CanTransfer: no("Transfers exist for phone calls only."),
		takeover.CanListen:   no("There is no call to listen to."),
	}
	switch c.Channel {
	case takeover.ChannelCall:
		can[takeover.CanTransfer] = setUp("The agent itself brings a person into the call, once it has a warm-transfer action (docs/anyreach.md).")
		fallthrough
	case takeover.ChannelWeb:
		can[takeover.CanListen] = setUp("Anyreach gives listen-only tokens for a page of your own; this bot has no such page.")
	}
	return can
}

func no(why string) takeover.Ability {
	return takeover.Ability{Level: takeover.LevelNo, Reason: why}
}

func setUp(what string) takeover.Ability {
	return takeover.Ability{Level: takeover.LevelSetUp, Reason: what}
}

// canRead is unknown until a conversation was read.
func (p *Provider) canRead() takeover.Ability {
	switch p.client.Visibility() {
	case Visible:
		return takeover.Ability{Level: takeover.LevelYes}
	case Withheld:
		return setUp(hiddenWords)
	}
	return takeover.Ability{Level: takeover.LevelUnknown, Reason: "No conversation was read with this key yet."}
}

func canFind(c takeover.Channel) takeover.Ability {
	yes := takeover.Ability{Level: takeover.LevelYes}
	switch c {
	case takeover.ChannelText:
		yes.Reason = "Only where end users' ids are phone numbers."
	case takeover.ChannelWeb:
		return no("Web visitors have no number; they are found by unit or name, where custom_metadata has them.")
	case takeover.ChannelEmail:
		yes.Reason = "By the address, with sip: in front of it."
	}
	return yes
}

// canWatch is read unless the conversation has ended.
func canWatch(c takeover.Conversation, read takeover.Ability) takeover.Ability {
	if c.Ended {
		return no(fmt.Sprintf("The conversation has ended (%s): nothing new will come.", statusWord(c.Status)))
	}
	return read
}

// cannotSilence says why there is no Take over, and what to do instead.
func cannotSilence(c takeover.Conversation) takeover.Ability {
	switch {
	case c.Ended && c.Status == "transferred":
		return no("The call was handed to another destination: there is nothing left to take over.")
	case c.Ended:
		return no("The conversation has ended: there is nothing to take over. Call or write to the end user yourself.")
	case c.Channel == takeover.ChannelCall:
		return no("Anyreach's AI cannot be silenced from outside. The agent's own warm-transfer action can bring you into the call; otherwise call the end user yourself.")
	case c.Channel == takeover.ChannelText:
		return no("Anyreach's AI cannot be silenced from outside: only the system that relays these texts can hold them back. Write to the end user yourself.")
	}
	return no("Anyreach's AI cannot be silenced from outside. Contact the end user yourself.")
}

// statusWord keeps an empty or odd status out of a sentence.
func statusWord(status string) string {
	if !ended(status) {
		return "unknown status"
	}
	return status
}
