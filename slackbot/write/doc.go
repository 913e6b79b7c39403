// Package write works the jobs that show something in Slack: it draws cards (draw.go), writes
// into their threads (say.go, show.go), answers operators (work.go, tell.go), writes direct
// messages (direct.go) and keeps App Homes up to date (home_keep.go).
//
// It shows what is stored and stores no command. Each exported method is one job, and may run
// twice: it first looks whether its work was done. retry.go decides which failures bring a job
// back later.
package write
