package pictures

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestPublic(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"8.8.8.8": true, "52.216.1.1": true, "172.32.0.1": true, "100.128.0.1": true, "2606:4700::1111": true, "2a00:1450::1": true,
		"::ffff:8.8.8.8": true,

		"127.0.0.1": false, "127.8.8.8": false, "::1": false, "::ffff:127.0.0.1": false, "0.0.0.0": false, "::": false, "0.1.2.3": false,
		"10.0.0.1": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "::ffff:10.0.0.1": false,
		"fc00::1": false, "fd00:ec2::254": false, "fec0::1": false,
		"169.254.169.254": false, "::ffff:169.254.169.254": false, "fe80::1": false, "fe80::1%eth0": false, "2606:4700::1111%eth0": false,
		"100.64.0.1": false, "100.100.100.200": false, "100.127.255.255": false, "168.63.129.16": false, "192.0.0.192": false,
		"192.0.2.1": false, "198.18.0.1": false, "198.51.100.1": false, "203.0.113.1": false, "192.88.99.1": false,
		"224.0.0.1": false, "239.1.1.1": false, "240.0.0.1": false, "255.255.255.255": false, "ff02::1": false,
		"64:ff9b::7f00:1": false, "64:ff9b::8.8.8.8": false, "64:ff9b:1::1": false, "::7f00:1": false,
		"2001:0:1::1": false, "2001:db8::1": false, "2002:7f00:1::": false, "3fff::1": false,
	} {
		if got := public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: public %t, want %t", address, got, want)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

var png = append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 600)...)

// far is a server as it is somewhere on the internet, under names that a test chooses.
type far struct {
	*Client
	hits    atomic.Int64 // requests that arrived
	resolve func(name string) (address string)
}

// newFar returns a Client for which the address 127.0.0.1 is public and every name leads to the server.
func newFar(t *testing.T, answer http.HandlerFunc) *far {
	t.Helper()
	f := &far{Client: New("")}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.hits.Add(1)
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	f.public = func(a netip.Addr) bool { return a.String() == "127.0.0.1" }
	f.resolve = func(string) string { return "127.0.0.1" }
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	transport := f.http.Transport.(*http.Transport)
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		name, _, _ := net.SplitHostPort(address)
		return dial(ctx, network, net.JoinHostPort(f.resolve(name), port))
	}
	transport.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	transport.TLSClientConfig.ServerName = "example.com" // of the certificate
	transport.TLSClientConfig.RootCAs = x509.NewCertPool()
	transport.TLSClientConfig.RootCAs.AddCert(server.Certificate())
	return f
}

func reason(t *testing.T, err error) Reason {
	t.Helper()
	if err == nil {
		return ""
	}
	failure, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("error %v", err)
	}
	for _, secret := range []string{"media.example", "secret"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error tells the address: %v", err)
		}
	}
	return failure.Reason
}

func TestBounds(t *testing.T) {
	t.Parallel()
	send := func(content []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(content) }
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	endless := func(w http.ResponseWriter, r *http.Request) { // says nothing of its size
		for n := 0; n <= MaxSize && r.Context().Err() == nil; n += len(png) {
			_, _ = w.Write(png)
		}
	}
	drips := func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(png)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		panic(http.ErrAbortHandler) // else the answer would look complete to a client that is just about to close
	}
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   Reason
	}{
		"a picture":           {send(png), ""},
		"as large as allowed": {send(append(bytes.Clone(png), make([]byte, MaxSize-len(png))...)), ""},
		"one byte more":       {send(append(bytes.Clone(png), make([]byte, MaxSize-len(png)+1)...)), TooLarge},
		"endless":             {endless, TooLarge},
		"nothing":             {send(nil), NotPicture},
		"HTML that says it is": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write([]byte("<html>"))
		}, NotPicture},
		"SVG":                    {send([]byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`)), NotPicture},
		"PDF":                    {send([]byte("%PDF-1.7")), NotPicture},
		"404":                    {status(404), Gone},
		"403":                    {status(403), Gone},
		"204":                    {status(204), Gone},
		"500":                    {status(500), Failed},
		"429":                    {status(429), Failed},
		"it hangs":               {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, Failed},
		"it stops in the middle": {drips, Failed},
		"it breaks off":          {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFar(t, tt.answer)
			if strings.HasPrefix(name, "it ") {
				f.http.Timeout = 200 * time.Millisecond
			}
			p, err := f.Get(t.Context(), "https://media.example/secret")
			if got := reason(t, err); got != tt.want {
				t.Fatalf("reason %q (%v), want %q", got, err, tt.want)
			}
			if err == nil && (p.Type != "image/png" || p.Ending != ".png" || len(p.Content) < len(png)) {
				t.Errorf("got %s %s, %d bytes", p.Type, p.Ending, len(p.Content))
			}
		})
	}
}

// TestAddresses: nothing is asked at an address that is not public https, whether the text names it,
// a name leads there, or a redirect does.
func TestAddresses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		address string // where it is not the usual one
		means   string // the address of the name inside.example
		to      string // where the other side redirects
		want    Reason
		hits    int64
	}{
		"http":                        {address: "http://media.example/a", want: BadAddress},
		"a file":                      {address: "file:///etc/passwd", want: BadAddress},
		"without a scheme":            {address: "media.example/a", want: BadAddress},
		"empty":                       {address: "", want: BadAddress},
		"no address":                  {address: "https://[::1/a", want: BadAddress},
		"another port":                {address: "https://media.example:22/a", want: BadAddress},
		"with a password":             {address: "https://u:p@media.example/a", want: BadAddress},
		"a name that means loopback":  {address: "https://inside.example/", means: "127.0.0.2", want: BadAddress},
		"a name that means a private": {address: "https://inside.example/", means: "10.0.0.1", want: BadAddress},
		"metadata of a cloud":         {address: "https://169.254.169.254/latest", means: "169.254.169.254", want: BadAddress},
		"IPv6 loopback":               {address: "https://[::1]/", means: "::1", want: BadAddress},
		"a redirect to another host":  {to: "https://other.example/b", want: "", hits: 2},
		"a redirect inside":           {to: "https://inside.example/b", means: "192.168.0.1", want: BadAddress, hits: 1},
		"a redirect to http":          {to: "http://other.example/b", want: BadAddress, hits: 1},
		"redirects without an end":    {to: "https://media.example/a", want: Gone, hits: 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFar(t, func(w http.ResponseWriter, r *http.Request) {
				if tt.to == "" || r.URL.Path == "/b" {
					_, _ = w.Write(png)
					return
				}
				http.Redirect(w, r, tt.to, http.StatusFound)
			})
			f.resolve = func(name string) string {
				if tt.means != "" && name != "media.example" {
					return tt.means
				}
				return "127.0.0.1"
			}
			if address := tt.address; address != "" || name == "empty" {
				_, err := f.Get(t.Context(), address)
				if got := reason(t, err); got != tt.want || f.hits.Load() != tt.hits {
					t.Errorf("reason %q (%v) after %d requests, want %q after %d", got, err, f.hits.Load(), tt.want, tt.hits)
				}
				return
			}
			_, err := f.Get(t.Context(), "https://media.example/a")
			if got := reason(t, err); got != tt.want || f.hits.Load() != tt.hits {
				t.Errorf("reason %q (%v) after %d requests, want %q after %d", got, err, f.hits.Load(), tt.want, tt.hits)
			}
		})
	}
}

// TestRebinding: a name that meant a public address a moment ago gains nothing, because the
// connection itself is checked.
func TestRebinding(t *testing.T) {
	t.Parallel()
	f := newFar(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	asked := 0
	f.resolve = func(string) string {
		if asked++; asked == 1 {
			return "127.0.0.1"
		}
		return "127.0.0.53"
	}
	for i, want := range []Reason{Failed, BadAddress} {
		_, err := f.Get(t.Context(), "https://media.example/")
		if got := reason(t, err); got != want || f.hits.Load() != 1 {
			t.Errorf("look-up %d: reason %q after %d requests, want %q", i+1, got, f.hits.Load(), want)
		}
	}
}

// TestSimulated: only the port of a provider that is simulated on this machine is open beside the internet.
func TestSimulated(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(png) }))
	t.Cleanup(server.Close)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(png) }))
	t.Cleanup(other.Close)
	for name, tt := range map[string]struct {
		provider, address string
		want              Reason
	}{
		"the simulator's":       {server.URL + "/v2", server.URL + "/media/1", ""},
		"another port":          {server.URL + "/v2", other.URL + "/media/1", BadAddress},
		"not simulated":         {"https://api.telnyx.com/v2", server.URL + "/media/1", BadAddress},
		"https on this machine": {strings.Replace(server.URL, "http", "https", 1), server.URL + "/media/1", BadAddress},
		"not this machine":      {"http://10.0.0.1:80/v2", "http://10.0.0.1:80/media/1", BadAddress},
		"no provider":           {"", server.URL, BadAddress},
	} {
		_, err := New(tt.provider).Get(t.Context(), tt.address)
		if got := reason(t, err); got != tt.want {
			t.Errorf("%s: reason %q (%v), want %q", name, got, err, tt.want)
		}
	}
}

func TestItEnds(t *testing.T) {
	t.Parallel()
	f := newFar(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := f.Get(ctx, "https://media.example/"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}
