//go:build e2e && picture

package main

import (
	"bytes"
	"cmp"
	stdimage "image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

const (
	// maxPicture and maxMovie bound, in bytes, what everybody downloads who reads the README.
	maxPicture = 300_000
	maxMovie   = 3_000_000
	// frameTime is how long each picture of the movie stays, in hundredths of a second.
	frameTime = 250
)

// TestPicture makes demo.png and demo.gif of a thread that talks, in the folder PICTURE_DIR. `make picture` renews
// those in docs with it.
func TestPicture(t *testing.T) {
	dir := os.Getenv("PICTURE_DIR")
	if dir == "" {
		t.Fatal("set PICTURE_DIR to the folder of the pictures")
	}
	program, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	p := openPage(startBrowser(t), t, program)
	var frames [][]byte
	frame := func() {
		raw, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, raw)
	}
	p.do("make room for the whole card", chromedp.EmulateViewport(1280, 940))
	p.talkForThePicture(frame)
	still := frames[len(frames)-3] // the answer is in the thread
	movie, err := animate(frames)
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]struct {
		raw []byte
		max int
	}{"demo.png": {still, maxPicture}, "demo.gif": {movie, maxMovie}} {
		if len(file.raw) > file.max {
			t.Errorf("%s has %d bytes, at most %d are wanted", name, len(file.raw), file.max)
		}
		if err := os.WriteFile(filepath.Join(dir, name), file.raw, 0o644); err != nil {
			t.Error(err)
		}
	}
}

// talkForThePicture goes through the tour, and has a picture taken of each step.
func (p *demoPage) talkForThePicture(frame func()) {
	p.see("the card", `card() === "AI is answering" && done(1)`)
	frame()
	p.press(css("do:2"))
	p.see("the AI's answer", `done(2)`)
	frame()
	p.press(css("do:3"))
	p.see("proven silence", `card().startsWith("@Dana has it — AI is silent") && done(3)`)
	p.press(inChannel("thread-open"))
	p.see("the takeover in the thread", `one("thread-messages").textContent.includes("took over")`)
	frame()
	p.press(css("do:4"))
	p.see("Dana's words in the thread", `one("thread-messages").textContent.includes("Please turn off the water")`)
	frame()
	p.see("them on the phone", `said("bubble-person").includes("delivered")`)
	p.see("one reaction", `all("reaction:white_check_mark").length === 1 && one("reactions").children.length === 1`)
	frame()
	p.press(css("do:5"))
	p.see("the answer in the thread", `one("thread-messages").textContent.includes("only dripping now") && done(5)`)
	frame()
	p.press(inChannel("action:line.handback"))
	p.see("the box", `one("modal").open`)
	p.do("write the note", chromedp.SendKeys(css("input:note"), "The plumber will be there at 04:00. The water is turned off."))
	frame()
	p.press(css("modal-submit"))
	p.see("the AI answering again", `card().startsWith("AI is answering again") && done(6)`)
	frame()
}

// animate makes one animated GIF of screenshots. Its palette has the 256 most frequent colours of all of them.
func animate(shots [][]byte) ([]byte, error) {
	var pictures []stdimage.Image
	count := map[color.Color]int{}
	for _, raw := range shots {
		shot, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			return nil, err
		}
		pictures = append(pictures, shot)
		for y := range shot.Bounds().Dy() {
			for x := range shot.Bounds().Dx() {
				count[shot.At(x, y)]++
			}
		}
	}
	palette := color.Palette(slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int { return cmp.Compare(count[b], count[a]) }))
	palette = palette[:min(256, len(palette))]
	movie := &gif.GIF{}
	for _, shot := range pictures {
		drawn := stdimage.NewPaletted(shot.Bounds(), palette)
		draw.Draw(drawn, drawn.Bounds(), shot, stdimage.Point{}, draw.Src)
		movie.Image = append(movie.Image, drawn)
		movie.Delay = append(movie.Delay, frameTime)
	}
	var out bytes.Buffer
	err := gif.EncodeAll(&out, movie)
	return out.Bytes(), err
}
