package main

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
)

// TestClicksOverSockets: colleagues press without a pause while connections are replaced and cut, and
// while the bot is killed and started again. What was acknowledged is stored once, and nothing is stored
// twice.
func TestClicksOverSockets(t *testing.T) {
	t.Parallel()
	s := startSystem(t, options{socket: true})
	s.run("slash", "dana", "+1 415 555 0137")
	s.run("card", "AI is answering")
	s.run("quiet")
	at, pick := s.findButton(false, []string{"dana", "line.take"})
	card := s.messageAt(at.ref)
	users := s.colleagues(4)

	var pressing sync.WaitGroup
	var mu sync.Mutex
	var all []slacksim.Delivery
	stop := make(chan struct{})
	for _, user := range users {
		pressing.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(20 * time.Millisecond):
				}
				d := s.slack.ClickStale(s.Context(), user, card, at.action, pick)
				mu.Lock()
				all = append(all, d)
				mu.Unlock()
			}
		})
	}
	open := func() bool { return s.slack.Sockets() >= 2 }
	acknowledged := func() (n int) {
		mu.Lock()
		defer mu.Unlock()
		for _, d := range all {
			if d.OK() {
				n++
			}
		}
		return n
	}
	for _, disturb := range []func(){
		func() { s.slack.RefreshSockets(200 * time.Millisecond) }, s.slack.CutSockets, func() { s.bot().kill(); s.bot().start(t) },
		func() { s.slack.RefreshSockets(200 * time.Millisecond) }, func() { s.bot().kill(); s.bot().start(t) },
	} {
		s.eventually("two connections are open", open)
		before := acknowledged()
		s.eventually("some more presses are acknowledged", func() bool { return acknowledged() >= before+5 })
		disturb()
	}
	s.eventually("two connections are open", open)
	close(stop)
	pressing.Wait()
	s.run("quiet")

	keys := s.workedKeys()
	for _, d := range all {
		stored := len(slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return !strings.HasSuffix(key, "/"+d.TriggerID) }))
		if stored > 1 || d.OK() && stored == 0 {
			t.Errorf("a press that was acknowledged (%t) is stored %d times", d.OK(), stored)
		}
	}
	s.run("audit", "1", "pressed take over")
	s.allowViolations = true // a press whose connections break has no answer
}

// TestDoctorComparesTheApps: Slack accepts the app-level token of another app, so the doctor tells them apart.
func TestDoctorComparesTheApps(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{socket: true})
	s.allowViolations = true // a scope is missing
	for _, tt := range []struct {
		token, line string
		scopes      []string
		code        int
	}{
		{testAppToken, "ok    both Slack tokens are of one app (app A0DEMO)", slacksim.DefaultScopes(), exitDone},
		{testOtherAppToken, "FIX   the Slack tokens are of two apps — SLACK_BOT_TOKEN is of the app A0DEMO, SLACK_APP_TOKEN of the app A0OTHER: ", slacksim.DefaultScopes(), exitFailed},
		{testOtherAppToken, "ok    whether both Slack tokens are of one app is not known (Slack does not say of which app the bot is)", []string{"commands"}, exitFailed},
	} {
		s.slack.SetScopes(tt.scopes)
		code, out, errOut := runBot(t, append(slices.Clone(s.bot().env), "SLACK_APP_TOKEN="+tt.token), "doctor")
		if code != tt.code || !strings.Contains(out, tt.line) {
			t.Errorf("exit code %d, no %q:\n%s%s", code, tt.line, out, errOut)
		}
		for _, found := range leaks(out+errOut, append(s.hidden(), secretWord{"another app's token", testOtherAppToken})) {
			t.Errorf("doctor shows %s", found)
		}
	}
}

// TestSocketModeIsSwitchedOff: the bot says so where people look.
func TestSocketModeIsSwitchedOff(t *testing.T) {
	t.Parallel()
	s := startSystem(t, options{socket: true})
	doctor := func(wantCode int, line string) {
		t.Helper()
		code, out, errOut := runBot(t, s.bot().env, "doctor")
		if code != wantCode || !strings.Contains(out, line) {
			t.Errorf("exit code %d, no %q:\n%s%s", code, line, out, errOut)
		}
		for _, found := range leaks(out+errOut, s.hidden()) {
			t.Errorf("doctor shows %s", found)
		}
	}
	s.eventually("two connections are open", func() bool { return s.slack.Sockets() == 2 })
	doctor(exitDone, "ok    Slack accepts the app-level token for Socket Mode")
	doctor(exitDone, "ok    the running bot is connected by Socket Mode (2 connections)")
	s.slack.SetSocketMode(false)
	s.eventually("the log says it", func() bool { return strings.Contains(s.log.String(), "Socket Mode is switched off in Slack") })
	if status, body := s.get("/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, "Socket Mode is switched off in Slack: switch it on") {
		t.Errorf("/readyz: %d %q", status, body)
	}
	if _, body := s.get("/metrics"); !strings.Contains(body, `takeover_slack_socket_trouble{why="link_disabled"} 1`) || !strings.Contains(body, "takeover_slack_socket_connections 0") {
		t.Errorf("/metrics: %s", body)
	}
	doctor(exitFailed, "FIX   the running bot has no Socket Mode connection — Socket Mode is switched off in Slack")
	if status, _ := s.do(s.post("/slack/events")); status != http.StatusNotFound {
		t.Errorf("a request over HTTP, without a signing secret: %d", status)
	}
}

// post is a request to a route, without a body.
func (s *system) post(path string) *http.Request {
	req, err := http.NewRequestWithContext(s.Context(), http.MethodPost, "http://"+s.bot().addr+path, nil)
	s.must(nil, err)
	return req
}

// TestBothTransports: with the signing secret set too, requests over HTTP work while Socket Mode is
// switched off in Slack.
func TestBothTransports(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{})
	s.bot().env = append(s.bot().env, "SLACK_APP_TOKEN="+testAppToken)
	s.bot().start(t)
	s.run("slash", "dana", "+1 415 555 0137")
	s.run("card", "AI is answering")
	s.slack.SetSocketMode(true)
	s.eventually("two connections are open", func() bool { return s.slack.Sockets() == 2 })
	s.run("click", "dana", "line.take")
	s.run("card", "@Dana has it — AI is silent (checked ")
}
