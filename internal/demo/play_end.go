package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"takeoverbot/internal/slacksim"
)

func (p *player) sceneHandBack(ctx context.Context) error {
	if err := p.press(ctx, p.winner, p.main, actionHandBack); err != nil {
		return err
	}
	box := p.slack.View(p.winner)
	if box == nil {
		return errors.New("expected a box that asks what was agreed; seen: none")
	}
	warned := p.slack.PlainView(*box, p.zone)
	p.sees("the holder sees a box", warned)
	if !strings.Contains(warned, wordsWarning) {
		return fmt.Errorf("expected a box that warns “%s”; seen: one that does not", wordsWarning)
	}
	p.printf("   the holder writes: %s\n", agreed)
	if err := acknowledged(p.slack.Submit(ctx, p.winner, box.ID, map[string]string{blockNote: agreed})); err != nil {
		return err
	}
	card, err := p.awaitCard(ctx, p.main, wordsAgain)
	if err != nil {
		return err
	}
	p.sees("everybody sees", firstLine(p.slack.PlainText(card, p.zone)))
	if p.silenced(p.main) {
		return errors.New("expected ai_disabled to be off at Telnyx; seen: it is on")
	}
	p.text(ctx, "ok thanks. when will somebody be here?")
	return p.awaitAI(ctx, "04:00")
}

func (p *player) sceneTranscript(ctx context.Context) error {
	if err := p.press(ctx, slacksim.Dana, p.main, actionTranscript); err != nil {
		return err
	}
	bubbles := p.telnyx.Phone(p.main.EndUser, p.main.Agent)
	return p.await(ctx, "a text file with all that was said", func() (bool, string) {
		files := p.slack.Files()
		if len(files) == 0 {
			return false, "no file"
		}
		f := files[len(files)-1]
		content := string(f.Content)
		for _, b := range bubbles {
			if !strings.Contains(content, b.Text) {
				return false, fmt.Sprintf("a file without “%s”", b.Text)
			}
		}
		rows := strings.Split(strings.TrimSpace(content), "\n")
		p.sees(fmt.Sprintf("the thread has the file %s, %d bytes, that begins", f.Name, f.Size), strings.Join(rows[:min(8, len(rows))], "\n"))
		return true, ""
	})
}

func (p *player) sceneLog(ctx context.Context) error {
	const typed = "log +1 415 555 0137"
	p.printf("   Dana types: %s %s\n", command, typed)
	before := len(p.slack.Private(slacksim.Dana))
	if err := p.ask(ctx, slacksim.Dana, typed); err != nil {
		return err
	}
	answer, err := p.awaitPrivate(ctx, slacksim.Dana, "Now: ", before)
	if err != nil {
		return err
	}
	p.sees("Dana alone sees", answer)
	for _, name := range []string{"@Dana", "@Omar", "proven silent", "hand back", "proven answering again"} {
		if !strings.Contains(answer, name) {
			return fmt.Errorf("expected a log that names “%s”; seen: one that does not", name)
		}
	}
	return nil
}

func (p *player) sceneObjections(context.Context) error {
	calls := p.slack.Calls()
	for _, c := range calls {
		if c.Error != "" {
			return fmt.Errorf("expected no refused call; seen: %s %s, %.1f s after the kill: %s", c.Method, c.TS, c.Time.Sub(p.killed).Seconds(), c.Error)
		}
	}
	if all := p.slack.Violations(); len(all) > 0 {
		return fmt.Errorf("expected no objection; seen: %s", strings.Join(all, "; "))
	}
	p.printf("   the bot made %d calls; Slack refused none\n", len(calls))
	return nil
}
