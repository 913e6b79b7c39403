package telnyx

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// pair is a key of the test: the n-th is always the same.
func pair(n byte) (public string, private ed25519.PrivateKey) {
	private = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
	public = base64.StdEncoding.EncodeToString(private[ed25519.SeedSize:])
	return public, private
}

func signedHeader(private ed25519.PrivateKey, stamp string, body []byte) http.Header {
	h := http.Header{}
	h.Set("telnyx-timestamp", stamp)
	h.Set("telnyx-signature-ed25519", base64.StdEncoding.EncodeToString(ed25519.Sign(private, []byte(stamp+"|"+string(body)))))
	return h
}

// Mistakes 21 and 22.
func TestVerify(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	first, firstKey := pair(1)
	second, secondKey := pair(2)
	_, foreign := pair(3)
	body := []byte("{ \"a\" :\t\"\\u00e9\" }\n")
	good := func() http.Header { return signedHeader(firstKey, "1700000000", body) }
	at := func(seconds int64) http.Header {
		return signedHeader(firstKey, strconv.FormatInt(now.Unix()+seconds, 10), body)
	}
	with := func(name, value string) http.Header {
		h := good()
		h.Set(name, value)
		return h
	}
	short := base64.StdEncoding.EncodeToString(make([]byte, ed25519.SignatureSize-1))
	for name, tc := range map[string]struct {
		header http.Header
		body   []byte
		want   error
	}{
		"good":                  {good(), body, nil},
		"the other key":         {signedHeader(secondKey, "1700000000", body), body, nil},
		"spaces":                {with(SignatureHeader, " "+good().Get(SignatureHeader)+"\t"), body, nil},
		"empty body":            {signedHeader(firstKey, "1700000000", nil), nil, nil},
		"five minutes old":      {at(-300), body, nil},
		"five minutes ahead":    {at(300), body, nil},
		"older":                 {at(-301), body, ErrWrongTime},
		"further ahead":         {at(301), body, ErrWrongTime},
		"at the end of time":    {signedHeader(firstKey, "9223372036854775807", body), body, ErrWrongTime},
		"before all time":       {signedHeader(firstKey, "-9223372036854775808", body), body, ErrWrongTime},
		"a foreign key":         {signedHeader(foreign, "1700000000", body), body, ErrWrongSignature},
		"one byte changed":      {good(), append([]byte(" "), body...), ErrWrongSignature},
		"another time":          {with(TimestampHeader, "1700000001"), body, ErrWrongSignature},
		"no time":               {with(TimestampHeader, ""), body, ErrNoSignature},
		"no number":             {with(TimestampHeader, "now"), body, ErrNoSignature},
		"too large a number":    {with(TimestampHeader, strings.Repeat("9", 30)), body, ErrNoSignature},
		"no signature":          {with(SignatureHeader, ""), body, ErrNoSignature},
		"no base64":             {with(SignatureHeader, "%%%"), body, ErrNoSignature},
		"a byte short":          {with(SignatureHeader, short), body, ErrNoSignature},
		"no headers whatsoever": {nil, body, ErrNoSignature},
	} {
		v, err := NewVerifier(" "+first+" ,, "+second, func() time.Time { return now })
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Verify(tc.header, tc.body); !errors.Is(err, tc.want) || err != nil && !errors.Is(err, ErrUnverified) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
	for _, none := range []string{"", " ", ","} {
		if v, err := NewVerifier(none, time.Now); err != nil || !errors.Is(v.Verify(good(), body), ErrNoKey) {
			t.Errorf("%q: %v", none, err)
		}
	}
	if err := new(Verifier).Verify(good(), body); !errors.Is(err, ErrNoKey) {
		t.Errorf("zero value: %v", err)
	}
}

func TestKeysThatCannotWork(t *testing.T) {
	t.Parallel()
	good, _ := pair(1)
	for _, keys := range []string{"abc", good[:10], good + good, good + ",x", base64.StdEncoding.EncodeToString(make([]byte, 31)), "ed25519:" + good} {
		if _, err := NewVerifier(keys, time.Now); err == nil || strings.Contains(err.Error(), good[:10]) {
			t.Errorf("%q: %v", keys, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	public, private := pair(1)
	v, err := NewVerifier(public, func() time.Time { return time.Unix(1_700_000_000, 0) })
	if err != nil {
		f.Fatal(err)
	}
	good := signedHeader(private, "1700000000", []byte("{}"))
	f.Add("1700000000", good.Get(SignatureHeader), []byte("{}"))
	f.Add("1700000000", good.Get(SignatureHeader)+" ", []byte("{} "))
	f.Add("170000000", good.Get(SignatureHeader), []byte("0|{}"))
	f.Add("", "", []byte{})
	f.Fuzz(func(t *testing.T, stamp, signature string, body []byte) {
		h := http.Header{}
		h.Set(TimestampHeader, stamp)
		h.Set(SignatureHeader, signature)
		err := v.Verify(h, body)
		if err == nil && (stamp != "1700000000" || string(body) != "{}") {
			t.Errorf("taken: %q %q %q", stamp, signature, body)
		}
		if err != nil && err != ErrNoSignature && err != ErrWrongSignature && err != ErrWrongTime { //nolint:errorlint // exactly these
			t.Errorf("%v", err)
		}
	})
}
