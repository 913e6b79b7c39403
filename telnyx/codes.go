package telnyx

import "takeoverbot/takeover"

// failures sorts Telnyx's error codes for texts, of its answers and of its webhooks, by what a
// person can do about them.
var failures = map[string]takeover.SendFailureKind{
	"40300": takeover.SendOptedOut, // blocked by a STOP

	"40001": takeover.SendNotTextable, // not routable, often a landline
	"40012": takeover.SendNotTextable, // bad destination
	"40310": takeover.SendNotTextable, // no valid number to send to

	"40002": takeover.SendByCarrier, // taken for spam, for a while
	"40003": takeover.SendByCarrier, // this sender is blocked for good
	"40004": takeover.SendByCarrier, // rejected
	"40008": takeover.SendByCarrier, // not accepted
	"40015": takeover.SendByCarrier, // Telnyx's own filter against spam
	"40017": takeover.SendByCarrier, // the carrier's filter against spam

	"40009": takeover.SendContent, // an invalid body
	"40301": takeover.SendContent, // the type is not possible for this number
	"40302": takeover.SendContent, // too many parts
	"40304": takeover.SendContent, // no content
	"40316": takeover.SendContent, // mixed content
	"40317": takeover.SendContent, // too many media, or too large ones
	"40319": takeover.SendContent, // the type is not possible for this number
	"40322": takeover.SendContent, // blocked content
	"40328": takeover.SendContent, // too many parts

	"40010": takeover.SendNumber, // not registered for 10DLC
	"40013": takeover.SendNumber, // a bad number to send from
	"40100": takeover.SendNumber, // not enabled for messaging
	"40305": takeover.SendNumber, // not on this messaging profile
	"40308": takeover.SendNoMMS,  // the number cannot send MMS
	"40321": takeover.SendNumber, // no usable number in the pool
	"40329": takeover.SendNumber, // a toll-free number that is not verified
	"40330": takeover.SendNumber, // not provisioned yet

	"20100": takeover.SendAccount, // funds
	"40309": takeover.SendAccount, // the profile does not allow this country
	"40311": takeover.SendAccount, // the profile's secret is wrong
	"40312": takeover.SendAccount, // the profile is disabled
	"40313": takeover.SendAccount, // the profile's secret is missing
	"40314": takeover.SendAccount, // messaging is disabled for the account
	"40331": takeover.SendAccount, // the profile does not allow this country
	"40333": takeover.SendAccount, // the profile's limit of spending

	"10011": takeover.SendLater, // too many calls
	"40005": takeover.SendLater, // it expired before it was delivered
	"40006": takeover.SendLater, // the recipient's server is unavailable
	"40011": takeover.SendLater, // the carrier's limit of texts
	"40014": takeover.SendLater, // it expired before it was delivered
	"40016": takeover.SendLater, // the carrier's limit of texts
	"40018": takeover.SendLater, // the carrier's limit of texts
	"40315": takeover.SendLater, // the sender is unhealthy
	"40318": takeover.SendLater, // the queue is full
	"40320": takeover.SendLater, // the sender is unusable for a while
}

// failureOf sorts an error code; one that is not in the table is SendUnknown.
func failureOf(code string) takeover.SendFailureKind {
	if kind, ok := failures[code]; ok {
		return kind
	}
	return takeover.SendUnknown
}
