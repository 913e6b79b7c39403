package telnyxsim

import "net/http"

// textCode is an error code about texts: what it is called and the status that it is answered with. Telnyx documents no
// status for most of them.
type textCode struct {
	status int
	title  string
}

// textCodes are the documented codes about texts, those included that only webhooks carry.
var textCodes = map[string]textCode{
	"10011": {http.StatusTooManyRequests, "Too many requests"},
	"10015": {http.StatusBadRequest, "Bad request"},
	"10016": {http.StatusBadRequest, "Phone number must be in +E.164 format"},
	"20100": {http.StatusPaymentRequired, "Insufficient funds"},
	"40001": {http.StatusBadRequest, "Not routable"},
	"40002": {http.StatusBadRequest, "Blocked as spam - temporary"},
	"40003": {http.StatusBadRequest, "Blocked as spam - permanent"},
	"40004": {http.StatusBadRequest, "Rejected by destination"},
	"40005": {http.StatusBadRequest, "Message expired during transmission"},
	"40006": {http.StatusBadRequest, "Recipient server unavailable"},
	"40008": {http.StatusBadRequest, "Undeliverable"},
	"40009": {http.StatusBadRequest, "Invalid message body"},
	"40010": {http.StatusBadRequest, "Not 10DLC registered"},
	"40011": {http.StatusBadRequest, "Too many requests at the carrier"},
	"40012": {http.StatusBadRequest, "Invalid destination number"},
	"40013": {http.StatusBadRequest, "Invalid source number"},
	"40014": {http.StatusBadRequest, "Message expired in queue"},
	"40015": {http.StatusBadRequest, "Blocked as spam - internal"},
	"40016": {http.StatusBadRequest, "T-Mobile 10DLC sending limit reached"},
	"40017": {http.StatusBadRequest, "Blocked as spam by the carrier"},
	"40018": {http.StatusBadRequest, "AT&T 10DLC sending limit reached"},
	"40100": {http.StatusBadRequest, "Number not enabled for messaging"},
	"40300": {http.StatusBadRequest, "Blocked due to STOP message"},
	"40301": {http.StatusBadRequest, "Unsupported message type"},
	"40302": {http.StatusBadRequest, "Message too large"},
	"40304": {http.StatusBadRequest, "Invalid combination of message content"},
	"40305": {http.StatusBadRequest, "Invalid 'from' address"},
	"40308": {http.StatusBadRequest, "Number cannot send MMS"},
	"40309": {http.StatusBadRequest, "Invalid destination region"},
	"40310": {http.StatusBadRequest, "Invalid 'to' address"},
	"40311": {http.StatusBadRequest, "Invalid messaging profile secret"},
	"40312": {http.StatusBadRequest, "Messaging profile is disabled"},
	"40313": {http.StatusBadRequest, "Missing messaging profile secret"},
	"40314": {http.StatusForbidden, "Messaging disabled on account"},
	"40315": {http.StatusBadRequest, "Unhealthy 'from' address"},
	"40316": {http.StatusBadRequest, "No content provided"},
	"40317": {http.StatusBadRequest, "Invalid MMS content"},
	"40318": {http.StatusBadRequest, "Message queue full"},
	"40319": {http.StatusBadRequest, "Incompatible message type"},
	"40320": {http.StatusBadRequest, "Temporarily unusable sender"},
	"40321": {http.StatusBadRequest, "No usable numbers"},
	"40322": {http.StatusBadRequest, "Blocked due to content"},
	"40328": {http.StatusBadRequest, "Message has too many parts"},
	"40329": {http.StatusBadRequest, "Toll-free number not verified"},
	"40330": {http.StatusBadRequest, "Number not provisioned"},
	"40331": {http.StatusBadRequest, "Destination country not whitelisted"},
	"40333": {http.StatusBadRequest, "Spend limit reached"},
}

// codeError answers with a code of textCodes.
func codeError(code, detail string) response {
	c := textCodes[code]
	return errorList(c.status, code, c.title, detail)
}
