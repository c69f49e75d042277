package main

import "om-secret-exec/internal/providers"

// The exit codes. exitCodes is the same list with words; help, `version -o
// json` and the README show it, and a test holds them together.
const (
	exitOK        = 0
	exitFindings  = 1
	exitUsage     = 2
	exitReference = 3
	exitRefused   = 4
	exitRetry     = 5
	exitBug       = 70
	exitOutput    = 74
	exitCannotRun = 126
	exitNotThere  = 127
	exitSignal    = 128 // plus the signal's number
)

type exitCode struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

func exitCodes() []exitCode {
	return []exitCode{
		{"0", "done"},
		{"1", "check or doctor found something"},
		{"2", "usage, or a document or setting that cannot be read"},
		{"3", "a reference cannot be resolved; trying again will not help"},
		{"4", "the store refused our identity for everything"},
		{"5", "trying again may help: time-out, throttling, unavailable"},
		{"70", "a bug in om-secret-exec"},
		{"74", "the output could not be written"},
		{"126", "the command cannot be run"},
		{"127", "the command is not there"},
		{"128+n", "ended by signal n"},
	}
}

// classOf gives the exit code that one failure stands for. A refusal counts as
// exitReference here; whether a store refused everything is seen only over the
// whole run (failedError.exit).
func classOf(e *providers.Error) int {
	switch e.Code {
	case providers.Internal:
		return exitBug
	case providers.Output:
		return exitOutput
	case providers.Config, providers.UnsupportedProvider, providers.Document:
		return exitUsage
	case providers.Unavailable:
		if !e.Retryable && !e.Refused { // no such host, or not the store that answers
			return exitReference
		}
		return exitRetry
	case providers.Throttled, providers.Timeout, providers.Cancelled:
		return exitRetry
	case providers.InvalidRef, providers.NotFound, providers.FieldNotFound, providers.VersionNotFound,
		providers.Disabled, providers.BadValue, providers.NotUTF8, providers.TooLarge,
		providers.Unauthenticated, providers.PermissionDenied, providers.Policy, providers.TLS,
		providers.Decrypt:
		return exitReference
	}
	return exitBug
}

// refusal tells whether a failure is the store's refusal of who we are.
func refusal(c providers.Code) bool {
	return c == providers.Unauthenticated || c == providers.PermissionDenied
}

// precedence orders exit codes when failures of several classes meet: what a
// person must mend first comes first, and "try again" only if nothing else.
func precedence(code int) int {
	for i, c := range []int{exitBug, exitUsage, exitReference, exitRefused, exitRetry} {
		if c == code {
			return i
		}
	}
	return len(exitCodes())
}
