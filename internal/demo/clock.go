package demo

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// maxTurn bounds one turn of the clock: a longer one was a slip of the finger.
const maxTurn = 24 * time.Hour

// lookPause is longer than the bot waits between two looks at Telnyx: a scene lets it
// pass at once instead of having a visitor wait for it.
const lookPause = 6 * time.Second

// now is the time that the bot and the simulators show.
func (d *Demo) now() time.Time {
	d.clockMu.Lock()
	defer d.clockMu.Unlock()
	return time.Now().Add(d.ahead)
}

// advance lets time pass at once, for the simulators and the bot alike. The bot comes
// last: what it does because of the time has to happen in the new one.
func (d *Demo) advance(by time.Duration) error {
	if d.turnClock == nil {
		return errors.New("the clock of this demo cannot be turned")
	}
	if by <= 0 || by > maxTurn {
		return errors.New("the clock goes forward only, by 1 to 1440 minutes at a time")
	}
	d.clockMu.Lock()
	defer d.clockMu.Unlock()
	d.slack.Advance(by)
	d.telnyx.Advance(by)
	d.ahead += by
	if err := d.turnClock(d.ahead); err != nil {
		return fmt.Errorf("the bot's clock did not turn: %w", err)
	}
	return nil
}

func (d *Demo) doClock(_ *http.Request, in input) error {
	return d.advance(time.Duration(in.Minutes) * time.Minute)
}

// clockFace is the clock as the page shows it.
type clockFace struct {
	Now   int64  `json:"now"`             // milliseconds since 1970
	Ahead string `json:"ahead,omitempty"` // of the real time, in words
}

func (d *Demo) clockFace() clockFace {
	d.clockMu.Lock()
	defer d.clockMu.Unlock()
	face := clockFace{Now: time.Now().Add(d.ahead).UnixMilli()}
	if minutes := int(d.ahead / time.Minute); minutes > 0 {
		face.Ahead = fmt.Sprintf("%d min ahead", minutes)
	}
	return face
}
