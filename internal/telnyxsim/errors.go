package telnyxsim

import "net/http"

// errorTitle returns Telnyx's code and title for a status that the simulator answers with.
// 409 has no documented code; it shares that of a bad request.
func errorTitle(status int) (code, title string) {
	switch status {
	case http.StatusUnauthorized:
		return "10009", "Authentication failed"
	case http.StatusPaymentRequired:
		return "20100", "Insufficient funds"
	case http.StatusForbidden:
		return "10010", "Authorization failed"
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return "10005", "Resource not found"
	case http.StatusUnprocessableEntity:
		return "10027", "Unprocessable entity"
	case http.StatusTooManyRequests:
		return "10011", "Too many requests"
	}
	if status >= http.StatusInternalServerError {
		return "10007", "Unexpected error"
	}
	return "10015", "Bad request"
}

// gatewayError answers as Telnyx's gateway does, with the code of the status.
func gatewayError(status int, detail string) response {
	code, title := errorTitle(status)
	return errorList(status, code, title, detail)
}

// errorList answers in the format of Telnyx's gateway: {"errors":[{code, title, detail, meta}]}.
func errorList(status int, code, title, detail string) response {
	type item struct {
		Code   string            `json:"code"`
		Title  string            `json:"title"`
		Detail string            `json:"detail"`
		Meta   map[string]string `json:"meta"`
	}
	a := ok(map[string][]item{"errors": {{code, title, detail,
		map[string]string{"url": "https://developers.telnyx.com/docs/overview/errors/" + code}}}})
	a.status = status
	return a
}

// invalid answers 422 in the format of the AI endpoints: {"detail":[{loc, msg, type}]}. loc is the way to the field.
func invalid(msg, typ string, loc ...any) response {
	type item struct {
		Loc  []any  `json:"loc"`
		Msg  string `json:"msg"`
		Type string `json:"type"`
	}
	a := ok(map[string][]item{"detail": {{loc, msg, typ}}})
	a.status = http.StatusUnprocessableEntity
	return a
}

// plainDetail answers {"detail": "…"}, which is how the AI endpoints' framework says 400 and 404.
func plainDetail(status int, detail string) response {
	a := ok(map[string]string{"detail": detail})
	a.status = status
	return a
}

// htmlError answers as a proxy in front of the API would.
func htmlError(status int) response {
	text := http.StatusText(status)
	return response{status: status, contentType: "text/html", body: []byte(
		"<html>\r\n<head><title>" + text + "</title></head>\r\n<body>\r\n<center><h1>" + text + "</h1></center>\r\n</body>\r\n</html>\r\n")}
}
