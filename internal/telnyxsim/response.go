package telnyxsim

import (
	"net/http"
)

// cut says what becomes of the connection instead of an answer.
type cut int

const (
	cutNone cut = iota
	cutHang     // never answer; wait until the client goes away
	cutDrop     // close the connection without a byte
)

// response is an answer before it is written, so that it can be replayed, delayed or lost.
type response struct {
	status      int
	header      http.Header
	contentType string
	body        []byte
	cut         cut
}

// ok returns an answer with v as JSON.
func ok(v any) response {
	body, err := marshal(v)
	if err != nil {
		return gatewayError(http.StatusInternalServerError, "the simulator cannot write its answer: "+err.Error())
	}
	return response{status: http.StatusOK, contentType: "application/json", body: body}
}

// wrapped is the {"data": …} around most answers.
type wrapped struct {
	Data any   `json:"data"`
	Meta *meta `json:"meta,omitempty"`
}

// meta describes one page of a paged answer.
type meta struct {
	TotalPages   int `json:"total_pages"`
	TotalResults int `json:"total_results"`
	PageNumber   int `json:"page_number"`
	PageSize     int `json:"page_size"`
}

func (a response) write(w http.ResponseWriter) {
	for k, v := range a.header {
		w.Header()[k] = v
	}
	if a.contentType != "" {
		w.Header().Set("Content-Type", a.contentType)
	}
	w.WriteHeader(a.status)
	w.Write(a.body) // an error means that the client has gone
}
