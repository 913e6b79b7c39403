// Package demo shows the bot on one machine: a local page with a Slack-like channel
// on one side and the end user's phone on the other, and the same journey played from a
// script for terminals and tests.
//
// It stands between the two simulators and draws what they hold. Everything a person
// does on the page goes through the people's side of the simulated Slack, and so
// reaches the bot as signed HTTP requests; what is seen is what the bot posted over
// real HTTP. Nothing is taken from the bot directly, nor told to it.
//
// It does not know the bot's code, only its outside: the command, the action ids and the
// words on its cards. The bot is a process behind the small interface Bot.
package demo
