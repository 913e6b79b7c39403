package talk_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// posted is a world in which a held line has a text with two pictures that is due.
func posted(rt *rapid.T, words string) *world {
	w := newWorld(rt)
	w.far.answer = func(string) (bool, takeover.SendReceipt, error) {
		return true, takeover.SendReceipt{Message: "m"}, nil
	}
	w.apply(takeover.Command{Verb: takeover.TakeOver, By: "UA"})
	w.apply(takeover.Command{Verb: takeover.Say, By: "UA", Words: words, Files: []takeover.FileID{"F1", "F2"}, Message: "17.1", Reply: takeover.Reply{Channel: "C1"}})
	w.now = w.now.Add(talk.Regret)
	return w
}

func TestPicturesThatCannotLeave(t *testing.T) {
	t.Parallel()
	away := errors.New("Slack does not answer")
	for name, tt := range map[string]struct {
		fails   error
		times   int // that it fails; 0 is always
		without bool
		large   bool
		want    talk.State
		why     takeover.SendFailureKind
	}{
		"all is well":                 {want: talk.Sent},
		"gone":                        {fails: &talk.FileError{Kind: takeover.SendFileUnread}, want: talk.Failed, why: takeover.SendFileUnread},
		"no picture":                  {fails: &talk.FileError{Kind: takeover.SendFileKind}, want: talk.Failed, why: takeover.SendFileKind},
		"too large together":          {large: true, want: talk.Failed, why: takeover.SendFileSize},
		"no public address":           {without: true, want: talk.Failed, why: takeover.SendNoAddress},
		"Slack is away for a moment":  {fails: away, times: 3, want: talk.Sent},
		"Slack asks to wait":          {fails: takeover.Later(20*time.Second, "limited"), times: 1, want: talk.Sent},
		"Slack is away for very long": {fails: away, want: talk.Failed, why: takeover.SendFileUnread},
	} {
		rapid.Check(t, func(rt *rapid.T) { // for the world, which needs one
			w := posted(rt, "the door")
			failed := 0
			w.files.answer = func() error {
				if tt.fails != nil && (tt.times == 0 || failed < tt.times) {
					failed++
					return tt.fails
				}
				return nil
			}
			if tt.without {
				w.bot.PublicURL = ""
			}
			if tt.large {
				w.files.size = talk.MaxPictureBytes/2 + 1
			}
			for end := w.now.Add(20 * time.Minute); w.now.Before(end); w.now = w.now.Add(10 * time.Second) {
				err := w.bot.Send(rt.Context(), talk.SendJob{Line: w.line.ID})
				if _, later := errors.AsType[*takeover.LaterError](err); err != nil && !later {
					rt.Fatal(err)
				}
			}
			got := w.store.texts[0]
			if got.State != tt.want || tt.why != "" && got.Failure.Kind != tt.why || (len(w.far.got) == 1) != (tt.want == talk.Sent) {
				rt.Errorf("%s: %s, %+v; left: %q", name, got.State, got.Failure, w.far.got)
			}
		})
	}
}

// TestATextThatChangesWhileItsPicturesAreRead leaves as it is then, or not at all; the next one does not
// leave with its pictures.
func TestATextThatChangesWhileItsPicturesAreRead(t *testing.T) {
	t.Parallel()
	in := takeover.Reply{Channel: "C1"}
	for name, tt := range map[string]struct {
		change takeover.Command
		want   string
	}{
		"deleted":             {takeover.Command{Verb: takeover.Recall, By: "UA", Message: "17.1", Reply: in}, "[next] [[]]"},
		"one picture deleted": {takeover.Command{Verb: takeover.Reword, By: "UA", Words: "the door", Files: []takeover.FileID{"F2"}, Message: "17.1", Reply: in}, "[the door next] [[F2] []]"},
		"edited":              {takeover.Command{Verb: takeover.Reword, By: "UA", Words: "a door", Message: "17.1", Reply: in}, "[a door next] [[] []]"},
	} {
		rapid.Check(t, func(rt *rapid.T) {
			w := posted(rt, "the door")
			w.apply(takeover.Command{Verb: takeover.Say, By: "UA", Words: "next", Parts: 1, Message: "17.2", Reply: in})
			w.files.during = func() {
				w.files.during = nil
				w.apply(tt.change)
				w.now = w.now.Add(talk.Regret) // an edited one is due again
			}
			if err := w.bot.Send(rt.Context(), talk.SendJob{Line: w.line.ID}); err != nil {
				rt.Fatal(err)
			}
			if got := fmt.Sprint(w.far.got, " ", w.far.with); got != tt.want {
				rt.Errorf("%s: left %s, want %s", name, got, tt.want)
			}
		})
	}
}

// TestTheAIIsToldOfPictures, which it does not see; what was refused becomes a note in the same words.
func TestTheAIIsToldOfPictures(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{"the door": "the door (2 pictures)", "": "(2 pictures)"} {
		rapid.Check(t, func(rt *rapid.T) {
			w := posted(rt, words)
			if err := w.bot.Send(rt.Context(), talk.SendJob{Line: w.line.ID}); err != nil {
				rt.Fatal(err)
			}
			id := w.store.texts[0].ID
			if err := w.bot.Record(rt.Context(), talk.RecordJob{Text: id}); err != nil {
				rt.Fatal(err)
			}
			if !slices.Equal(w.far.recorded, []string{string(id) + " " + want}) {
				rt.Errorf("recorded %q", w.far.recorded)
			}
		})
	}
}

// TestPicturesAreSentAgain with the words that they belong to.
func TestPicturesAreSentAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := posted(rt, "the door")
		w.store.texts[0].State = talk.Unsure
		w.apply(takeover.Command{Verb: takeover.SayAgain, By: "UA", Text: string(w.store.texts[0].ID)})
		if err := w.bot.Send(rt.Context(), talk.SendJob{Line: w.line.ID}); err != nil {
			rt.Fatal(err)
		}
		if got := fmt.Sprint(w.far.got, " ", w.far.with); got != "[the door] [[F1 F2]]" {
			rt.Errorf("left %s", got)
		}
	})
}
