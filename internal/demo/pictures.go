package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

// picturePath is where the page gets the pictures on a phone.
const picturePath = "/pictures/"

// doPost posts the demo's picture in a thread, with the words that were typed.
func (d *Demo) doPost(r *http.Request, in input) error {
	content, err := valve()
	if err != nil {
		return fmt.Errorf("draw the picture: %w", err)
	}
	_, delivery := d.slack.SayWith(lasting(r), in.User, in.Channel, in.Thread, in.Text, slacksim.File{Name: "valve.png", Content: content})
	if delivery.Err != nil {
		return fmt.Errorf("the picture was not posted: %w", delivery.Err)
	}
	return nil
}

// valve draws a valve on a pipe.
func valve() ([]byte, error) {
	p := image.NewRGBA(image.Rect(0, 0, 240, 160))
	for _, part := range []struct {
		at image.Rectangle
		in color.Color
	}{
		{p.Bounds(), color.RGBA{R: 0xe8, G: 0xe4, B: 0xda, A: 0xff}},
		{image.Rect(0, 90, 240, 122), color.RGBA{R: 0x8a, G: 0x93, B: 0x9c, A: 0xff}},
		{image.Rect(98, 78, 142, 134), color.RGBA{R: 0xb0, G: 0x8d, B: 0x57, A: 0xff}},
		{image.Rect(114, 44, 126, 78), color.RGBA{R: 0x6b, G: 0x72, B: 0x7a, A: 0xff}},
		{image.Rect(72, 30, 168, 46), color.RGBA{R: 0xc0, G: 0x39, B: 0x2b, A: 0xff}},
	} {
		draw.Draw(p, part.at, image.NewUniform(part.in), image.Point{}, draw.Src)
	}
	var out bytes.Buffer
	err := png.Encode(&out, p)
	return out.Bytes(), err
}

// picturesOf are where the page gets the pictures of a bubble.
func picturesOf(b telnyxsim.Bubble) (paths []string) {
	for _, m := range b.Media {
		if m.Content != nil {
			paths = append(paths, picturePath+nameOf(m))
		}
	}
	return paths
}

// nameOf names a picture by its content.
func nameOf(m telnyxsim.Media) string {
	sum := sha256.Sum256(m.Content)
	return hex.EncodeToString(sum[:8])
}

// getPicture hands out a picture that is on a phone.
func (d *Demo) getPicture(w http.ResponseWriter, r *http.Request) {
	for _, t := range d.telnyx.SentTexts() {
		for _, m := range t.Media {
			if m.Content != nil && nameOf(m) == r.PathValue("name") {
				w.Header().Set("Content-Type", m.Type)
				_, _ = w.Write(m.Content)
				return
			}
		}
	}
	http.Error(w, "There is no such picture.", http.StatusNotFound)
}
