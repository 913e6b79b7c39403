package telnyx

import "takeoverbot/takeover"

// Can says what works at Telnyx. All channels share one conversations API; only what a
// person could do apart from it depends on the channel.
func (p *Provider) Can(c takeover.Conversation) takeover.Capabilities {
	yes := takeover.Ability{Level: takeover.LevelYes}
	can := takeover.Capabilities{
		takeover.CanFind: yes, takeover.CanRead: yes, takeover.CanWatch: yes,
		takeover.CanSilence: yes, takeover.CanNote: yes,
		takeover.CanReply:    {Level: takeover.LevelNo, Reason: "This bot does not write to end users yet."},
		takeover.CanTransfer: {Level: takeover.LevelNo, Reason: "There is no phone call to bring a person into."},
		takeover.CanListen:   {Level: takeover.LevelNo, Reason: "There is no call to listen to."},
	}
	if c.Channel == takeover.ChannelCall {
		can[takeover.CanSilence] = takeover.Ability{
			Level: takeover.LevelYes, Reason: "Telnyx promises silence for written answers only."}
		byCallControl := takeover.Ability{
			Level: takeover.LevelSetUp, Reason: "Telnyx can do it by its call control, which this bot does not use."}
		can[takeover.CanTransfer], can[takeover.CanListen] = byCallControl, byCallControl
	}
	return can
}
