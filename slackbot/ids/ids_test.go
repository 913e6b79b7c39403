package ids_test

import (
	"fmt"
	"strings"
	"testing"

	"takeoverbot/slackbot/ids"
	"takeoverbot/takeover"
)

func TestClickValues(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{"ln_1": "ln_1 0 true", "ln_1 60": "ln_1 60 true", "": " 0 false", "ln_1 x": "ln_1 0 false", "ln_1 -5": "ln_1 -5 false", "ln_1 99999": "ln_1 99999 false"} {
		line, minutes, ok := ids.ParseExtend(value)
		if got := fmt.Sprint(line, " ", minutes, " ", ok); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
	for value, want := range map[string]string{"ln_1.k7f2": "ln_1 k7f2 true", "ln_1": "  false", ".k7f2": "  false", "ln_1.": "  false"} {
		line, ref, ok := ids.ParseOffer(value)
		if got := fmt.Sprint(line, " ", ref, " ", ok); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
	for value, want := range map[string]string{ids.LogAfter("ln_1", 25): "ln_1 25 true", "ln_1": "ln_1 0 false", " 25": " 25 false", "ln_1 -5": "ln_1 -5 false"} {
		line, after, ok := ids.ParseLogAfter(value)
		if got := fmt.Sprint(line, " ", after, " ", ok); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

func FuzzBlockIDs(f *testing.F) {
	f.Add("conv:0:c0ffee", "k1", "c0ffee", 3)
	f.Add("before:k1:c0ffee", "", "", 0)
	f.Add("before:", "a", "b:c", -1)
	f.Fuzz(func(t *testing.T, any, key, conv string, n int) {
		ids.ConversationIn(any)
		ids.ParseMenuValue(any)
		if got := ids.ConversationIn(ids.ConversationBlock(n, takeover.ConversationID(conv))); string(got) != conv {
			t.Errorf("conversation %q came back as %q", conv, got)
		}
		if strings.Contains(key, ":") {
			return // keys of messages have none
		}
		gotKey, gotConv := ids.ParseBeforeBlock(ids.BeforeBlock(key, takeover.ConversationID(conv)))
		if gotKey != key || string(gotConv) != conv {
			t.Errorf("%q and %q came back as %q and %q", key, conv, gotKey, gotConv)
		}
	})
}

func FuzzMoreValue(f *testing.F) {
	for _, seed := range []string{"12.5", "0.0", "-1.5", "1.-5", "1.", ".5", "1.5.6", "9223372036854775807.5", "99999999999999999999.1", "+1.+5", " 1.5", "１.５"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		search, after, ok := ids.ParseMore(value)
		if !ok {
			return
		}
		if after < 0 {
			t.Errorf("%q goes on at %d", value, after)
		}
		if s, a, ok := ids.ParseMore(ids.More(search, after)); !ok || s != search || a != after {
			t.Errorf("%q: %d and %d came back as %d and %d", value, search, after, s, a)
		}
	})
}
