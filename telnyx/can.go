package telnyx

import "takeoverbot/takeover"

// Can says what works at Telnyx. All channels share one conversations API; only what a
// person could do apart from it depends on the channel.
func (p *Provider) Can(c takeover.Conversation) takeover.Capabilities {
	yes := takeover.Ability{Level: takeover.LevelYes}
	can := takeover.Capabilities{
		takeover.CanFind: yes, takeover.CanRead: yes, takeover.CanWatch: yes,
		takeover.CanSilence: yes, takeover.CanNote: yes, takeover.CanReply: yes,
		takeover.CanTransfer: no("There is no phone call to bring a person into."),
		takeover.CanListen:   no("There is no call to listen to."),
	}
	if why := whyNoReply(c); why != "" {
		can[takeover.CanReply] = no(why)
	}
	if c.Channel == takeover.ChannelCall {
		if can.Of(takeover.CanReply).Yes() {
			can[takeover.CanReply] = takeover.Ability{
				Level: takeover.LevelYes, Reason: "What you write goes to the caller's phone as a text. The caller does not hear it."}
		}
		can[takeover.CanSilence] = takeover.Ability{
			Level: takeover.LevelYes, Reason: "Telnyx promises silence for written answers only."}
		byCallControl := takeover.Ability{
			Level: takeover.LevelSetUp, Reason: "Telnyx can do it by its call control, which this bot does not use."}
		can[takeover.CanTransfer], can[takeover.CanListen] = byCallControl, byCallControl
	}
	return can
}

// whyNoReply is why a person cannot write to the end user of a conversation; empty if one can.
func whyNoReply(c takeover.Conversation) string {
	_, _, sip := c.EndUser.SIP()
	switch {
	case c.Channel == takeover.ChannelWeb:
		return "Telnyx gives no way to write into a web chat. Only its AI can."
	case c.Channel == takeover.ChannelCall && sip:
		return "The caller has a SIP address. Only a phone number can be texted."
	case c.Channel == takeover.ChannelCall && !textable(c.EndUser):
		return "The caller's number is not known, or cannot be texted."
	case c.Channel == takeover.ChannelCall && !textable(c.Agent):
		return "The caller cannot be texted: the agent has no phone number that can send texts."
	case c.Channel == takeover.ChannelCall:
		return "" // the line is the caller's, and its texts go to the same phone
	case sip:
		return "The end user has a SIP address. Only a phone number can be texted."
	case c.Channel != takeover.ChannelText:
		return "Telnyx does not say that this conversation is one of texts."
	case !textable(c.EndUser):
		return "The end user has no phone number that can be texted."
	case !textable(c.Agent):
		return "The agent has no phone number that can send texts."
	}
	return ""
}

func no(why string) takeover.Ability { return takeover.Ability{Level: takeover.LevelNo, Reason: why} }
