package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
)

func TestSmoke(t *testing.T) {
	w := story(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	d := w.slack.SlashCommand(ctx, slacksim.Dana, slacksim.DeskChannel, "/takeover", "+1 (415) 555-0137")
	if !d.OK() {
		t.Fatalf("%+v", d)
	}
	card := func(want string) slacksim.Message {
		var found slacksim.Message
		err := w.slack.WaitFor(ctx, func(s *slacksim.Snapshot) bool {
			for _, m := range w.slack.Messages(slacksim.DeskChannel) {
				if strings.Contains(w.slack.PlainText(m, time.UTC), want) {
					found = m
					return true
				}
			}
			return false
		})
		if err != nil {
			for _, m := range w.slack.Messages(slacksim.DeskChannel) {
				fmt.Println(w.slack.PlainText(m, time.UTC))
			}
			fmt.Println(w.slack.Private(slacksim.Dana))
			t.Fatal(err, want)
		}
		return found
	}
	m := card("AI is answering")
	start := time.Now()
	w.slack.Click(ctx, slacksim.Dana, m.Ref(), "line.take")
	m = card("AI is silent (checked")
	fmt.Println("click to card", time.Since(start))
	fmt.Println(w.slack.PlainText(m, time.UTC))
	w.slack.Click(ctx, slacksim.Dana, m.Ref(), "line.handback")
	v := w.slack.View(slacksim.Dana)
	fmt.Println(w.slack.PlainView(*v, time.UTC))
	w.slack.Submit(ctx, slacksim.Dana, v.ID, map[string]string{"note": "plumber at four"})
	m = card("AI is answering again")
	for _, m := range w.slack.Messages(slacksim.DeskChannel) {
		fmt.Println(w.slack.PlainText(m, time.UTC))
		for _, r := range w.slack.Thread(slacksim.DeskChannel, m.TS) {
			fmt.Println("  |", w.slack.PlainText(r, time.UTC))
		}
	}
	for _, p := range w.slack.Private(slacksim.Dana) {
		fmt.Println("private:", w.slack.PlainPrivate(p, time.UTC))
	}
	fmt.Println(w.slack.Violations())
	code, err := w.stop()
	fmt.Println(code, err)
	fmt.Println(w.log)
}
