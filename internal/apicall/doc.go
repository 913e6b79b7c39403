// Package apicall makes one call of an AI provider's JSON API: one HTTP attempt,
// bounded in time and size, without retries and redirects. Whatever goes wrong is a
// *takeover.ProviderError whose text holds no key, no number and no message.
//
// It also reads what such APIs write loosely: values of the wrong type, times in several
// forms, errors in several formats; and it has what both providers need alike: the end
// user's name (enduser.go) and the keys of messages (identity.go). Start with client.go. The
// providers' packages use it; it knows none of them.
package apicall
