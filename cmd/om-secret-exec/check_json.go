package main

import "om-secret-exec/internal/check"

// The fields of check -o json are stable; docs/check-output.md describes them.
type (
	jsonCheck struct {
		Findings []jsonFinding    `json:"findings"`
		Summary  jsonCheckSummary `json:"summary"`
	}
	jsonFinding struct {
		Code     string         `json:"code"`
		Severity check.Severity `json:"severity"`
		Title    string         `json:"title"`
		Message  string         `json:"message"`
		Fix      string         `json:"fix,omitempty"`
		File     string         `json:"file"`
		Line     int            `json:"line,omitempty"`
		Column   int            `json:"column,omitempty"`
		Object   string         `json:"object,omitempty"`
		Path     string         `json:"path,omitempty"`
		Retry    bool           `json:"retryable,omitempty"`
	}
	jsonCheckSummary struct {
		Workflows int      `json:"workflows"`
		Errors    int      `json:"errors"`
		Warnings  int      `json:"warnings"`
		Skipped   []string `json:"skipped"`
		Unread    []string `json:"unread"`
	}
)

func (r *checkReport) object() jsonCheck {
	out := jsonCheck{
		Findings: []jsonFinding{},
		Summary: jsonCheckSummary{
			Workflows: r.workflows, Errors: r.count(check.Error), Warnings: r.count(check.Warning),
			Skipped: append([]string{}, r.skipped...), Unread: append([]string{}, r.unread...),
		},
	}
	for _, f := range r.findings {
		out.Findings = append(out.Findings, jsonFinding{
			Code: f.Code, Severity: f.Severity, Title: f.Title, Message: f.Message, Fix: f.Fix,
			File: f.file, Line: f.Pos.Line, Column: f.Pos.Column, Object: f.object, Path: f.Path, Retry: f.Retry,
		})
	}
	return out
}
