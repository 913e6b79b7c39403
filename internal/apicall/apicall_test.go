package apicall

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

const testKey = "KEY0198secret_of-the-test"

var testService = Service{Name: "Some", BaseURL: "https://api.example.com"}

func testConfig() Config {
	return Config{BaseURL: "http://127.0.0.1:1/v1/", Key: testKey}
}

func TestConfigurationIsChecked(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config){
		"no key":        func(c *Config) { c.Key = " " },
		"key of words":  func(c *Config) { c.Key = "my " + testKey },
		"no host":       func(c *Config) { c.BaseURL = "https://" },
		"no web":        func(c *Config) { c.BaseURL = "ftp://" + testKey },
		"key in a URL":  func(c *Config) { c.BaseURL = "https://x:" + testKey + "@h" },
		"key in query":  func(c *Config) { c.BaseURL = "https://h/?key=" + testKey },
		"key in anchor": func(c *Config) { c.BaseURL = "https://h/#" + testKey },
	} {
		cfg := testConfig()
		change(&cfg)
		if _, err := New(testService, cfg); err == nil || strings.Contains(err.Error(), testKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, err := New(testService, testConfig())
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{fmt.Sprintf("%v %+v %#v %s", c, c, c, c), fmt.Sprintf("%+v %#v", testConfig(), testConfig())} {
		if strings.Contains(printed, testKey) {
			t.Errorf("printed as %s", printed)
		}
	}
}

func TestOtherFormatsOfRefusals(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"detail":{"msg":"a","code":1}}`:                   "a",
		`{"detail":null,"error":"b"}`:                       "b",
		`{"error":{"a":1}}`:                                 "",
		`{"detail":[{"loc":["query","fields"],"msg":"c"}]}`: "c",
		`"d"`: "",
	} {
		if got := decodeRefusal([]byte(body)).detail; got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestLongDetailsAreCut(t *testing.T) {
	t.Parallel()
	c, err := New(testService, testConfig())
	if err != nil {
		t.Fatal(err)
	}
	if n := len([]rune(c.scrub(strings.Repeat("ä", 5000)))); n != maxDetail {
		t.Errorf("%d characters, want %d", n, maxDetail)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status int
		header http.Header
		want   time.Duration
	}{
		"seconds":            {429, http.Header{"Retry-After": {"7"}}, 7 * time.Second},
		"fraction":           {429, http.Header{"Retry-After": {" 1.5 "}}, 1500 * time.Millisecond},
		"milliseconds first": {429, http.Header{"Retry-After-Ms": {"250"}, "Retry-After": {"7"}}, 250 * time.Millisecond},
		"reset":              {429, http.Header{"X-Ratelimit-Reset": {"4"}}, 4 * time.Second},
		"reset of another":   {503, http.Header{"X-Ratelimit-Reset": {"4"}}, 0},
		"too long":           {429, http.Header{"Retry-After": {"86400"}}, maxRetryAfter},
		"huge":               {429, http.Header{"Retry-After": {"1e300"}}, maxRetryAfter},
		"infinite":           {429, http.Header{"Retry-After": {"+Inf"}}, maxRetryAfter},
		"negative":           {429, http.Header{"Retry-After": {"-5"}}, 0},
		"not a number":       {429, http.Header{"Retry-After": {"NaN"}}, 0},
		"words":              {429, http.Header{"Retry-After": {"soon"}, "X-Ratelimit-Reset": {"2"}}, 2 * time.Second},
		"past date":          {429, http.Header{"Retry-After": {"Fri, 20 Nov 2020 10:00:00 GMT"}}, 0},
		"far date":           {503, http.Header{"Retry-After": {"Fri, 20 Nov 2099 10:00:00 GMT"}}, maxRetryAfter},
		"date by its clock":  {503, http.Header{"Retry-After": {"Fri, 20 Nov 2099 10:00:07 GMT"}, "Date": {"Fri, 20 Nov 2099 10:00:00 GMT"}}, 7 * time.Second},
		"date gone by":       {503, http.Header{"Retry-After": {"Fri, 20 Nov 2099 10:00:00 GMT"}, "Date": {"Fri, 20 Nov 2099 10:00:07 GMT"}}, 0},
		"nothing":            {429, nil, 0},
	} {
		if got := retryAfter(tc.status, tc.header); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

func FuzzRefusal(f *testing.F) {
	for _, seed := range []string{`{"errors":[{"code":"10009","title":"t","detail":"d","source":{"pointer":"/to"}}]}`,
		`{"detail":[{"loc":["path",1],"msg":"m","type":"t"}]}`, `{"detail":"x"}`, `<html>`, ``, `{"errors":[null]}`,
		`{"detail":"+1 (312) 555-0100 ` + testKey + `"}`} {
		f.Add([]byte(seed))
	}
	f.Add([]byte(`{"detail":{"msg":"m"}}`))
	f.Add([]byte(`{"error":"x"}`))
	c, err := New(testService, testConfig())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		said := decodeRefusal(body)
		detail := c.scrub(said.detail)
		if strings.Contains(detail, testKey) || longNumber.MatchString(detail) || markup.MatchString(detail) {
			t.Errorf("detail %q", detail)
		}
		if utf8.RuneCountInString(detail) > maxDetail || strings.ContainsAny(detail, "\n\r\x00\x1b") {
			t.Errorf("detail %q", detail)
		}
		for _, s := range append(said.fields, said.code) {
			if len(s) > 80 || longNumber.MatchString(s) {
				t.Errorf("name %q", s)
			}
		}
	})
}
