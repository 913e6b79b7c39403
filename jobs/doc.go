// Package jobs runs what happens later, how often and how soon: it puts the domain's
// jobs into River and works them. It owns no table of ours and no rule.
//
// Queue stores jobs, also within a transaction of the store; Runner works them. They
// are two River clients on one database: that breaks the circle "the store needs the
// queue, the queue needs the workers, the workers need the store".
package jobs
