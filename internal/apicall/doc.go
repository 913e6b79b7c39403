// Package apicall makes one call of an AI provider's JSON API: one HTTP attempt,
// bounded in time and size, without retries and redirects. Whatever goes wrong is a
// *takeover.ProviderError whose text holds no key, no number and nothing anybody said.
//
// It also reads what such APIs write with a loose hand: values of the wrong type, times
// in several forms, errors in several formats. The packages of the providers use it; it
// knows none of them.
package apicall
