package telnyx

import (
	"strings"
	"testing"
)

func BenchmarkDecode300Messages(b *testing.B) {
	body := []byte(`{"data":[` + strings.Join(said(300), ",") + `],"meta":{"total_pages":1,"total_results":300}}`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var page MessagePage
		if err := page.decode(body); err != nil || len(page.Messages) != 300 {
			b.Fatal(len(page.Messages), err)
		}
		r := &reader{list: page.Messages}
		if len(r.transcript().Messages) != 300 {
			b.Fatal("messages went missing")
		}
	}
}
